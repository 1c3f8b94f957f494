import type { Position } from '../../core/errors.ts'

/** One file that a text asks the release for: its name with `\0` where only the user's machine knows a part. */
export interface Wanted {
  key: string
  /** `owner/name` of the release it is looked for in, where the URL says it. */
  repository?: string
  /** The tag as the URL would have it. */
  tag?: string
  name: string
  /** The version as it stands there, where it is written out. */
  literalVersion?: string
  where: Position
}

/** What only the user's machine knows. */
export const ANY = '\0'

export interface Filling {
  project: string
  version: string
  tag: string
}

const VARIABLE =
  /\$\{\{[^}]*\}\}|\$\{[^{}]*\}|#\{[^}]*\}|\{\{[^}]*\}\}|\$\([^()]*\)|\$env:\w+|\$\w+|\{[\w.[\]'"]*\}|%\([\w]+\)s|%[sv]/gi
const FILE_NAME =
  /(?<![\w/.-])((?:[A-Za-z0-9]|[$#{%])[\w.$#{}()%+~@-]*\.(?:tar\.gz|tar\.xz|tar\.zst|tar\.bz2|tgz|txz|zip|exe|msi|dmg|pkg|AppImage|7z))(?![\w/:-]|\.\w)/g
/** A binary that is no archive: `'hello-linux-amd64'`. */
const BARE_NAME = /['"`]([A-Za-z][\w.-]*[-_](?:linux|darwin|macos|windows)[-_][\w-]+)['"`]/g
const URL = /https?:\/\/[^\s"'`<>()\\]*?\/releases\/(?:latest\/)?download\/[^\s"'`<>\\]*/g

/** Every file of a release that a text names, its variables filled in as far as they are known. */
export function wantedIn(path: string, source: string, filling: Filling): Wanted[] {
  const found: Wanted[] = []
  const seen = new Set<string>()
  source.split('\n').forEach((raw, at) => {
    if (/^\s*(#(?!\{)|\/\/|\*)/.test(raw)) return
    const line = joined(raw)
    const add = (wanted: Omit<Wanted, 'where' | 'key'>, text: string): void => {
      const column = Math.max(0, raw.indexOf(text.slice(0, 12))) + 1
      const id = JSON.stringify([wanted, keyOf(raw)])
      if (seen.has(id)) return
      seen.add(id)
      found.push({ ...wanted, key: keyOf(raw), where: { file: path, line: at + 1, column } })
    }
    const urls = [...line.matchAll(URL)].map((one) => trimmed(one[0]))
    for (const url of urls) {
      const parts = /^https?:\/\/[^/]+\/(.+?)\/releases\/(latest\/)?download\/(?:([^/]*)\/)?([^/?]*)/.exec(url)
      if (parts === null) continue
      const [, repository = '', latest, tag = '', name = ''] = parts
      const filled = named(name, filling)
      // A name that is a variable as a whole stands in a table elsewhere.
      if (!/[A-Za-z0-9]{2}/.test(filled.name.replace(/\.[\w.]+$/, ''))) continue
      add(
        {
          ...(hasVariable(repository) ? {} : { repository }),
          ...(latest === undefined && tag !== '' ? { tag: fill(asVersion(tag, filling), filling, true) } : {}),
          ...filled,
        },
        url,
      )
    }
    // Names in a table beside the URL; `name::url` of a PKGBUILD is only what the file is called afterwards.
    const rest = line.replaceAll(URL, ' ')
    for (const one of [...rest.matchAll(FILE_NAME), ...rest.matchAll(BARE_NAME)]) {
      const name = one[1] ?? ''
      if (VARIABLE_ONLY.test(name) || !/[-_]/.test(name)) continue
      add(named(name, filling), name)
    }
  })
  return found
}

const VARIABLE_ONLY = /^(?:\$\{[^}]*\}|\$\w+|\{\w*\}|%s|#\{[^}]*\})(?:\.[\w.]+)?$/

function named(name: string, filling: Filling): { name: string; literalVersion?: string } {
  const literal = /(?:^|[-_v])(\d+\.\d+\.\d+(?:-[\w.]+?)?)(?=[-_.][A-Za-z]|$)/.exec(name)?.[1]
  const filled = fill(asVersion(name, filling), filling, false)
  return { name: filled, ...(literal === undefined ? {} : { literalVersion: literal }) }
}

/** A version that is written out stands for the version of the release. */
function asVersion(text: string, filling: Filling): string {
  return text.replaceAll(
    /(^|[-_v/])\d+\.\d+\.\d+(?:-(?:rc|beta|alpha|pre|test)[\w.]*)?/g,
    (_, before: string) => `${before}${filling.version}`,
  )
}

function fill(text: string, filling: Filling, inTag: boolean): string {
  return text.replaceAll(VARIABLE, (variable) => {
    if (/tag/i.test(variable)) return filling.tag
    if (/ver|pkgver/i.test(variable)) return filling.version
    if (/pkgname|project|package|binary?_?name|\bname\b|\bbin\b|\brepo\b|app/i.test(variable)) return filling.project
    return inTag ? filling.tag : ANY
  })
}

function hasVariable(text: string): boolean {
  return new RegExp(VARIABLE.source, 'i').test(text)
}

/** `'a' + b + 'c'` and `f'{b}'` read like one text with a variable in it. */
function joined(line: string): string {
  return line.replaceAll(
    /['"`]\s*(?:\+|\.\.)\s*([\w.[\]()$]+)\s*(?:\+|\.\.)\s*['"`]/g,
    (_, name: string) => `\${${name.replaceAll(/[[\]()]/g, '')}}`,
  )
}

function trimmed(url: string): string {
  return url.replace(/[),.;\]]+$/, '')
}

/** The key of a table's line: `'linux-x64': '…'`, `linux_amd64 = "…"`, `source_x86_64=(…)`. */
function keyOf(line: string): string {
  const key = /^\s*['"]?([\w.-]+)['"]?\s*(?:[:=]|=>)\s*\(?\s*['"`fr({[]/.exec(line)?.[1] ?? ''
  return /^(url\w*|file\w*|name|source|uri|InstallerUrl|const|let|var|fileName|hash)$/i.test(key) ? '' : key
}
