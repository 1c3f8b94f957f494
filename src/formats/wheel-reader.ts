import { FormatError } from './format-error.ts'
import { digester } from './hash.ts'
import type { ZipMember } from './zip-reader.ts'
import { zipMember, zipMembers } from './zip-reader.ts'

/** What is inside a wheel, each file hashed and compared with RECORD. */
export interface WheelContent {
  /** By path. */
  files: Map<string, { sha256: string; size: number; mode: number }>
  /** Text of METADATA. */
  metadata: string
  /** Text of WHEEL. */
  wheel: string
  /** sha256 of RECORD: the same for two wheels with the same files, whatever compressed them. */
  record: string
}

/** METADATA holds the readme; what is larger than this is no text. */
const MOST_TEXT = 8 * 1024 * 1024

/**
 * Opens a wheel as an installer does. A FormatError for a damaged archive, a `.dist-info` that lacks a file, and a RECORD that
 * does not name exactly the files that are there, with their digests.
 * @example (await readWheel('hello-1.0-py3-none-any.whl')).files.get('hello/__init__.py')
 */
export async function readWheel(path: string): Promise<WheelContent> {
  const members = (await zipMembers(path)).filter((one) => one.type !== 'directory')
  const infos = new Set(members.flatMap((one) => /^([^/]+\.dist-info)\//.exec(one.name)?.[1] ?? []))
  const [info] = infos
  if (info === undefined || infos.size !== 1) throw new FormatError('the wheel has not exactly one .dist-info folder')
  const file = (name: string): ZipMember => {
    const found = members.find((one) => one.name === `${info}/${name}`)
    if (found !== undefined && found.size <= MOST_TEXT) return found
    throw new FormatError(`the wheel does not contain the required ${name} file`)
  }
  const record = await textOf(path, file('RECORD'))
  const listed = recordLines(record)
  const files: WheelContent['files'] = new Map()
  for (const member of members) {
    if (files.has(member.name)) throw new FormatError(`${member.name} is in the wheel twice`)
    const hash = digester('sha256')
    for await (const chunk of zipMember(path, member.name)) hash.update(chunk)
    const sha256 = hash.hex()
    files.set(member.name, { sha256, size: member.size, mode: member.mode })
    if (member.name === `${info}/RECORD`) continue
    if (listed.get(member.name) !== sha256) throw new FormatError(`RECORD does not have ${member.name} as it is`)
  }
  const missing = [...listed.keys()].find((name) => !files.has(name))
  if (missing !== undefined) throw new FormatError(`RECORD names ${missing}, which is not in the wheel`)
  const metadata = await textOf(path, file('METADATA'))
  const wheel = await textOf(path, file('WHEEL'))
  return { files, metadata, wheel, record: files.get(`${info}/RECORD`)?.sha256 ?? '' }
}

/** Digest (hex) by path; only sha256 is taken, as everybody writes it. */
function recordLines(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [path = '', digest = ''] = line.trim().split(',')
    if (path === '' || path.endsWith('.dist-info/RECORD')) continue
    found.set(path, Buffer.from(digest.replace(/^sha256=/, ''), 'base64url').toString('hex'))
  }
  return found
}

async function textOf(path: string, member: ZipMember): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of zipMember(path, member.name)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
