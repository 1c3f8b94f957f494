import parseLicense from 'spdx-expression-parse'
import type { ArtifactName } from '../../core/artifact.ts'
import type { Diagnostic } from '../../core/errors.ts'
import type { Plan } from '../../plan/plan.ts'

/** Collects what breaks a channel's rules. Codes begin with the channel's name. */
export class Rules {
  readonly found: Diagnostic[] = []
  readonly #channel: string
  readonly #entry: string

  /** `entry` is how the config calls it: `scoops hello`. */
  constructor(channel: string, entry: string) {
    this.#channel = channel
    this.#entry = entry
  }

  error(rule: string, message: string, mend: string): void {
    this.#say('error', rule, message, mend)
  }

  warn(rule: string, message: string, mend: string): void {
    this.#say('warning', rule, message, mend)
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
      this.error('template', `${place} still holds a template: GoReleaser does not render it there`, 'write it out')
    }
  }

  /** The planned artifacts that the settings name; an error when there is none. */
  chosen(packages: { artifact: string }[], plan: Plan, wanted: string): ArtifactName[] {
    const all: ArtifactName[] = [...plan.archives, ...plan.uploads]
    const chosen = packages.flatMap((one) => all.filter((other) => other.name === one.artifact))
    if (chosen.length === 0) {
      const made = all.map((one) => one.name).join(', ') || 'nothing'
      this.error('no-archive', `${wanted} is needed, but none fits; there is ${made}`, 'look at ids: and goamd64:')
    }
    return chosen
  }

  /** One artifact per platform. */
  once(doubles: [string, string[]][]): void {
    for (const [platform, names] of doubles) {
      this.error(
        'two-archives',
        `one archive for ${platform} is wanted, but there are ${names.join(', ')}`,
        'choose with ids:',
      )
    }
  }

  #say(severity: 'error' | 'warning', rule: string, message: string, mend: string): void {
    this.found.push({ severity, code: `${this.#channel}-${rule}`, message: `${this.#entry}: ${message}`, mend })
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

/** Places of texts that still hold a template. */
function unrendered(value: unknown, path: string[]): string[] {
  if (typeof value === 'string') return /\{\{-?\s*[.$\w]/.test(value) ? [path.join('.')] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => unrendered(one, [...path, key]))
}
