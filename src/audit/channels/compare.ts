import type { Plan } from '../../plan/plan.ts'
import type { WantedFile } from './feed.ts'
import { ANY, type Wanted } from './wanted.ts'

const OPERATING_SYSTEMS: Record<string, RegExp> = {
  windows: /windows|win(?:dows)?(?:32|64)|(?<![a-z])win(?![a-z])|\.exe$/i,
  darwin: /darwin|macos|osx|apple|(?<![a-z])mac(?![a-z])/i,
  linux: /linux/i,
  freebsd: /freebsd/i,
}
const ARCHITECTURES: Record<string, RegExp> = {
  arm64: /arm64|aarch64/i,
  amd64: /amd64|x86[_-]64|x64|64-?bit|win64/i,
  386: /i?386|x86(?![_-]64)|32-?bit|win32/i,
  arm: /armv?[67]|(?<![a-z])arm(?!64)|armhf/i,
}

interface Made {
  name: string
  os: string
  arch: string
}

/** Names of the files that the release will hold. */
export function plannedNames(plan: Plan): Set<string> {
  return new Set([
    ...plan.archives.map((one) => one.name),
    ...plan.uploads.map((one) => one.name),
    ...(plan.checksums === null ? [] : [plan.checksums.name, ...Object.values(plan.checksums.names ?? {})]),
  ])
}

function made(plan: Plan): Made[] {
  return [...plan.archives, ...plan.uploads].map((one) => ({
    name: one.name,
    os: one.platform?.goos ?? '',
    arch: one.platform?.goarch ?? '',
  }))
}

/**
 * Each wanted file beside what the config will make for it. A name with parts that only the user's machine knows fits
 * where at least one planned name has that shape.
 */
export function compare(wanted: Wanted[], plan: Plan): WantedFile[] {
  const names = plannedNames(plan)
  const files = made(plan)
  // Without a remote and without `release.github` nobody knows where the release will be.
  const hub = plan.hub.owner === '' ? undefined : `${plan.hub.owner}/${plan.hub.repo}`
  return wanted
    .filter((one) => one.repository === undefined || meansOurs(one.repository, hub, plan))
    .map((one) => {
      const { key, where } = one
      const elsewhere =
        hub !== undefined && one.repository !== undefined && one.repository.toLowerCase() !== hub.toLowerCase()
      const otherTag = one.tag !== undefined && one.tag !== plan.source.tag
      const shown = one.name.replaceAll(ANY, '*')
      const fits = one.name.includes(ANY) ? fitting(one.name, names) : names.has(one.name) ? one.name : undefined
      const meant = fits ?? nearest(one.name, files)
      if (!elsewhere && !otherTag)
        return {
          key,
          wanted: shown,
          where,
          ...(meant === undefined ? {} : { planned: fits === undefined ? meant : shown }),
        }
      const prefix = (repository: string, tag: string): string => `${repository}/releases/download/${tag}/`
      return {
        key,
        wanted: `${prefix(one.repository ?? hub ?? '', one.tag ?? plan.source.tag)}${shown}`,
        planned: `${prefix(hub ?? one.repository ?? '', plan.source.tag)}${meant ?? shown}`,
        where,
      }
    })
}

/** A URL of some other program's release (a tool that a script fetches) is none of ours. */
function meansOurs(repository: string, hub: string | undefined, plan: Plan): boolean {
  const [, name = ''] = repository.toLowerCase().split('/')
  return (
    repository.toLowerCase() === hub?.toLowerCase() ||
    name === plan.hub.repo.toLowerCase() ||
    name === plan.project.toLowerCase()
  )
}

function fitting(pattern: string, names: Set<string>): string | undefined {
  const source = pattern
    .split(ANY)
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('[^/]*')
  const shape = new RegExp(`^${source}$`)
  return [...names].find((name) => shape.test(name))
}

/** What is made for the same system: the file that is meant. */
function nearest(name: string, files: Made[]): string | undefined {
  const os = find(OPERATING_SYSTEMS, name)
  const arch = find(ARCHITECTURES, name) ?? (os === undefined ? undefined : 'amd64')
  if (os === undefined) return undefined
  return files.find((one) => one.os === os && (one.arch === arch || (one.arch === 'all' && os === 'darwin')))?.name
}

function find(table: Record<string, RegExp>, name: string): string | undefined {
  return Object.entries(table).find(([, pattern]) => pattern.test(name))?.[0]
}

/** Kinds of files that this plan does not name yet, but the config makes: nothing can be said about them. */
export function isNamedLater(name: string, plan: Plan): boolean {
  return /\.(deb|rpm|apk|msi|dmg|pkg|AppImage|sig|pem|sbom|json)$/i.test(name) && !plannedNames(plan).has(name)
}
