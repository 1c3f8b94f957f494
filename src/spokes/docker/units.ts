import type { Manifest } from '../../manifest/manifest.ts'
import type { Unit } from '../spoke.ts'
import { withBase } from './base-mark.ts'
import { baseOf } from './assemble.ts'
import { addressOf, publishedName } from './names.ts'
import type { PublishedName } from './names.ts'
import type { DockerSettings } from './settings.ts'

/** A tag in a registry: one that stays, or one that moves from version to version. */
export interface DockerUnit extends Unit {
  name: PublishedName
  settings: DockerSettings
  version: string
}

/**
 * A unit per tag. One that has the version or the commit in it stays; all others (`latest`, `v2`) are pointers, and move when those that
 * stay are live. An index waits for the images that it is made of.
 */
export function unitsOf(manifest: Manifest, settings: DockerSettings): DockerUnit[] {
  const base = baseName(manifest, settings)
  const names = settings.names.map((text) => publishedName(withBase(text, base)))
  const stays = (one: PublishedName): boolean => isFixed(one.tag, manifest)
  const fixed = names.filter(stays)
  const members = settings.role === 'list' ? settings.members.map((text) => idOf(publishedName(text))) : []
  return [...fixed, ...names.filter((one) => !stays(one))].map((name) => ({
    id: idOf(name),
    address: addressOf(name),
    needs: stays(name)
      ? members
      : [...members, ...fixed.filter((one) => one.host === name.host && one.repository === name.repository).map(idOf)],
    ...(stays(name) ? {} : { pointer: name.tag }),
    name,
    settings,
    version: manifest.version,
  }))
}

/** `docker:ghcr.io/octo/hello:v1.2.3`, by the name as it is written. */
function idOf({ text }: PublishedName): string {
  return `docker:${text}`
}

/** Whether a tag tells one release from all others. */
export function isFixed(tag: string, { version, commit }: Pick<Manifest, 'version' | 'commit'>): boolean {
  // What a registry does not take in a tag, people replace.
  const plain = version.replaceAll('+', '-')
  return hasVersion(tag, version) || hasVersion(tag, plain) || (commit !== '' && tag.includes(commit.slice(0, 7)))
}

/** The version, and not a longer one that begins or ends with it: `1.2.3` is not in `v1.2.30`. */
function hasVersion(tag: string, version: string): boolean {
  const at = tag.indexOf(version)
  if (version === '' || at === -1) return false
  return !/[\d.]/.test(tag[at - 1] ?? '') && !/^\.?\d/.test(tag.slice(at + version.length))
}

function baseName(manifest: Manifest, settings: DockerSettings): { name: string; digest: string } {
  const sealed = manifest.spokes.find((one) => (one.settings as { at?: unknown } | null)?.at === settings.at)
  return baseOf(sealed?.pins ?? {})
}
