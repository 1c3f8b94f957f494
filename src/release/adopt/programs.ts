import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { basename, dirname } from 'node:path/posix'
import { pipeline } from 'node:stream/promises'
import type { Artifact, BinaryInside } from '../../core/artifact.ts'
import type { Platform } from '../../core/platform.ts'
import { readBinaryHeader } from '../../formats/binary/header.ts'
import { FormatError } from '../../formats/format-error.ts'
import { hashFile } from '../../formats/hash.ts'
import { membersOf } from './members.ts'

/** What was read in an archive, and what is wrong with it. */
export interface Opened {
  binaries: BinaryInside[]
  wrapDirectory: string
  /** Paths of what is no program, below the wrap directory. */
  files: string[]
  problems: string[]
}

const FORMATS: Record<string, string> = { windows: 'pe', darwin: 'macho', ios: 'macho' }

/**
 * Looks for the planned programs in an archive: at the planned path, else under their file name. What each is made for is read
 * from its own header and held against the plan, since a name can say anything.
 */
export async function openArchive(path: string, planned: Artifact, folder: string): Promise<Opened> {
  const wanted = new Map(planned.binaries.map((one) => [one.path, one]))
  const byName = new Map(planned.binaries.map((one) => [basename(one.path), one]))
  const found = new Map<string, BinaryInside>()
  const others: string[] = []
  const problems: string[] = []
  let wrapDirectory = planned.wrapDirectory ?? ''
  try {
    for await (const member of membersOf(path, planned.format ?? '', planned.binaries[0]?.path ?? planned.name)) {
      const program = wanted.get(member.name) ?? byName.get(basename(member.name))
      if (program === undefined || found.has(program.path)) {
        others.push(member.name)
        continue
      }
      const file = join(folder, 'program')
      await pipeline(member.content, createWriteStream(file))
      const { size, digests } = await hashFile(file, ['sha256'])
      const header = await readBinaryHeader(file)
      await rm(file)
      const mode = `0${(member.mode === 0 ? 0o755 : member.mode & 0o777).toString(8).padStart(3, '0')}`
      const facts = { name: program.name, path: member.name, mode, size, sha256: digests.sha256 }
      found.set(program.path, { ...facts, ...(header === undefined ? {} : { header }) })
      if (member.name !== program.path) wrapDirectory = dirname(member.name) === '.' ? '' : dirname(member.name)
      const other = header === undefined ? undefined : misfit(header, planned.platform)
      if (other !== undefined) problems.push(`${member.name} is ${other}`)
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    problems.push(error.message)
  }
  const lacking = problems.length > 0 ? [] : planned.binaries.filter((one) => !found.has(one.path))
  for (const { path: at } of lacking) problems.push(`it holds no ${basename(at)}`)
  const top = wrapDirectory === '' ? '' : `${wrapDirectory}/`
  return {
    binaries: planned.binaries.flatMap((one) => found.get(one.path) ?? []),
    wrapDirectory,
    files: others.flatMap((name) => (name.startsWith(top) ? [name.slice(top.length)] : [])),
    problems,
  }
}

/** What a header says, where that is another platform than the plan's. */
function misfit(header: NonNullable<BinaryInside['header']>, platform: Platform | undefined): string | undefined {
  if (platform === undefined || header.arch === 'unknown') return undefined
  const format = FORMATS[platform.goos] ?? 'elf'
  if (header.format === format && header.arch === platform.goarch) return undefined
  return `${header.format} for ${header.arch}, which is no program for ${platform.goos}/${platform.goarch}`
}
