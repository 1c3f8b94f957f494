import type { Artifact } from '../../core/artifact.ts'
import { TagonceError } from '../../core/errors.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import type { TapSettings } from './settings.ts'

/** An artifact of the hub with what the settings say of it. */
export interface Package<P> {
  artifact: Artifact
  settings: P
  goos: string
  goarch: string
}

/** The settings' packages with their artifacts, by architecture: macOS and Linux. */
export function packagesOf<P extends { artifact: string }>(
  manifest: Manifest,
  settings: { packages: P[] },
): { macos: Package<P>[]; linux: Package<P>[] } {
  const all = settings.packages.map((one) => {
    const artifact = manifest.artifacts.find((other) => other.name === one.artifact)
    if (artifact?.platform === undefined) {
      throw new TagonceError('manifest', `the manifest names ${one.artifact} for Homebrew, but has no such artifact`)
    }
    return { artifact, settings: one, goos: artifact.platform.goos, goarch: artifact.platform.goarch }
  })
  const of = (goos: string): Package<P>[] =>
    all.filter((one) => one.goos === goos).sort((a, b) => (a.goarch < b.goarch ? -1 : a.goarch > b.goarch ? 1 : 0))
  return { macos: of('darwin'), linux: of('linux') }
}

/** Names of the programs in an artifact, as they lie below its wrap directory. */
export function programs(artifact: Artifact): string[] {
  if (artifact.kind === 'binary') return artifact.binaries.map((one) => one.name)
  const wrap = artifact.wrapDirectory ? `${artifact.wrapDirectory}/` : ''
  return artifact.binaries.map((one) => (one.path.startsWith(wrap) ? one.path.slice(wrap.length) : one.path))
}

/** Macs with Apple's processors run the Intel program where it is the only one. */
export function isOnlyIntelMac(macos: { goarch: string }[]): boolean {
  return macos.length === 1 && macos[0]?.goarch === 'amd64'
}

/** Every line pushed in by `spaces`. */
export function indent(spaces: number, text: string): string {
  const pad = ' '.repeat(spaces)
  return pad + text.replaceAll('\n', `\n${pad}`)
}

/** Lines with no blanks at their end, and a newline at the end of the last. */
export function tidy(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n')
  return `${lines.map((line) => line.replace(/\r$/, '').replace(/ +$/, '')).join('\n')}\n`
}

/** Where the file lies in the tap. */
export function pathInTap(settings: Pick<TapSettings, 'directory' | 'name'>): string {
  const file = `${settings.name}.rb`
  const folders = settings.directory.split('/').filter((one) => one !== '' && one !== '.')
  return [...folders, file].join('/')
}

/** The version that a formula or cask names. */
export function versionIn(text: string): string | undefined {
  return /^\s*version "([^"]*)"/m.exec(text)?.[1]
}
