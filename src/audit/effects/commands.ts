import { type Found, publishes } from './found.ts'
import { readArguments, type ShellCommand } from './shell.ts'

type Reader = (args: string[], command: ShellCommand) => Found[]

/** The last part of a program's path, without `.exe`. */
function programOf(word: string): string {
  return (word.split(/[/\\]/).at(-1) ?? word).replace(/\.exe$/i, '')
}

/** What one command does to the world; [] when nothing that is known. */
export function effectsOfCommand(command: ShellCommand): Found[] {
  const [program = '', ...args] = command.words
  const reader = READERS[programOf(program)]
  return (reader?.(args, command) ?? []).map((one) => ({ line: command.line, ...one }))
}

const dry = (args: string[]): boolean => args.some((arg) => arg === '--dry-run' || arg.startsWith('--dry-run='))

const READERS: Record<string, Reader> = {
  npm: nodePublisher('npm'),
  pnpm: nodePublisher('pnpm'),
  yarn: (args) =>
    nodePublisher('yarn')(args[0] === 'npm' ? args.slice(1) : args, { words: [], env: {}, line: 0, text: '' }),
  bun: nodePublisher('bun'),
  twine: (args) =>
    args[0] === 'upload' && !String(args).includes('testpypi')
      ? [publishes('pypi', 'twine upload', { source: 'own' })]
      : [],
  uv: (args) => (args[0] === 'publish' ? [publishes('pypi', 'uv publish', { source: 'own' })] : []),
  poetry: (args) =>
    args[0] === 'publish' && !dry(args)
      ? [publishes('pypi', 'poetry publish', { source: args.includes('--build') ? 'rebuild' : 'own' })]
      : [],
  flit: (args) => (args[0] === 'publish' ? [publishes('pypi', 'flit publish', { source: 'rebuild' })] : []),
  hatch: (args) => (args[0] === 'publish' ? [publishes('pypi', 'hatch publish', { source: 'own' })] : []),
  maturin: (args) =>
    args[0] === 'publish' || args[0] === 'upload'
      ? [publishes('pypi', `maturin ${args[0]}`, { source: 'rebuild' })]
      : [],
  python: pythonModule,
  python3: pythonModule,
  cargo: (args) =>
    args[0] === 'publish' && !dry(args)
      ? [publishes('cargo', 'cargo publish', { source: 'rebuild', ...named(args, ['-p', '--package']) })]
      : [],
  choco: (args) =>
    args[0] === 'push'
      ? [publishes('chocolatey', 'choco push', { source: 'own', ...nameOf(packageName(args[1])) })]
      : [],
  nuget: (args) =>
    args[0] === 'push'
      ? [publishes(String(args).includes('chocolatey') ? 'chocolatey' : 'nuget', 'nuget push', { source: 'own' })]
      : [],
  dotnet: (args) =>
    args[0] === 'nuget' && args[1] === 'push' ? [publishes('nuget', 'dotnet nuget push', { source: 'own' })] : [],
  snapcraft: (args) =>
    ['upload', 'push', 'release'].includes(args[0] ?? '')
      ? [publishes('snap', `snapcraft ${args[0]}`, { source: 'own', ...nameOf(packageName(args[1])) })]
      : [],
  docker: dockerLike('docker'),
  podman: dockerLike('podman'),
  buildah: (args) =>
    args[0] === 'push' ? [publishes('docker', 'buildah push', { source: 'rebuild', ...nameOf(args.at(-1)) })] : [],
  skopeo: (args) =>
    args[0] === 'copy'
      ? [publishes('docker', 'skopeo copy', { source: 'own', ...nameOf(args.at(-1)?.replace(/^docker:\/\//, '')) })]
      : [],
  crane: (args) =>
    ['push', 'copy', 'cp', 'tag'].includes(args[0] ?? '')
      ? [publishes('docker', `crane ${args[0]}`, { source: 'own', ...nameOf(args[2] ?? args[1]) })]
      : [],
  ko: (args) =>
    ['publish', 'build', 'resolve'].includes(args[0] ?? '')
      ? [publishes('docker', `ko ${args[0]}`, { source: 'rebuild' })]
      : [],
  helm: (args) => (args[0] === 'push' ? [publishes('helm', 'helm push', { source: 'own' })] : []),
  gem: (args) => (args[0] === 'push' ? [publishes('rubygems', 'gem push', { source: 'own' })] : []),
  wingetcreate: (args) =>
    ['update', 'submit', 'new'].includes(args[0] ?? '')
      ? [publishes('winget', `wingetcreate ${args[0]}`, { source: 'hub', ...nameOf(args[1]) })]
      : [],
  komac: () => [publishes('winget', 'komac', { source: 'hub' })],
  gh: github,
  git: gitCommand,
  curl: (args, command) => request('curl', command.text, args),
  wget: (args, command) => (/--post|--method/.test(command.text) ? request('wget', command.text, args) : []),
  http: (args, command) => request('http', command.text, args),
  'semantic-release': () => [
    release('semantic-release'),
    { kind: 'push-tag', through: 'semantic-release', source: 'own' },
  ],
  'release-it': () => [release('release-it'), { kind: 'push-tag', through: 'release-it', source: 'own' }],
  jreleaser: (args) => (/release|full-release|publish/.test(args[0] ?? '') ? [release(`jreleaser ${args[0]}`)] : []),
  ghr: () => [release('ghr'), { kind: 'upload-assets', through: 'ghr', source: 'own' }],
  hub: (args) => (args[0] === 'release' && args[1] === 'create' ? [release('hub release create')] : []),
  brew: (args) =>
    /bump-(formula|cask)-pr/.test(args[0] ?? '')
      ? [
          publishes('homebrew', `brew ${args[0]}`, {
            source: 'hub',
            ...nameOf(args.findLast((one) => !one.startsWith('-'))),
          }),
        ]
      : [],
  vsce: (args) => (args[0] === 'publish' ? [publishes('vscode', 'vsce publish', { source: 'own' })] : []),
}

function release(through: string): Found {
  return { kind: 'create-release', through, source: 'own' }
}

function nameOf(name: string | undefined): { name?: string } {
  return name === undefined || name === '' || name.startsWith('-') ? {} : { name }
}

function named(args: string[], options: string[]): { name?: string } {
  const found = readArguments(args, options).options
  return nameOf(options.map((option) => found[option]).find((value) => value !== undefined))
}

/** `dist/hello.1.2.3.nupkg` → `hello`. */
function packageName(file: string | undefined): string | undefined {
  const base = file?.split('/').at(-1)
  // A variable as a whole says no name.
  if (base?.startsWith('$') === true) return undefined
  return (
    base
      ?.replace(/[._-]v?(\d|\$|\*).*$/, '')
      .replace(/\.(nupkg|snap)$/, '')
      .replaceAll('*', '') || undefined
  )
}

function nodePublisher(program: string): Reader {
  return (args) => {
    const { plain, options } = readArguments(args, [
      '--tag',
      '--access',
      '--registry',
      '--prefix',
      '-C',
      '-w',
      '--workspace',
      '--otp',
    ])
    if (plain[0] !== 'publish' || dry(args)) return []
    const registry = options['--registry'] ?? ''
    const channel = registry.includes('npm.pkg.github.com') ? 'github-packages' : 'npm'
    const from = options['-w'] ?? options['--workspace'] ?? plain[1]
    return [
      publishes(channel, `${program} publish`, {
        source: 'own',
        ...nameOf(from === '.' || from === './' ? undefined : from),
      }),
    ]
  }
}

function pythonModule(args: string[], command: ShellCommand): Found[] {
  if (args[0] !== '-m') return []
  return READERS[args[1] ?? '']?.(args.slice(2), command) ?? []
}

function dockerLike(program: string): Reader {
  return (args) => {
    const [verb = ''] = args
    const through = (rest: string): string => `${program} ${rest}`
    if (verb === 'push')
      return [
        publishes('docker', through('push'), {
          source: 'rebuild',
          ...nameOf(args.findLast((one) => !one.startsWith('-'))),
        }),
      ]
    if (verb === 'manifest' && args[1] === 'push')
      return [publishes('docker', through('manifest push'), { source: 'rebuild', ...nameOf(args.at(-1)) })]
    const building = verb === 'build' || (verb === 'buildx' && args[1] === 'build')
    const pushed = args.includes('--push') || args.some((arg) => /type=registry|push=true/.test(arg))
    if (building && pushed) {
      return [
        publishes('docker', through(verb === 'build' ? 'build --push' : 'buildx build --push'), {
          source: 'rebuild',
          ...named(args, ['-t', '--tag']),
        }),
      ]
    }
    if (verb === 'buildx' && args[1] === 'imagetools' && args[2] === 'create')
      return [
        publishes('docker', through('buildx imagetools create'), { source: 'own', ...named(args, ['-t', '--tag']) }),
      ]
    return []
  }
}

function github(args: string[], command: ShellCommand): Found[] {
  const [area, verb] = args
  const { plain, options } = readArguments(args.slice(2), [
    '--title',
    '-t',
    '--notes',
    '-n',
    '--notes-file',
    '-F',
    '--target',
    '--repo',
    '-R',
    '--ref',
    '--field',
    '-f',
    '--raw-field',
  ])
  const target = plain[0] === undefined ? {} : { target: plain[0] }
  if (area === 'release' && verb === 'create') {
    const draft = args.includes('--draft') || args.includes('-d') ? { draft: true } : {}
    const made: Found[] = [{ kind: 'create-release', through: 'gh release create', source: 'own', ...target, ...draft }]
    if (plain.length > 1) made.push({ kind: 'upload-assets', through: 'gh release create', source: 'own', ...target })
    return made
  }
  if (area === 'release' && verb === 'upload')
    return [{ kind: 'upload-assets', through: 'gh release upload', source: 'own', ...target }]
  if (area === 'release' && verb === 'edit')
    return [{ kind: 'create-release', through: 'gh release edit', source: 'own', ...target }]
  if (area === 'workflow' && verb === 'run')
    return [
      {
        kind: 'dispatch',
        through: 'gh workflow run',
        source: 'own',
        ...nameOf(plain[0]),
        ...(options['-R'] || options['--repo'] ? { target: options['-R'] ?? options['--repo'] ?? '' } : {}),
        ...fields(args),
      },
    ]
  if (area === 'api') return request('gh api', command.text, args)
  return []
}

function gitCommand(args: string[]): Found[] {
  const { plain, options } = readArguments(args, ['-C', '-c'])
  if (plain[0] !== 'push' || dry(args)) return []
  const text = args.join(' ')
  if (
    '--tags' in options ||
    '--follow-tags' in options ||
    /refs\/tags\/|\$\{?(TAG|VERSION|NEW_TAG)|\bv\d/i.test(text)
  ) {
    return [
      { kind: 'push-tag', through: 'git push', source: 'own', ...(plain[2] === undefined ? {} : { target: plain[2] }) },
    ]
  }
  const remote = plain[1] ?? ''
  if (remote.includes('aur.archlinux.org')) return [publishes('aur', 'git push', { source: 'hub', name: remote })]
  if (/homebrew-|\/tap/.test(remote)) return [publishes('homebrew', 'git push', { source: 'hub', name: remote })]
  if (/scoop/.test(remote)) return [publishes('scoop', 'git push', { source: 'hub', name: remote })]
  return [{ kind: 'push-commit', through: 'git push', source: 'own', ...(remote === '' ? {} : { target: remote }) }]
}

/** `-f name=value` of `gh workflow run`. */
function fields(args: string[]): { inputs?: Record<string, string> } {
  const pairs = args.flatMap((arg, at) =>
    ['-f', '-F', '--field', '--raw-field'].includes(args[at - 1] ?? '') ? [arg] : [],
  )
  const inputs = Object.fromEntries(pairs.map((pair) => [pair.split('=')[0] ?? '', pair.split('=').slice(1).join('=')]))
  return pairs.length === 0 ? {} : { inputs }
}

/** A request to an API, by what stands in its URL. */
function request(through: string, text: string, args: string[]): Found[] {
  const writes =
    /(-X|--request|--method)[ =]?['"]?(POST|PUT|PATCH)|(^|\s)(-d|--data\S*|-F|--form|-T|--upload-file|-f|--field|--input|--json|--post-\S+)(\s|=)/.test(
      text,
    ) || args.includes('POST')
  if (!writes) return []
  if (/\/dispatches/.test(text)) {
    const repository = /\/repos\/([\w.-]+\/[\w.-]+)\//.exec(text)?.[1]
    const target = repository === undefined || repository === 'O/R' ? {} : { target: repository }
    return [{ kind: 'dispatch', through, source: 'own', ...dispatchName(text), ...target }]
  }
  if (/uploads\.github\.com|\/releases\/\S*assets/.test(text))
    return [{ kind: 'upload-assets', through, source: 'own' }]
  if (/\/repos\/\S+\/releases/.test(text)) return [{ kind: 'create-release', through, source: 'own' }]
  if (/upload\.pypi\.org/.test(text)) return [publishes('pypi', through, { source: 'own' })]
  if (/push\.chocolatey\.org|community\.chocolatey/.test(text))
    return [publishes('chocolatey', through, { source: 'own' })]
  if (/registry\.npmjs\.org/.test(text)) return [publishes('npm', through, { source: 'own' })]
  if (/\/git\/refs/.test(text)) return [{ kind: 'push-tag', through, source: 'own' }]
  return []
}

function dispatchName(text: string): { name?: string } {
  const file = /workflows\/([^/\s'"]+)\/dispatches/.exec(text)?.[1]
  const type = /event[_-]type["'\\]*\s*[:=]\s*["'\\]*([\w.-]+)/.exec(text)?.[1]
  return nameOf(file ?? type)
}
