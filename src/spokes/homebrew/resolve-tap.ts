import type { ArtifactName } from '../../core/artifact.ts'
import type { CommitAuthor, Repository } from '../../config/config.ts'
import { assetAddress } from '../../hub/address.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { artifactFields } from '../shared/artifact-fields.ts'
import type { TapSettings } from './settings.ts'

type Path = (string | number)[]

/** The keys that `brews` and `homebrew_casks` share. */
export interface TapEntry {
  name?: string | undefined
  directory?: string | undefined
  repository?: Repository | undefined
  commit_author?: CommitAuthor | undefined
  commit_msg_template?: string | undefined
  skip_upload?: string | boolean | undefined
}

/** Renders texts that stand below one path of the config. */
export class Renderer {
  readonly config: SpokeConfig
  readonly path: Path

  constructor(config: SpokeConfig, path: Path) {
    this.config = config
    this.path = path
  }

  /** A text; empty when it is not given. */
  text(raw: string | undefined, key: Path, extra?: Record<string, unknown>): string {
    return raw === undefined || raw === '' ? '' : this.config.render(raw, [...this.path, ...key], extra)
  }

  /** A text; undefined when it is not given. Given and rendered to nothing is empty, not absent. */
  optional(raw: string | undefined, key: Path): string | undefined {
    return raw === undefined || raw === '' ? undefined : this.text(raw, key)
  }

  list(raw: string[] | undefined, key: Path, extra?: Record<string, unknown>): string[] {
    return (raw ?? []).map((one, at) => this.text(one, [...key, at], extra))
  }

  /**
   * A block, each of its lines on a new line and pushed in by `spaces`; but not lines that come out of a value, since
   * GoReleaser renders after it indents. The block's own line ends are told from others by a `\r`, which a template
   * trims like them and which leaves every position as it is in the config. `before` are blank lines above.
   */
  block(raw: string | undefined, key: Path, spaces: number, before = ''): string | undefined {
    const text = (raw ?? '').trimEnd()
    if (text === '') return undefined
    const marked = text.replaceAll(/\r?\n/g, (end) => end.replace('\n', '\r'))
    const lead = marked.length - marked.trimStart().length
    const rendered = this.text(marked, key)
    const start = `\n${' '.repeat(spaces)}`
    // `{{-` eats what stands before it, also before the block.
    const eats = marked.startsWith('{{-', lead)
    const first = eats ? '' : before + start
    const body = eats ? rendered : rendered.slice(lead)
    return first + body.replaceAll(/\r+(?!\n)/g, (ends) => start.repeat(ends.length))
  }

  /** Lines of a text that is rendered first. */
  lines(raw: string | undefined, key: Path, extra?: Record<string, unknown>): string[] {
    return splitLines(this.text(raw, key, extra))
  }

  /** Pairs by their key. */
  pairs(raw: Record<string, string> | undefined, key: Path): [string, string][] {
    const names = Object.keys(raw ?? {}).sort()
    return names.map((name) => [this.text(name, [...key, name]), this.text(raw?.[name], [...key, name])])
  }
}

/** Lines of a block, without blank ones at its ends. */
function splitLines(text: string | undefined): string[] {
  const trimmed = (text ?? '').trim()
  return trimmed === '' ? [] : trimmed.split('\n')
}

/** Repository, author and message of an entry. Problems are reported; what is returned is then of no use. */
export function resolveTap(
  renderer: Renderer,
  entry: TapEntry,
  defaults: { directory: string; message: string },
): Omit<TapSettings, 'packages'> {
  const { config } = renderer
  const repository = entry.repository ?? {}
  refuseUnbuilt(renderer, entry)
  const owner = renderer.text(repository.owner, ['repository', 'owner'])
  if (owner === '' && repository.name) {
    problem(renderer, ['repository'], 'missing-key', 'the tap has no owner', 'add owner: to repository:')
  }
  const token = repository.token
  const tokenEnv = token ? config.secretEnv(token, [...renderer.path, 'repository', 'token']) : undefined
  const author = entry.commit_author ?? {}
  return {
    name: entry.name ? renderer.text(entry.name, ['name']) : config.plan.project,
    directory: entry.directory ?? defaults.directory,
    repository: {
      owner,
      name: renderer.text(repository.name, ['repository', 'name']),
      branch: renderer.text(repository.branch, ['repository', 'branch']),
      tokenEnv: tokenEnv ?? config.plan.hub.tokenEnv,
      api: config.plan.hub.api,
      upload: config.plan.hub.upload,
    },
    author: author.use_github_app_token
      ? null
      : {
          name: renderer.text(author.name, ['commit_author', 'name']) || 'goreleaserbot',
          email: renderer.text(author.email, ['commit_author', 'email']) || 'bot@goreleaser.com',
        },
    message: renderer.text(entry.commit_msg_template || defaults.message, ['commit_msg_template']),
  }
}

/** Why an entry is not published, when it is not; by GoReleaser's rules. */
export function skipReason(renderer: Renderer, entry: TapEntry): string | undefined {
  if (!entry.repository?.name) return 'repository.name is not set'
  const raw = entry.skip_upload ?? ''
  const value = typeof raw === 'boolean' ? String(raw) : renderer.text(raw, ['skip_upload']).trim()
  if (value === 'true') return 'skip_upload is set'
  const { prerelease } = renderer.config.plan.source.semver
  if (value === 'auto' && prerelease !== '') return `skip_upload is auto, and this is a pre-release (${prerelease})`
  return undefined
}

/** The URL of every chosen artifact, rendered, with what else a template says of it. */
export function packageUrls<A extends ArtifactName>(
  renderer: Renderer,
  artifacts: A[],
  template: string | undefined,
  key: Path,
): { artifact: string; url: string; fields: Record<string, unknown> }[] {
  const { plan } = renderer.config
  return artifacts.map((one) => {
    const fields = artifactFields(plan, one)
    const url = template ? renderer.text(template, key, fields) : assetAddress(plan.hub, plan.source.tag, one.name)
    return { artifact: one.name, url, fields }
  })
}

/** What the plan makes that Homebrew could take. */
export function candidates(config: SpokeConfig): ArtifactName[] {
  return [...config.plan.archives, ...config.plan.uploads]
}

function refuseUnbuilt(renderer: Renderer, entry: TapEntry): void {
  const repository = entry.repository
  const mend = 'leave it out: the file is then committed to the tap itself'
  if (repository?.pull_request?.enabled) {
    problem(renderer, ['repository', 'pull_request'], 'not-built', 'pull requests to a tap are not built yet', mend)
  }
  if (repository?.git?.url) {
    problem(renderer, ['repository', 'git'], 'not-built', 'taps on other git servers are not built yet', mend)
  }
  if (entry.commit_author?.signing?.enabled) {
    problem(
      renderer,
      ['commit_author', 'signing'],
      'not-built',
      'signing of tap commits with a key is not built yet',
      'use_github_app_token: true lets GitHub sign',
    )
  }
}

function problem(renderer: Renderer, key: Path, code: string, message: string, mend: string): void {
  const path = [...renderer.path, ...key]
  const where = renderer.config.position(path) ?? renderer.config.position(renderer.path)
  renderer.config.problem({ severity: 'error', code, message, mend, ...(where === undefined ? {} : { where }) })
}
