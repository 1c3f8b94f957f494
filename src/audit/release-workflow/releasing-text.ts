import type { ReleaseFacts } from './facts.ts'
import { WRITTEN } from './workflow-text.ts'

/** Where the page for maintainers lies. */
export const RELEASING_FILE = 'RELEASING.md'

/**
 * RELEASING.md: how a release is made here, how it is rehearsed, and what to do when something fails.
 * @example releasingText(facts).startsWith('<!-- Written by') // true
 */
export function releasingText(facts: ReleaseFacts): string {
  const { path, config, channels, hub, version, tagPrefix, env } = facts
  const tag = `${tagPrefix}1.2.3`
  const run = `npx tagonce@${version}`
  const secrets = Object.entries(env).flatMap(([name, value]) => {
    const secret = /secrets\.(\w+)/.exec(value)?.[1]
    return secret === undefined || secret === 'GITHUB_TOKEN' ? [] : [[name, secret]]
  })
  const needs = (name: string): string => {
    const of = channels.filter((one) => one.credentials.includes(name)).map((one) => one.spoke)
    return of.length === 0
      ? 'the config, its hooks, or a channel that the workflow fed before'
      : [...new Set(of)].join(', ')
  }
  const parts = [
    `<!-- ${WRITTEN} from ${config}; \`tagonce workflow --check\` says when it has drifted. -->`,
    '# Releasing',
    `One tag, one workflow, one release. Pushing a version tag starts \`${path}\`, and nothing else. It builds once, puts everything into [one GitHub release](https://github.com/${hub}/releases), and feeds every package manager from that release.`,
    '## Make a release',
    [
      '1. Everything that shall be released is on the default branch, and its tests pass.',
      `2. Look before you tag: \`${run} check\` reads the config, \`${run} audit\` the workflows.`,
      `3. Rehearse: \`${run} rehearse\` makes the whole release on this machine, with local servers and real clients, without an account, a token or a tag. \`${run} rehearse --as ${tag}\` names the version.`,
      `4. Tag and push one tag: \`git tag -a ${tag} -m ${tag} && git push origin ${tag}\`. More than three tags in one push start nothing.`,
      '5. The summary of the run says of each channel what users get there now.',
    ].join('\n'),
    `Try it in public first with a suffix: \`${tag}-rc.1\` is a prerelease.`,
    '## Where it goes',
    channels.length === 0
      ? 'Into the release; no package manager is fed yet.'
      : table(
          ['package manager', 'package', 'needs'],
          channels.map((one) => [one.spoke, one.entry, needed(one.credentials)]),
        ),
    ...(secrets.length === 0
      ? []
      : [
          '## Secrets of the repository',
          table(
            ['secret', 'as the variable', 'for'],
            secrets.map(([name = '', secret = '']) => [`\`${secret}\``, `\`${name}\``, needs(name)]),
          ),
        ]),
    '## When something fails',
    table(
      ['what happened', 'what to do'],
      [
        [
          'the workflow failed before anything was public',
          'mend it, commit, and push the **next** version. Do not move a tag that others may have fetched.',
        ],
        [
          'the job ended with 75, and a package manager is `pending`',
          'nothing: it holds the version back until somebody has decided (moderation, review, a pull request). Run the job again then',
        ],
        [
          'one package manager failed, the others are live',
          `run the failed job again in the Actions tab, or on any machine \`${run} publish NAME --tag ${tag}\` with the variables above: what is live is left alone`,
        ],
        [
          'the workflow did not start',
          `\`${run} explain ${tag}\` says why: the pattern of the tag, \`[skip ci]\` in the commit, more than three tags in the push`,
        ],
        [
          'a second workflow released, too',
          `\`${run} explain ${tag}\` names both; \`${run} clean\` takes one away. \`${run} audit --locked\` in CI keeps it so`,
        ],
        [
          'nothing shall be released until it is mended',
          `\`${run} freeze\` holds version tags back, \`${run} thaw\` lets them go`,
        ],
        [
          'a released version is broken',
          'release the next patch version. A version that package managers have seen cannot be made anew',
        ],
      ],
    ),
    '## Change how it works',
    `The config is \`${config}\`${config.endsWith('tagonce.yaml') ? '' : ' (and `tagonce.yaml`, for what GoReleaser has no key for)'}. After a change run \`${run} workflow\`: it writes \`${path}\`, this page and the fan-out lock. Keep the file name of the workflow: npm and PyPI trust it by that name.`,
  ]
  return `${parts.join('\n\n')}\n`
}

/** Variables by name; what the runner gives by itself is no secret to be set. */
function needed(credentials: string[]): string {
  const given = (name: string): boolean => name.startsWith('ACTIONS_')
  const names = credentials.filter((name) => !given(name)).map((name) => `\`${name}\``)
  return [...names, ...(credentials.some(given) ? ["the workflow's own identity"] : [])].join(', ') || '–'
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
