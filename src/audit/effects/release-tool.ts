import { posix } from 'node:path'
import { parse } from 'yaml'
import { type Found, publishes } from './found.ts'
import { readArguments } from './shell.ts'

/** Keys of a GoReleaser config that publish, with the channel and where the entry's name stands. */
const PUBLISHING_KEYS: Record<string, { channel: string; name: string[] }> = {
  brews: { channel: 'homebrew', name: ['name'] },
  homebrew_casks: { channel: 'homebrew', name: ['name'] },
  scoops: { channel: 'scoop', name: ['name'] },
  winget: { channel: 'winget', name: ['name'] },
  aurs: { channel: 'aur', name: ['name'] },
  aur_sources: { channel: 'aur', name: ['name'] },
  krews: { channel: 'krew', name: ['name'] },
  nix: { channel: 'nix', name: ['name'] },
  chocolateys: { channel: 'chocolatey', name: ['name'] },
  snapcrafts: { channel: 'snap', name: ['name'] },
  dockers: { channel: 'docker', name: ['image_templates'] },
  dockers_v2: { channel: 'docker', name: ['images'] },
  docker_manifests: { channel: 'docker', name: ['name_template'] },
  kos: { channel: 'docker', name: ['repositories', 'repository'] },
  npms: { channel: 'npm', name: ['name'] },
  pypis: { channel: 'pypi', name: ['name'] },
}

/** GoReleaser's look-up order. */
export const CONFIG_NAMES = [
  '.config/goreleaser.yml',
  '.config/goreleaser.yaml',
  '.goreleaser.yml',
  '.goreleaser.yaml',
  'goreleaser.yml',
  'goreleaser.yaml',
]

const SKIP_OF: Record<string, string> = {
  homebrew: 'homebrew',
  chocolatey: 'chocolatey',
  snap: 'snapcraft',
  docker: 'docker',
  aur: 'aur',
  scoop: 'scoop',
  winget: 'winget',
  nix: 'nix',
}

/**
 * What `goreleaser release` (or `tagonce release`) with these arguments does, read from the config of the same commit.
 * All its channels take the bytes of the one build that the release holds, so they are fed by the hub.
 */
export function effectsOfReleaseTool(
  tool: string,
  args: string[],
  readFile: (path: string) => string | undefined,
  folder = '.',
): Found[] {
  if (tool === 'jreleaser') return ofJReleaser(args)
  const { plain, options } = readArguments(args, [
    '-f',
    '--config',
    '-p',
    '--parallelism',
    '--timeout',
    '--release-notes',
    '--skip',
  ])
  const verb = plain[0] ?? 'release'
  if (verb !== 'release' && verb !== 'r' && verb !== 'publish') return []
  const skip = new Set((options['--skip'] ?? '').split(',').map((one) => one.trim()))
  // No word at all is no channel without a word of its own.
  skip.delete('')
  if ('--snapshot' in options || skip.has('publish') || '--skip-publish' in options) return []
  const named = options['-f'] ?? options['--config']
  const file = (named === undefined ? CONFIG_NAMES : [named])
    .flatMap((name) => [posix.join(folder, name), name])
    .find((name) => readFile(name) !== undefined)
  const config = file === undefined ? {} : readConfig(readFile(file))
  const through = `${tool} release`
  const found: Found[] = []
  const releaseKey = config['release']
  const disabled =
    typeof releaseKey === 'object' && releaseKey !== null && isTrue((releaseKey as Record<string, unknown>)['disable'])
  if (!disabled) {
    const draft = isTrue((config['release'] as Record<string, unknown> | undefined)?.['draft']) || '--draft' in options
    found.push(
      { kind: 'create-release', through, source: 'rebuild', ...(draft ? { draft } : {}) },
      { kind: 'upload-assets', through, source: 'rebuild' },
    )
  }
  const own = tool === 'tagonce' ? readConfig(readFile('tagonce.yaml')) : {}
  for (const [key, { channel, name }] of Object.entries(PUBLISHING_KEYS)) {
    const entries = config[key] ?? own[key]
    if (!Array.isArray(entries) || skip.has(SKIP_OF[channel] ?? '')) continue
    for (const entry of entries as unknown[]) {
      if (typeof entry !== 'object' || entry === null) continue
      const fields = entry as Record<string, unknown>
      if (isTrue(fields['skip_upload']) || isTrue(fields['skip_push'])) continue
      const value = name.map((one) => fields[one]).find((one) => one !== undefined)
      const first: unknown = Array.isArray(value) ? value[0] : (value ?? config['project_name'])
      found.push(
        publishes(channel, `${through}: ${key}`, {
          source: 'hub',
          ...(typeof first === 'string' ? { name: first } : {}),
        }),
      )
    }
  }
  return found
}

/**
 * The release tool that a command line runs, and its arguments: also through `go run`, a container, or its install script.
 * @example releaseToolIn(['go', 'run', 'github.com/goreleaser/goreleaser/v2@latest', 'release']) // goreleaser, ['release']
 */
export function releaseToolIn(words: string[]): { tool: string; args: string[] } | undefined {
  const name = (word: string): string => (word.split(/[/\\]/).at(-1) ?? word).replace(/\.exe$/i, '')
  // `npx tagonce@1.2.3`: the version is no part of the name.
  const program = name(words[0] ?? '').replace(/(?<=.)@.*$/, '')
  if (program === 'goreleaser' || program === 'tagonce' || program === 'jreleaser')
    return { tool: program, args: words.slice(1) }
  const after = (test: RegExp): string[] | undefined => {
    const at = words.findIndex((word) => test.test(word))
    return at === -1 ? undefined : words.slice(at + 1)
  }
  if (program === 'go' && words[1] === 'run') {
    const args = after(/goreleaser\/goreleaser(\/v\d+)?(@|$)/)
    return args === undefined ? undefined : { tool: 'goreleaser', args }
  }
  if ((program === 'docker' || program === 'podman') && words[1] === 'run') {
    const args = after(/(^|\/)goreleaser(-cross|-pro)?(:|@|$)/)
    return args === undefined ? undefined : { tool: 'goreleaser', args }
  }
  // curl -sfL https://goreleaser.com/static/run | bash -s -- release
  if (program === 'bash' && words.includes('-s') && words.includes('release')) {
    return { tool: 'goreleaser', args: words.slice(words.indexOf('release')) }
  }
  return undefined
}

function ofJReleaser(args: string[]): Found[] {
  const verb = args.find((arg) => !arg.startsWith('-')) ?? 'full-release'
  return /^(release|full-release|upload|publish)$/.test(verb)
    ? [{ kind: 'create-release', through: `jreleaser ${verb}`, source: 'own' }]
    : []
}

function readConfig(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {}
  try {
    const value: unknown = parse(text, { maxAliasCount: 100, logLevel: 'silent' })
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}
