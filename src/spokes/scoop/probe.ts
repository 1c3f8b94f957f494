import type { Diagnostic } from '../../core/errors.ts'
import { githubFor } from '../shared/git-channel.ts'
import { readHead, repositoryOf } from '../shared/git-files.ts'
import { probeRepository } from '../shared/git-probe.ts'
import type { ChannelIO } from '../spoke.ts'
import type { ScoopSettings } from './settings.ts'

/** The folder that Scoop reads, alone, where a bucket has it; else it reads the root (github.com/ScoopInstaller/Scoop). */
const FOLDER = 'bucket'

/** Reads only: is there a bucket, may the token write to it, and will Scoop see the file there. */
export async function probeScoop(settings: ScoopSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const found = await probeRepository('scoop', settings, io)
  if (settings.git !== null) return found
  if (found.some((one) => one.severity === 'error' || one.code === 'scoop-unread')) return found
  return [...found, ...(await lookAround(settings, io))]
}

async function lookAround(settings: ScoopSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const channel = settings.pullRequest ?? settings.repository
  const github = githubFor(settings.repository, io)
  const head = await readHead(github, channel)
  if (head.commit === null) return []
  const root = await github.gitData.readTree(repositoryOf(channel), head.commit)
  const hasFolder = root.some((one) => one.type === 'tree' && one.path === FOLDER)
  const ours = settings.directory.split('/').find((one) => one !== '' && one !== '.') ?? ''
  const bucket = `${channel.owner}/${channel.name}`
  const error = (message: string, mend: string): Diagnostic[] => [
    { severity: 'error', code: 'scoop-folder', message, mend },
  ]
  if (hasFolder && ours !== FOLDER) {
    const place = ours || 'the root'
    return error(
      `${bucket} has a folder ${FOLDER}: Scoop reads that one, and would not see ${place}`,
      'set directory: bucket',
    )
  }
  const others = root.filter((one) => one.type === 'blob' && one.path.endsWith('.json')).map((one) => one.path)
  if (!hasFolder && ours === FOLDER && others.length > 0) {
    const message = `once ${bucket} has a folder ${FOLDER}, Scoop no longer sees ${others.join(', ')} in its root`
    return error(message, `move them to ${FOLDER}, or leave directory: out`)
  }
  if (!hasFolder && ours !== '' && ours !== FOLDER) {
    return error(`Scoop looks for manifests in ${FOLDER} or in the root, not in ${ours}`, 'set directory: bucket')
  }
  return []
}
