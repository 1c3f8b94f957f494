import { posix } from 'node:path'
import type { Snapshot } from '../repository/snapshot.ts'

/** A file of the repository that tells a package manager where the hub's files are. */
export interface Wrapper {
  channel: string
  /** Name of the package, where it is said. */
  name?: string
  path: string
  text: string
}

/** Folders whose files are no part of what is published. */
const PASSED_OVER = /(^|\/)(node_modules|vendor|testdata|fixtures|__tests__|dist|archive)\//
const SOURCE = /releases\/(latest\/)?download|releases\/tag|archive\/refs\/tags/

/** Wrappers, formulas, manifests and installers that take files from a release. */
export function wrappersOf(snapshot: Snapshot): Wrapper[] {
  const found: Wrapper[] = []
  for (const path of snapshot.paths) {
    const kind = PASSED_OVER.test(path) ? undefined : kindOf(path)
    if (kind === undefined) continue
    const text = snapshot.read(path)
    if (text === undefined || text.length > 512 * 1024 || !kind.is(text)) continue
    const name = kind.name(path, text, (file) => snapshot.read(file))
    found.push({ channel: kind.channel, path, text, ...(name === undefined ? {} : { name }) })
  }
  return found
}

interface Kind {
  channel: string
  path: RegExp
  is(text: string): boolean
  name(path: string, text: string, read: (path: string) => string | undefined): string | undefined
}

const fetches = (text: string): boolean => SOURCE.test(text)
const noName = (): undefined => undefined
const firstOf = (text: string | undefined, pattern: RegExp): string | undefined => pattern.exec(text ?? '')?.[1]

/** The manifest of the folder, or of one above it. */
function above(file: string, pattern: RegExp): Kind['name'] {
  return (path, _, read) => {
    for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
      const name = firstOf(read(posix.join(folder, file)), pattern)
      if (name !== undefined || folder === '.') return name
    }
  }
}

const KINDS: Kind[] = [
  {
    channel: 'homebrew',
    path: /\.rb$/,
    is: (text) => /< Formula\b|^\s*cask ['"]/m.test(text),
    name: (path) => posix.basename(path, '.rb'),
  },
  {
    channel: 'aur',
    path: /(^|\/)PKGBUILD$/,
    is: (text) => /^source/m.test(text),
    name: (_, text) => firstOf(text, /^pkgname=['"(]*([\w@.+-]+)/m),
  },
  { channel: 'chocolatey', path: /chocolateyinstall\.ps1$/i, is: () => true, name: noName },
  {
    channel: 'scoop',
    path: /\.json$/,
    is: (text) => /"architecture"\s*:/.test(text) && /"url"\s*:/.test(text),
    name: (path) => posix.basename(path, '.json'),
  },
  {
    channel: 'winget',
    path: /\.installer\.ya?ml$/,
    is: (text) => /InstallerUrl:/.test(text),
    name: (_, text) => firstOf(text, /^PackageIdentifier:\s*(\S+)/m),
  },
  {
    channel: 'krew',
    path: /\.ya?ml$/,
    is: (text) => /^kind:\s*Plugin\b/m.test(text) && /krew/.test(text),
    name: (path) => posix.basename(path).replace(/\.ya?ml$/, ''),
  },
  {
    channel: 'snap',
    path: /(^|\/)snapcraft\.ya?ml$/,
    is: () => true,
    name: (_, text) => firstOf(text, /^name:\s*['"]?([\w-]+)/m),
  },
  {
    channel: 'nix',
    path: /\.nix$/,
    is: fetches,
    name: (path, text) => firstOf(text, /pname\s*=\s*"([^"]+)"/) ?? posix.basename(path, '.nix'),
  },
  { channel: 'docker', path: /(^|\/)(Dockerfile|Containerfile)[^/]*$|\.[Dd]ockerfile$/, is: fetches, name: noName },
  { channel: 'install script', path: /(^|\/)(install|get)[\w.-]*\.(sh|ps1|bash)$/i, is: fetches, name: (path) => path },
  { channel: 'npm', path: /\.[cm]?[jt]s$/, is: fetches, name: above('package.json', /"name"\s*:\s*"([^"]+)"/) },
  { channel: 'pypi', path: /\.py$/, is: fetches, name: above('pyproject.toml', /^\s*name\s*=\s*["']([^"']+)/m) },
]

function kindOf(path: string): Kind | undefined {
  return KINDS.find((kind) => kind.path.test(path))
}
