import { open } from 'node:fs/promises'

/** A module as the compiler wrote it down. */
export interface GoModule {
  path: string
  /** `v1.2.3`, `(devel)`, or empty. */
  version: string
  /** `h1:…` of go.sum; empty where there is none. */
  sum: string
  /** What was used in its place. */
  replace?: GoModule
}

export interface GoBuildInfo {
  /** `go1.26.8`. */
  goVersion: string
  /** Import path of the main package. */
  path: string
  main?: GoModule
  dependencies: GoModule[]
  /** `-ldflags`, `GOOS`, `vcs.revision`, …, in the order of the file. */
  settings: [key: string, value: string][]
}

/** How debug/buildinfo finds it: in the middle of the program's data, at a multiple of 16. */
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1')
const HEADER = 32
const STEP = 1024 * 1024
/** An honest program has some hundred modules. */
const LONGEST = 4 * 1024 * 1024

/**
 * What the Go compiler wrote into a program (Go 1.18 or newer): ELF, Mach-O, PE and others alike. Undefined for a program that was
 * not made by Go, or was packed by upx.
 * @example (await readGoBuildInfo('/usr/local/go/bin/go'))?.goVersion // 'go1.26.8'
 */
export async function readGoBuildInfo(path: string): Promise<GoBuildInfo | undefined> {
  await using file = await open(path, 'r')
  const read = async (at: number, length: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(length)
    const { bytesRead } = await file.read(buffer, 0, length, at)
    return buffer.subarray(0, bytesRead)
  }
  const { size } = await file.stat()
  for (let from = 0; from < size; from += STEP) {
    const bytes = await read(from, STEP + MAGIC.length)
    for (let at = bytes.indexOf(MAGIC); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
      const info = await infoAt(from + at, read)
      if (info !== undefined) return info
    }
  }
  return undefined
}

/** The texts behind the magic; undefined where it is only a constant of a program that looks for it. */
async function infoAt(
  at: number,
  read: (at: number, length: number) => Promise<Buffer>,
): Promise<GoBuildInfo | undefined> {
  const head = await read(at, HEADER + 4096)
  // The second bit says that the texts stand here, not behind pointers as before Go 1.18.
  if (head.length < HEADER + 2 || ((head[15] ?? 0) & 2) === 0) return undefined
  const version = await textAt(at + HEADER, read)
  if (version === undefined || !/^(go\d|devel )/.test(version.text)) return undefined
  const info = await textAt(version.end, read)
  if (info === undefined) return undefined
  // The text stands between two marks of 16 bytes.
  const text = info.bytes.length >= 33 && info.bytes.at(-17) === 0x0a ? info.bytes.subarray(16, -16).toString() : ''
  return parsed(version.text, text)
}

async function textAt(
  at: number,
  read: (at: number, length: number) => Promise<Buffer>,
): Promise<{ text: string; bytes: Buffer; end: number } | undefined> {
  const head = await read(at, 10)
  let length = 0
  for (const [index, byte] of head.entries()) {
    length += (byte & 127) * 2 ** (7 * index)
    if (byte >= 128) continue
    if (length > LONGEST) return undefined
    const bytes = await read(at + index + 1, length)
    return bytes.length < length ? undefined : { text: bytes.toString(), bytes, end: at + index + 1 + length }
  }
  return undefined
}

/** Lines of `key<tab>value`, as `go version -m` prints them. */
function parsed(goVersion: string, text: string): GoBuildInfo {
  const info: GoBuildInfo = { goVersion, path: '', dependencies: [], settings: [] }
  let last: GoModule | undefined
  for (const line of text.split('\n')) {
    const [key, ...rest] = line.split('\t')
    const [path = '', version = '', sum = ''] = rest
    if (key === 'path') info.path = path
    else if (key === 'mod') {
      last = { path, version, sum }
      info.main = last
    } else if (key === 'dep') {
      last = { path, version, sum }
      info.dependencies.push(last)
    } else if (key === '=>' && last !== undefined) last.replace = { path, version, sum }
    else if (key === 'build') info.settings.push(setting(rest.join('\t')))
  }
  return info
}

/** `key=value`; either may be quoted as Go does. */
function setting(text: string): [string, string] {
  const quoted = /^("(?:[^"\\]|\\.)*"|`[^`]*`|[^=]*)=(.*)$/s.exec(text)
  return [unquoted(quoted?.[1] ?? text), unquoted(quoted?.[2] ?? '')]
}

function unquoted(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1)
  if (!text.startsWith('"')) return text
  try {
    return String(JSON.parse(text))
  } catch {
    return text.slice(1, -1)
  }
}
