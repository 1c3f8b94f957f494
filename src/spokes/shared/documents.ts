import { fileChunks } from '../../formats/file-chunks.ts'
import { gunzip } from '../../formats/gzip.ts'
import { readTar } from '../../formats/tar-reader.ts'
import { zipMember, zipMembers } from '../../formats/zip-reader.ts'
import type { HubReader } from '../../hub/hub.ts'

/** What npm takes into every package: https://docs.npmjs.com/cli/configuring-npm/package-json#files */
const DOCUMENT = /^(readme|licen[cs]e|copying|notice)([.-][\w.-]+)?$/i

/** A text of a release is small; what is larger is something else. */
const MOST = 1024 * 1024

/** README, LICENSE and their like from the top of an archive, as the hub holds it. */
export async function documentsOf(hub: HubReader, name: string | undefined): Promise<{ path: string; text: string }[]> {
  const artifact = hub.manifest.artifacts.find((one) => one.name === name)
  if (artifact === undefined || !['tar.gz', 'tgz', 'tar', 'zip'].includes(artifact.format ?? '')) return []
  const path = await hub.file(artifact.name)
  const top = artifact.wrapDirectory === undefined || artifact.wrapDirectory === '' ? '' : `${artifact.wrapDirectory}/`
  const nameOf = (member: { name: string; type: string; size: number }): string | undefined => {
    const own = member.name.startsWith(top) ? member.name.slice(top.length) : ''
    return member.type === 'file' && member.size <= MOST && DOCUMENT.test(own) ? own : undefined
  }
  const found: { path: string; text: string }[] = []
  if (artifact.format === 'zip') {
    for (const member of await zipMembers(path)) {
      const own = nameOf(member)
      if (own !== undefined) found.push({ path: own, text: await textOf(zipMember(path, member.name)) })
    }
  } else {
    const bytes = fileChunks(path)
    for await (const member of readTar(artifact.format === 'tar' ? bytes : gunzip(bytes))) {
      const own = nameOf(member)
      if (own !== undefined) found.push({ path: own, text: await textOf(member.content) })
    }
  }
  return found
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
