import { gitEnv, type Git } from '../../external/git.ts'
import { run } from '../../external/process.ts'

export interface Tag {
  tag: string
  commit: string
  /** ISO 8601, UTC. */
  date: string
}

export interface Commit {
  commit: string
  parents: string[]
  date: string
  subject: string
}

/** Tags of commits, oldest first; those of one moment in the order of their versions. */
export async function tagsOf(git: Git): Promise<Tag[]> {
  const format = ['refname:strip=2', 'objecttype', 'objectname', '*objecttype', '*objectname', 'creatordate:unix']
  const lines = await git.lines([
    'for-each-ref',
    '--sort=version:refname',
    '--sort=creatordate',
    `--format=${format.map((one) => `%(${one})`).join('%09')}`,
    'refs/tags',
  ])
  return lines.flatMap((line) => {
    const [tag = '', type, object = '', peeledType, peeled = '', seconds = '0'] = line.split('\t')
    const commit = type === 'commit' ? object : peeledType === 'commit' ? peeled : undefined
    return commit === undefined ? [] : [{ tag, commit, date: iso(seconds) }]
  })
}

/** Commits of any branch or tag that changed something below `.github/workflows`, oldest first. */
export async function commitsTouchingWorkflows(git: Git): Promise<Commit[]> {
  const found = await git.ask([
    'log',
    '--topo-order',
    '--reverse',
    '--full-history',
    '--format=%H%x00%P%x00%ct%x00%s',
    '--branches',
    '--tags',
    'HEAD',
    '--',
    '.github/workflows',
  ])
  return (found ?? '').split('\n').flatMap((line) => {
    const [commit = '', parents = '', seconds = '0', subject = ''] = line.split('\0')
    return commit === '' ? [] : [{ commit, parents: parents.split(' ').filter(Boolean), date: iso(seconds), subject }]
  })
}

/** The whole messages of commits. */
export async function messagesOf(
  top: string,
  env: Record<string, string | undefined>,
  commits: string[],
): Promise<Map<string, string>> {
  if (commits.length === 0) return new Map()
  const { stdout } = await run(['git', 'log', '--no-walk=unsorted', '--stdin', '-z', '--format=%H%n%B'], {
    cwd: top,
    env: gitEnv(env),
    input: `${commits.join('\n')}\n`,
    limit: 256 * 1024 * 1024,
  })
  return new Map(
    stdout.split('\0').map((whole) => {
      const end = whole.indexOf('\n')
      return [whole.slice(0, end), whole.slice(end + 1)] as const
    }),
  )
}

function iso(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}
