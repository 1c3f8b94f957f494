import type { Snapshot } from '../repository/snapshot.ts'
import type { FileChange } from './apply.ts'

/** A mention of a removed workflow that is not rewritten by itself. */
export interface Mention {
  file: string
  line: number
  text: string
  workflow: string
}

/** Texts that people and programs read; what a changelog tells of the past stays as it is. */
const READ =
  /(\.(md|mdx|rst|adoc|txt|sh|bash|zsh|ps1|py|js|mjs|cjs|ts|json|ya?ml|toml|mk)|(^|\/)(Makefile|Justfile|Taskfile|README|CONTRIBUTING))$/i
const LEFT =
  /(^|\/)(CHANGELOG|HISTORY|CHANGES|ARCHIVE)[^/]*$|(^|\/)(node_modules|vendor|dist|testdata)\/|^\.github\/workflows\/|^archive\/|^docs\/release-archive\/|^\.github\/tagonce\.lock\.json$/i

/**
 * Rewrites mentions of removed workflows to the one that stays: their path, badge and API addresses, `gh workflow` commands.
 * A bare file name may mean something else, so it is told and left.
 * @example mendReferences(snapshot, ['.github/workflows/release.yml'], '.github/workflows/goreleaser.yml').changes
 */
export function mendReferences(
  snapshot: Snapshot,
  removed: string[],
  survivor: string,
): { changes: FileChange[]; left: Mention[] } {
  const changes: FileChange[] = []
  const left: Mention[] = []
  const kept = nameOf(survivor)
  for (const path of snapshot.paths) {
    if (!READ.test(path) || LEFT.test(path)) continue
    const before = snapshot.read(path)
    if (before === undefined || !removed.some((one) => before.includes(nameOf(one)))) continue
    let after = before
    for (const one of removed) {
      const name = escape(nameOf(one))
      after = after
        .replaceAll(new RegExp(`((?:\\.github|actions)/workflows/)${name}${END}`, 'g'), `$1${kept}`)
        .replaceAll(new RegExp(`(gh workflow (?:run|view|enable|disable) (?:\\S+ )*?)${name}${END}`, 'g'), `$1${kept}`)
    }
    if (after !== before) changes.push({ path, after })
    for (const one of removed) left.push(...mentions(path, after, one))
  }
  return { changes, left }
}

/** `release.yml` is not to be found in `release.yml.backup` or `release.yml-old`, but before a full stop. */
const END = '(?![\\w-]|\\.\\w)'

function mentions(file: string, text: string, workflow: string): Mention[] {
  const bare = new RegExp(`(?<![\\w./-])${escape(nameOf(workflow))}${END}`)
  return text
    .split('\n')
    .flatMap((line, at) => (bare.test(line) ? [{ file, line: at + 1, text: line.trim(), workflow }] : []))
}

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? path
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
