import parseLicense from 'spdx-expression-parse'
import type { ArtifactName } from '../../core/artifact.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'

/** Where a key stands below its entry. */
type Key = (string | number)[]

/**
 * Collects what breaks a channel's rules. Codes begin with the channel's name. A rule is called as the key of the config that it is
 * about (`short-description`), or names that key; where the entry has no such key, the place of the entry stands for it.
 */
export class Rules {
  readonly found: Finding[] = []
  readonly #channel: string
  readonly #entry: string

  /** `entry` is how the config calls it: `scoops hello`. */
  constructor(channel: string, entry: string) {
    this.#channel = channel
    this.#entry = entry
  }

  error(rule: string, message: string, mend: string, key?: Key): void {
    this.#say('error', rule, message, mend, key)
  }

  warn(rule: string, message: string, mend: string, key?: Key): void {
    this.#say('warning', rule, message, mend, key)
  }

  note(rule: string, message: string, mend: string | undefined, key?: Key): void {
    this.#say('info', rule, message, mend, key)
  }

  /** `min` to `max` characters; empty = not given, which `required` tells. */
  length(key: string, text: string, min: number, max: number): void {
    const length = Array.from(text).length
    if (length === 0 || (length >= min && length <= max)) return
    const wanted = length < min ? `at least ${min}` : `${max} at most`
    this.error(key.replaceAll('_', '-'), `${key} has ${length} characters; the channel wants ${wanted}`, `mend ${key}:`)
  }

  required(key: string, text: string): void {
    if (text === '') this.error(key.replaceAll('_', '-'), `there is no ${key}`, `set ${key}:`)
  }

  address(key: string, text: string): void {
    if (text === '' || /^https?:\/\/[^\s/]+\.?\S*$/.test(text)) return
    this.error(key.replaceAll('_', '-'), `${key} ${JSON.stringify(text)} is no web address`, `set ${key}:`)
  }

  license(text: string): void {
    if (text === '' || isSpdx(text)) return
    this.warn('license', `${text} is no SPDX licence`, 'see https://spdx.org/licenses/')
  }

  /** No text that is published still holds a template. */
  rendered(settings: unknown): void {
    for (const place of unrendered(settings, [])) {
      const message = `${place.join('.')} still holds a template: GoReleaser does not render it there`
      this.error('template', message, 'write it out', place.map(asKey))
    }
  }

  /** The planned artifacts that the settings name; an error when there is none. */
  chosen(packages: { artifact: string }[], plan: Plan, wanted: string): ArtifactName[] {
    const all: ArtifactName[] = [...plan.archives, ...plan.uploads]
    const chosen = packages.flatMap((one) => all.filter((other) => other.name === one.artifact))
    if (chosen.length === 0) {
      const made = all.map((one) => one.name).join(', ') || 'nothing'
      const message = `${wanted} is needed, but none fits; there is ${made}`
      this.error('no-archive', message, 'look at ids: and goamd64:', ['ids'])
    }
    return chosen
  }

  /** One artifact per platform. */
  once(doubles: [string, string[]][]): void {
    for (const [platform, names] of doubles) {
      const message = `one archive for ${platform} is wanted, but there are ${names.join(', ')}`
      this.error('two-archives', message, 'choose with ids:', ['ids'])
    }
  }

  #say(severity: Finding['severity'], rule: string, message: string, mend: string | undefined, key?: Key): void {
    this.found.push({
      severity,
      code: `${this.#channel}-${rule}`,
      message: `${this.#entry}: ${message}`,
      ...(mend === undefined ? {} : { mend }),
      key: key ?? [rule.replaceAll('-', '_')],
    })
  }
}

/** Whether a licence is an SPDX expression. */
function isSpdx(license: string): boolean {
  try {
    parseLicense(license)
    return true
  } catch {
    return false
  }
}

/** `bugTrackerUrl` of settings is `bug_tracker_url` of the config; a number is a place in a list. */
function asKey(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part.replaceAll(/[A-Z]/g, (one) => `_${one.toLowerCase()}`)
}

/** Places of texts that still hold a template. */
function unrendered(value: unknown, path: string[]): string[][] {
  if (typeof value === 'string') return /\{\{-?\s*[.$\w]/.test(value) ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => unrendered(one, [...path, key]))
}
