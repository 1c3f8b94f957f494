import { CallError } from './error.ts'
import { escapePath } from './escape.ts'
import { func, variadic } from './function.ts'
import type { TemplateFunction } from './function.ts'
import { digest, HASHES } from './hashes.ts'
import { effort } from './limits.ts'
import { absolute, baseOf, directoryOf, joined } from './paths.ts'
import { Regexp } from './regexp.ts'
import { increment } from './semver.ts'
import { GoTime } from './time.ts'
import { titleCase } from './title.ts'
import { fromBytes } from './utf8.ts'
import { englishJoin, escapeMarkdownV2, replaceAll, split, toLower, toUpper, trimSpace } from './words.ts'

/** What functions may know of the outside. */
export interface TemplateIO {
  /** The file's bytes; throws when it cannot be read. The path is as the template has it. */
  readFile(path: string): Uint8Array
  /** What envOrDefault and isEnvSet look into: the same as `.Env` of the data. */
  env: Readonly<Record<string, string>>
  /** What `abs` starts from. */
  cwd: string
  /** What `time` shows; the clock when absent. */
  now?: Date
}

/**
 * The functions that GoReleaser v2.16.0 adds to Go's, and of its Pro version `in`, `reReplaceAll` and `listExclude`.
 * @example render('{{ incpatch .Tag }}', { Tag: 'v1.2.3' }, goreleaserFunctions(io)) // 'v1.2.4'
 */
export function goreleaserFunctions(io: TemplateIO): Record<string, TemplateFunction> {
  return { ...textFunctions(), ...versionFunctions(), ...listFunctions(), ...outsideFunctions(io) }
}

function textFunctions(): Record<string, TemplateFunction> {
  return {
    contains: func(['string', 'string'], (text, part) => text.includes(part)),
    filter: func(['string', 'string'], (text, pattern) => keepLines(text, pattern, true)),
    mdv2escape: func(['string'], escapeMarkdownV2),
    reReplaceAll: func(['string', 'string', 'string'], (pattern, text, to) => new Regexp(pattern).replaceAll(text, to)),
    replace: func(['string', 'string', 'string'], replaceAll),
    reverseFilter: func(['string', 'string'], (text, pattern) => keepLines(text, pattern, false)),
    split: func(['string', 'string'], split),
    title: func(['string'], titleCase),
    tolower: func(['string'], toLower),
    toupper: func(['string'], toUpper),
    trim: func(['string'], trimSpace),
    trimprefix: func(['string', 'string'], (text, start) => (text.startsWith(start) ? text.slice(start.length) : text)),
    trimsuffix: func(['string', 'string'], (text, end) =>
      text.endsWith(end) ? text.slice(0, text.length - end.length) : text,
    ),
    urlPathEscape: func(['string'], escapePath),
  }
}

function keepLines(text: string, pattern: string, matching: boolean): string {
  const regexp = new Regexp(pattern, true)
  return text
    .split('\n')
    .filter((line) => regexp.test(line) === matching)
    .join('\n')
}

function versionFunctions(): Record<string, TemplateFunction> {
  return {
    incmajor: func(['string'], (version) => increment(version, 'major')),
    incminor: func(['string'], (version) => increment(version, 'minor')),
    incpatch: func(['string'], (version) => increment(version, 'patch')),
  }
}

function listFunctions(): Record<string, TemplateFunction> {
  return {
    englishJoin: func(['strings'], englishJoin),
    in: func(['strings', 'string'], (list, word) => list.includes(word)),
    indexOrDefault: func(['string map', 'string', 'string'], (map, key, other) => read(map, key) ?? other),
    list: variadic([], 'string', (words) => words),
    listExclude: func(['string', 'strings'], (pattern, list) => {
      const regexp = new Regexp(pattern)
      return list.filter((item) => !regexp.test(item))
    }),
    map: variadic([], 'string', (words) => {
      if (words.length % 2 !== 0) throw new CallError(`map takes keys and values in pairs, not ${words.length} words`)
      const made = Object.create(null) as Record<string, string>
      for (let at = 0; at < words.length; at += 2) made[words[at] ?? ''] = words[at + 1] ?? ''
      return made
    }),
  }
}

function read(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

function outsideFunctions(io: TemplateIO): Record<string, TemplateFunction> {
  const bytes = (path: string): Uint8Array => {
    const found = io.readFile(path)
    effort.spent += 10_000 + (found.length >> 10)
    return found
  }
  const text = (path: string): string => trimSpace(fromBytes(bytes(path)))
  const hashes = HASHES.map((name) => [name, func(['string'], (path) => digest(name, bytes(path)))] as const)
  return {
    ...Object.fromEntries(hashes),
    abs: func(['string'], (path) => absolute(path, io.cwd)),
    base: func(['string'], baseOf),
    dir: func(['string'], directoryOf),
    envOrDefault: func(['string', 'string'], (name, other) => read(io.env, name) ?? other),
    isEnvSet: func(['string'], (name) => (read(io.env, name) ?? '') !== ''),
    join: variadic([], 'string', joined),
    mustReadFile: func(['string'], text),
    readFile: func(['string'], (path) => {
      try {
        return text(path)
      } catch {
        return ''
      }
    }),
    time: func(['string'], (layout) => new GoTime(io.now ?? new Date()).format(layout)),
  }
}
