import type { Config } from '../config/config.ts'
import type { FullConfig } from '../config/defaults.ts'
import { withDefaults } from '../config/defaults.ts'
import type { Loaded } from '../config/load.ts'
import { isSecretName, keepSecret } from '../core/secrets.ts'
import type { Source } from '../source/source.ts'
import { machine, templateData, type TemplateData, type TemplateFacts } from './context.ts'
import { engineOf, goTime } from './engine.ts'
import type { ProjectFiles } from './go-source.ts'
import { hubPlace, type HubPlace } from './hub.ts'
import { leavesRoot } from './names.ts'
import { guessProject, modulePath, nameFault, type NameHints } from './project.ts'
import { envOf, type Problems, Renderer } from './renderer.ts'

export interface BaseOptions {
  /** Absolute root of the project. */
  root: string
  env: Record<string, string | undefined>
  /** What may be read of the project (go.mod, and Go files where `main` is a pattern). */
  files: ProjectFiles
  /** Build one target only: that of TARGET, or of GOOS and GOARCH, or of this machine. */
  singleTarget?: boolean
}

export interface Base {
  renderer: Renderer
  config: FullConfig
  project: string
  /** With its version, which a snapshot gets from a template. */
  source: Source
  /** The config's own `env`, rendered. */
  env: string[]
  /** Path of the Go module. */
  module: string
  place: ReturnType<typeof hubPlace>
}

/** What all templates see, found in the order in which each may use what came before. */
export function baseOf(loaded: Loaded, source: Source, options: BaseOptions, problems: Problems): Base {
  const written = loaded.config
  const outer = Object.fromEntries(
    Object.entries(options.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
  const module = modulePath(options.files, written)
  const facts: TemplateFacts = {
    // As it is written: `env` may name it before it is rendered.
    project: written.project_name ?? '',
    version: source.version,
    env: outer,
    modulePath: module,
    releaseUrl: '',
    draft: written.release?.draft ?? false,
    singleTarget: options.singleTarget === true,
    variables: written.variables ?? {},
    runtime: machine(),
  }
  const engine = engineOf(options.root, options.files)
  const now = goTime(source.commitTimestamp)
  const rendererOf = (): Renderer => new Renderer(loaded, engine, templateData(source, facts, now), problems)
  // Entries of `env` see the environment only, not each other.
  const env = rendererOf().list(written.env, ['env'])
  for (const [name, value] of Object.entries(envOf(env))) if (isSecretName(name)) keepSecret(value)
  facts.env = { ...outer, ...envOf(env) }
  const named = rendererOf().render(written.project_name, ['project_name'])
  const project = named || guessProject(options.files, hintsOf(rendererOf(), written, module, source.url))
  facts.project = project
  checkProject(rendererOf(), project)
  const config = withDefaults(written, project)
  config.dist = distOf(rendererOf(), config.dist)
  const place = hubPlace(rendererOf(), config, source)
  facts.releaseUrl = releasePage(place, source.tag)
  const metadata = metadataData(rendererOf(), config)
  const [at, template] = versionTemplate(config, source)
  if (template === undefined)
    return { renderer: rendererOf().with(metadata), config, project, source, env, module, place }
  facts.version = rendererOf().try(template, at) ?? source.version
  const whole = { ...source, version: facts.version, ...nightlyTag(rendererOf(), config, source) }
  facts.releaseUrl = releasePage(place, whole.tag)
  const engineData = templateData(whole, facts, now)
  const renderer = rendererOf().with({ ...engineData, ...metadata })
  if (facts.version === '') renderer.problem('snapshot-version', at, 'the version comes out empty')
  return { renderer, config, project, source: whole, env, module, place }
}

function releasePage({ download, owner, repo }: HubPlace, tag: string): string {
  return `${download}/${owner}/${repo}/releases/tag/${tag}`
}

/** A nightly that is published has a tag of its own; the tag that was found is the one before it. */
function nightlyTag(renderer: Renderer, config: FullConfig, source: Source): Partial<Source> {
  const { nightly } = config
  if (source.nightly !== true || nightly?.publish_release !== true) return {}
  const tag = renderer.render(nightly.tag_name || 'nightly', ['nightly', 'tag_name'])
  return { tag, previousTag: source.tag }
}

/** GoReleaser Pro's own default. */
const NIGHTLY_VERSION = '{{ incpatch .Version }}-{{ .ShortCommit }}-nightly'

/** Where the version comes from that is not the tag's. */
function versionTemplate(config: FullConfig, source: Source): [at: string[], template?: string] {
  if (source.nightly === true) {
    return [['nightly', 'version_template'], config.nightly?.version_template || NIGHTLY_VERSION]
  }
  const at = ['snapshot', 'version_template']
  return source.snapshot ? [at, config.snapshot.version_template] : [at]
}

/** `.Metadata`, which Pro has: what the project says of itself. */
function metadataData(renderer: Renderer, { metadata }: FullConfig): TemplateData {
  const text = (key: 'description' | 'homepage' | 'license' | 'full_description'): string =>
    renderer.render(metadata?.[key], ['metadata', key])
  const author = metadata?.commit_author
  return {
    Metadata: {
      Description: text('description'),
      Homepage: text('homepage'),
      License: text('license'),
      FullDescription: text('full_description'),
      Maintainers: renderer.list(metadata?.maintainers, ['metadata', 'maintainers']),
      ModTimestamp: renderer.render(metadata?.mod_timestamp, ['metadata', 'mod_timestamp']),
      CommitAuthor: {
        Name: renderer.render(author?.name, ['metadata', 'commit_author', 'name']),
        Email: renderer.render(author?.email, ['metadata', 'commit_author', 'email']),
      },
    },
  }
}

function hintsOf(renderer: Renderer, { release }: Config, module: string, remote: string): NameHints {
  return {
    release: renderer.render(release?.github?.name, ['release', 'github', 'name']),
    disabled: renderer.isTrue(release?.disable, ['release', 'disable']),
    module,
    remote,
  }
}

function checkProject(renderer: Renderer, project: string): void {
  const fault = nameFault(project)
  if (fault === undefined) return
  const message =
    project === '' ? 'nothing tells the name of the project' : `the project’s name ${JSON.stringify(project)} ${fault}`
  renderer.problem('project-name', ['project_name'], message, 'set `project_name`, such as `project_name: hello`')
}

function distOf(renderer: Renderer, dist: string): string {
  const text = renderer.render(dist, ['dist']).replace(/\/+$/, '')
  if (text !== '' && text !== '.' && !leavesRoot(text)) return text
  renderer.problem(
    'leaves-root',
    ['dist'],
    `dist must be a folder below that of the project, not ${JSON.stringify(text)}`,
  )
  return 'dist'
}
