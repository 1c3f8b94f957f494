import type { Loaded } from '../config/load.ts'
import type { Path } from '../config/path.ts'
import { showPath } from '../config/path.ts'
import { positionInValue } from '../config/positions.ts'
import { suggest } from '../config/suggest.ts'
import type { Diagnostic, Position } from '../core/errors.ts'
import { TemplateError } from '../template/template.ts'
import type { TemplateData } from './context.ts'
import type { Engine } from './engine.ts'

/** The problems of a plan; the same thing is said once, however many targets meet it. */
export class Problems {
  readonly found: Diagnostic[] = []
  readonly #seen = new Set<string>()

  add(diagnostic: Diagnostic): void {
    const { code, message, where } = diagnostic
    const key = JSON.stringify([code, message, where])
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.found.push(diagnostic)
  }
}

/** Renders templates of a config. What fails becomes a problem with its place, and renders to nothing. */
export class Renderer {
  readonly data: TemplateData
  readonly problems: Problems
  readonly #loaded: Loaded
  readonly #engine: Engine

  constructor(loaded: Loaded, engine: Engine, data: TemplateData, problems: Problems) {
    this.#loaded = loaded
    this.#engine = engine
    this.data = data
    this.problems = problems
  }

  /** The same, with more fields (or others). */
  with(data: TemplateData): Renderer {
    return new Renderer(this.#loaded, this.#engine, { ...this.data, ...data }, this.problems)
  }

  /** The same, telling its problems elsewhere. */
  noting(problems: Problems): Renderer {
    return new Renderer(this.#loaded, this.#engine, this.data, problems)
  }

  /** Renders a template that stands at a path of the config; `undefined` where it fails, which is a problem then. */
  try(text: string, path: Path, extra: TemplateData = {}): string | undefined {
    if (!text.includes('{{')) return text
    try {
      return this.#engine(text, { ...this.data, ...extra })
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      const where = positionInValue(this.#loaded, path, error.offset) ?? this.#loaded.positionOf(path)
      const near = error.choices.length === 0 ? undefined : suggest(wrongWord(text, error.offset), error.choices)
      this.problems.add({
        severity: 'error',
        code: 'template',
        message: `the template of ${showPath(path)}: ${error.message}`,
        ...(where === undefined ? {} : { where }),
        ...(near === undefined ? {} : { mend: `did you mean ${near}?` }),
      })
      return undefined
    }
  }

  render(text: string | undefined, path: Path, extra: TemplateData = {}): string {
    return this.try(text ?? '', path, extra) ?? ''
  }

  /** Renders each; those that come out empty are left out. */
  list(texts: string[] | undefined, path: Path, extra: TemplateData = {}): string[] {
    return (texts ?? []).map((text, index) => this.render(text, [...path, index], extra)).filter((text) => text !== '')
  }

  /** Whether a flag, or a template of one, is true. */
  isTrue(value: string | boolean | undefined, path: Path, extra: TemplateData = {}): boolean {
    if (typeof value === 'boolean') return value
    return this.render(value, path, extra).trim().toLowerCase() === 'true'
  }

  /** Renders `KEY=value` entries; each sees those before it in `.Env`. */
  env(entries: string[] | undefined, path: Path, extra: TemplateData = {}): string[] {
    const seen = { ...(this.data['Env'] as Record<string, string>), ...(extra['Env'] as Record<string, string>) }
    const out: string[] = []
    for (const [index, entry] of (entries ?? []).entries()) {
      const text = this.render(entry, [...path, index], { ...extra, Env: seen })
      if (text === '') continue
      out.push(text)
      Object.assign(seen, envOf([text]))
    }
    return out
  }

  position(path: Path): Position | undefined {
    return this.#loaded.positionOf(path)
  }

  /** Adds a problem that stands at a path of the config. */
  problem(code: string, path: Path, message: string, mend?: string, severity: Diagnostic['severity'] = 'error'): void {
    const where = this.position(path)
    this.problems.add({
      severity,
      code,
      message,
      ...(where === undefined ? {} : { where }),
      ...(mend === undefined ? {} : { mend }),
    })
  }
}

/** `KEY=value` entries as a record; the last of a key counts, and what has no key is left out. */
export function envOf(entries: string[]): Record<string, string> {
  const pairs = entries.map((entry) => [entry, entry.indexOf('=')] as const).filter(([, at]) => at > 0)
  return Object.fromEntries(pairs.map(([entry, at]) => [entry.slice(0, at), entry.slice(at + 1)]))
}

function wrongWord(text: string, offset: number): string {
  return /[\w]+/.exec(text.slice(offset))?.[0] ?? ''
}
