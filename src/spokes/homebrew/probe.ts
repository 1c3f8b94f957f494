import { TagonceError } from '../../core/errors.ts'
import { readHead, repositoryOf, type Place } from '../shared/git-files.ts'
import type { ChannelIO, Finding } from '../spoke.ts'
import { githubFor } from '../shared/git-channel.ts'
import { probeRepository } from '../shared/git-probe.ts'
import type { TapSettings } from './settings.ts'
import type { TapKind } from './unit.ts'

/** Where `brew` looks for formulas: the first of these that is there, alone (docs.brew.sh/Taps). */
const FORMULA_FOLDERS = new Set(['Formula', 'HomebrewFormula'])

/** Reads only: is there a tap, may the token write to it, and will brew see the file there. */
export async function probe(kind: TapKind, settings: TapSettings, io: ChannelIO): Promise<Finding[]> {
  try {
    return await look(kind, settings, io)
  } catch (error) {
    return unread(error, settings)
  }
}

async function look(kind: TapKind, settings: TapSettings, io: ChannelIO): Promise<Finding[]> {
  if (settings.git !== null) return probeRepository('tap', settings, io)
  if (settings.pullRequest !== null) return lookUpstream(kind, settings, settings.pullRequest, io)
  const { owner, name, branch, tokenEnv } = settings.repository
  const place = { owner, name, branch }
  const github = githubFor(settings.repository, io)
  const tap = `${owner}/${name}`
  const facts = await github.repos.read(repositoryOf(place))
  if (facts === null) {
    return [
      error(
        'tap-missing',
        `there is no tap ${tap}, or ${tokenEnv} may not see it`,
        'make it, or give the token access',
      ),
    ]
  }
  const found: Finding[] = []
  if (facts.archived)
    found.push(error('tap-archived', `the tap ${tap} is archived: nothing can be pushed`, 'unarchive it'))
  if (facts.push === false) {
    found.push(error('tap-read-only', `${tokenEnv} may not push to ${tap}`, 'give the token contents:write on it'))
  }
  if (facts.private) {
    found.push(warning('tap-private', `the tap ${tap} is private: only who may read it can install`, 'make it public'))
  }
  if (branch !== '' && branch !== facts.defaultBranch) {
    const message = `users of ${tap} get its branch ${facts.defaultBranch}; ${branch} is not seen by brew`
    found.push(warning('tap-branch', message, 'leave branch: out'))
  }
  return [...found, ...(await lookAround(kind, settings, github, place))]
}

/** The tap is somebody's who gets a pull request. */
async function lookUpstream(kind: TapKind, settings: TapSettings, base: Place, io: ChannelIO): Promise<Finding[]> {
  const found = await probeRepository('tap', settings, io)
  if (found.some((one) => one.severity === 'error' || one.code === 'tap-unread')) return found
  return [...found, ...(await lookAround(kind, settings, githubFor(settings.repository, io), base))]
}

async function lookAround(
  kind: TapKind,
  settings: TapSettings,
  github: ReturnType<typeof githubFor>,
  place: Place,
): Promise<Finding[]> {
  const head = await readHead(github, place)
  if (head.commit === null) return []
  const at = repositoryOf(place)
  const root = await github.gitData.readTree(at, head.commit)
  const folder = root.find((one) => one.type === 'tree' && FORMULA_FOLDERS.has(one.path))?.path
  const tap = `${place.owner}/${place.name}`
  if (kind === 'formula') {
    const [ours = ''] = settings.directory.split('/')
    if (folder !== undefined && ours !== folder) {
      const message = `${tap} has a folder ${folder}: brew looks for formulas there, and would not see ${ours || 'the root'}`
      return [error('tap-folder', message, `set directory: ${folder}`)]
    }
    const others = root.filter((one) => one.type === 'blob' && one.path.endsWith('.rb')).map((one) => one.path)
    if (folder === undefined && FORMULA_FOLDERS.has(ours) && others.length > 0) {
      const message = `once ${tap} has a folder ${ours}, brew no longer sees ${others.join(', ')} in its root`
      return [error('tap-folder', message, `move them to ${ours}, or leave directory: out`)]
    }
    return []
  }
  const path = folder === undefined ? `${settings.name}.rb` : `${folder}/${settings.name}.rb`
  if (folder === undefined && !root.some((one) => one.path === path)) return []
  if ((await github.repos.readContents(at, path, head.commit)) === null) return []
  return [
    warning(
      'formula-hides-cask',
      `${tap} has a formula ${path}: \`brew install\` prefers it to the cask of the same name`,
      `remove it, and add "${settings.name}" to tap_migrations.json`,
    ),
  ]
}

/** A tap that does not answer now may answer later; a token that is refused will not. */
function unread(error: unknown, settings: TapSettings): Finding[] {
  if (!(error instanceof TagonceError) || error.code === 'interrupted') throw error
  const { owner, name } = settings.repository
  const message = `the tap ${owner}/${name} could not be read: ${error.message}`
  const severity = error.code === 'credentials' ? 'error' : 'warning'
  const mend = error.hint === undefined ? {} : { mend: error.hint }
  return [{ severity, code: 'tap-unread', message, ...mend, key: ['repository'] }]
}

function error(code: string, message: string, mend: string): Finding {
  return { severity: 'error', code, message, mend, key: ['repository'] }
}

function warning(code: string, message: string, mend: string): Finding {
  return { severity: 'warning', code, message, mend, key: ['repository'] }
}
