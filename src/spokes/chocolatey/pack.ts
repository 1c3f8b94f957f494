import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { FormatError } from '../../formats/format-error.ts'
import { hashFile } from '../../formats/hash.ts'
import { isOpcPart, nupkg, type NupkgFile } from '../../formats/nupkg.ts'
import { zipMember, zipMembers } from '../../formats/zip-reader.ts'
import type { HubReader } from '../../hub/hub.ts'
import { withNotes } from '../shared/notes-mark.ts'
import type { ChannelIO } from '../spoke.ts'
import { nuspecText } from './nuspec.ts'
import type { ChocolateyUnit } from './unit.ts'

/** A package on disk. */
export interface Packed {
  path: string
  /** Its file name: `hello.1.2.3.nupkg`. */
  name: string
  size: number
  /** `sha512:<hex>`. */
  digest: string
}

/** Makes the package in the run's folder: same unit, same bytes. */
export async function packed(unit: ChocolateyUnit, hub: HubReader, io: ChannelIO): Promise<Packed> {
  const { manifest } = hub
  const { settings, version } = unit
  const name = `${unit.name}.${version}.nupkg`
  const path = join(io.folder, name)
  const facts = {
    id: unit.name,
    version,
    authors: settings.authors,
    description: withNotes(settings.description, manifest.notes),
    tags: settings.tags,
  }
  const [nuspec, ...files] = contentOf(unit, hub)
  const mtime = Math.floor(Date.parse(manifest.date) / 1000)
  await pipeline(nupkg(facts, nuspec?.content ?? '', files, mtime), createWriteStream(path), { signal: io.signal })
  const { size, digests } = await hashFile(path, ['sha512'])
  return { path, name, size, digest: `sha512:${digests.sha512}` }
}

/**
 * What the package holds, the nuspec first. As `choco pack` does it, the nuspec inside does not tell which files it was made of.
 * There is no uninstall script: the script unpacks into the package's own folder, which Chocolatey removes with its shims.
 */
function contentOf(unit: ChocolateyUnit, hub: HubReader): NupkgFile[] {
  const [, ...files] = unit.files
  const nuspec = nuspecText(hub.manifest, unit.settings, { files: false })
  return [
    { name: `${unit.name}.nuspec`, content: nuspec },
    ...files.map(({ path, content }) => ({ name: path, content })),
  ]
}

/**
 * Opens a package that a feed gives and compares what is in it with ours, but for the parts of OPC, which each packer writes its own
 * way. A text says what differs.
 */
export async function comparePackage(path: string, unit: ChocolateyUnit, hub: HubReader): Promise<string | undefined> {
  const lacking = new Map(contentOf(unit, hub).map((one) => [one.name, one.content]))
  try {
    for (const member of await zipMembers(path)) {
      if (member.type !== 'file' || isOpcPart(member.name)) continue
      const ours = lacking.get(member.name)
      // A feed may add its signature (NuGet's package signing).
      if (ours === undefined && member.name === '.signature.p7s') continue
      if (ours === undefined) return `${member.name} is in it, which is not ours`
      lacking.delete(member.name)
      if (ours !== (await textOf(path, member.name))) return `${member.name} differs`
    }
  } catch (error) {
    if (error instanceof FormatError) return `it cannot be opened: ${error.message}`
    throw error
  }
  const [missing] = lacking.keys()
  return missing === undefined ? undefined : `${missing} is not in it`
}

async function textOf(path: string, name: string): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of zipMember(path, name)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
