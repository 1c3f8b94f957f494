import type { Changelog } from '../config/config.ts'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import type { Git } from '../external/git.ts'
import type { GitHub } from '../external/github.ts'
import type { LateRenderer } from '../plan/late.ts'
import { CallError } from '../template/error.ts'
import { changelog } from './changelog.ts'
import { coAuthors, commitEntries, distinct, type Entry, withLogin } from './entries.ts'

export interface ChangelogInput {
  config: Changelog
  /** The tag before; empty where there is none. */
  previous: string
  /** A tag or a commit. */
  current: string
  git: Git
  late: LateRenderer
  /** For `use: github` and `github-native`. */
  github: () => GitHub
  repository: { owner: string; repo: string }
  warn: (diagnostic: Diagnostic) => void
}

/**
 * The changelog from where the config says (`use`): git, GitHub's comparison of two tags, or the notes that GitHub writes itself.
 * @example await writeChangelog({ config: {}, previous: 'v1.0.0', current: 'v1.1.0', git, late, github, repository, warn })
 */
export async function writeChangelog(input: ChangelogInput): Promise<string> {
  const { config, previous, current, late, repository } = input
  if (config.use === 'github-native') return input.github().history.generateNotes(repository, current, previous)
  const entries = await entriesOf(input)
  const title = config.title === undefined ? {} : { title: late.render(config.title, ['changelog', 'title']) }
  try {
    return changelog(entries, { ...config, ...title }, (format, fields) =>
      late.render(format, ['changelog', 'format'], fields),
    )
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    throw new TagonceError('config', `the changelog has a pattern that is none: ${error.message}`, {
      hint: 'mend `changelog.filters` or `changelog.groups`; patterns are those of Go (RE2)',
    })
  }
}

async function entriesOf(input: ChangelogInput): Promise<Entry[]> {
  const { config, previous, current, git, late, repository, warn } = input
  // The hub is on GitHub: whichever forge is named, it is asked.
  const { use } = config
  const forge = use === 'github' || use === 'gitlab' || use === 'gitea'
  if (forge && use !== 'github') {
    const message = `\`changelog.use: ${use}\` asks the forge that holds the release, which is GitHub`
    warn({ severity: 'warning', code: 'changelog-use', message, mend: 'write `use: github`' })
  }
  if (forge && previous === '') {
    const message = `there is no tag before this one, so the changelog is made from git instead of ${use}`
    warn({ severity: 'warning', code: 'changelog-use', message })
  }
  if (forge && previous !== '') {
    const commits = await input.github().history.compare(repository, previous, current)
    return commits.map(({ sha, message, author }) => {
      const others = coAuthors(message).map(withLogin)
      const authors = distinct(author === null ? others : [author, ...others])
      return { sha, message: message.split('\n')[0] ?? '', authors }
    })
  }
  const paths = (config.paths ?? []).map((path, index) => late.render(path, ['changelog', 'paths', index]))
  return commitEntries(
    git,
    previous,
    current,
    paths.filter((one) => one !== ''),
  )
}
