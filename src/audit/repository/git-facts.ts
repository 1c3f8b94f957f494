import type { Git } from '../../external/git.ts'
import type { GitFacts } from '../rules/rule.ts'

/** Where `clean` moves workflows, unless told otherwise. */
export const ARCHIVE_FOLDER = 'archive/workflows'

/**
 * Tags, messages and ignore rules, in a handful of processes.
 * @example await gitFacts(git, 'HEAD', false)
 */
export async function gitFacts(git: Git, commit: string, shallow: boolean): Promise<GitFacts> {
  const [refs, loose, branches, message, here, ignored] = await Promise.all([
    git.lines([
      'for-each-ref',
      '--sort=creatordate',
      '--format=%(refname:strip=2)%09%(objecttype)%09%(objectname)%09%(*objectname)',
      'refs/tags',
    ]),
    // Commits that tags reach and no branch does.
    git.lines(['rev-list', '--tags', '--not', '--branches', '--remotes']),
    git.lines(['for-each-ref', '--count=1', '--format=%(refname)', 'refs/heads', 'refs/remotes']),
    git.ask(['log', '-1', '--format=%B', commit]),
    git.lines(['tag', '--points-at', commit]),
    git.lines(['check-ignore', '--no-index', `${ARCHIVE_FOLDER}/release.yml`, 'archive/release.yml']),
  ])
  const off = new Set(loose)
  const tags = refs.map((line) => {
    const [name = '', type = '', object = '', peeled = ''] = line.split('\t')
    const at = peeled || object
    return { name, commit: at, annotated: type === 'tag', onBranch: branches.length === 0 || !off.has(at) }
  })
  return { tags, headMessage: message ?? '', headTags: here, ignored, shallow }
}

/** The tag after the highest version: its next patch; `v0.1.0` where there is none. */
export function nextTag(tags: readonly { name: string }[]): string {
  let best: { prefix: string; parts: [number, number, number] } | undefined
  for (const { name } of tags) {
    const found = /^(v?)(\d+)\.(\d+)\.(\d+)$/.exec(name)
    if (found === null) continue
    const parts: [number, number, number] = [Number(found[2]), Number(found[3]), Number(found[4])]
    if (best === undefined || compare(parts, best.parts) > 0) best = { prefix: found[1] ?? '', parts }
  }
  if (best === undefined) return 'v0.1.0'
  const [major, minor, patch] = best.parts
  return `${best.prefix}${major}.${minor}.${patch + 1}`
}

function compare(a: [number, number, number], b: [number, number, number]): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}
