import { escapePath } from './escape.ts'
import { func, variadic } from './function.ts'
import type { TemplateFunction } from './function.ts'

/** What functions may know of the outside. */
export interface TemplateIO {
  /** The file's bytes; throws when it cannot be read. The path is as the template has it. */
  readFile(path: string): Uint8Array
  env: Readonly<Record<string, string>>
  cwd: string
}

/** GoReleaser's functions. */
export function goreleaserFunctions(io: TemplateIO): Record<string, TemplateFunction> {
  return {
    replace: func(['string', 'string', 'string'], (text, from, to) => text.replaceAll(from, () => to)),
    split: func(['string', 'string'], (text, by) => text.split(by)),
    contains: func(['string', 'string'], (text, part) => text.includes(part)),
    tolower: func(['string'], (text) => text.toLowerCase()),
    toupper: func(['string'], (text) => text.toUpperCase()),
    trimprefix: func(['string', 'string'], (text, start) => (text.startsWith(start) ? text.slice(start.length) : text)),
    urlPathEscape: func(['string'], escapePath),
    envOrDefault: func(['string', 'string'], (name, other) =>
      Object.hasOwn(io.env, name) ? (io.env[name] ?? '') : other,
    ),
    list: variadic([], 'string', (words) => words),
  }
}
