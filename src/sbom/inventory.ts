import { createHash } from 'node:crypto'
import type { GoBuildInfo, GoModule } from '../formats/binary/go-build-info.ts'

/** What a document tells of: one artifact, and the programs in it. */
export interface Inventory {
  /** Name of the document: `hello_1.0.0_linux_amd64.tar.gz.sbom.json`. */
  document: string
  artifact: { name: string; version: string; sha256: string; address: string }
  programs: Program[]
  /** ISO 8601, UTC: the commit's time. */
  created: string
  tool: { name: string; version: string }
}

export interface Program {
  /** Path inside the artifact. */
  name: string
  sha256: string
  /** Absent where it was not made by Go. */
  info?: GoBuildInfo
}

/** A module that one or more programs hold. */
export interface Component {
  /** Stable inside the document. */
  key: string
  name: string
  version: string
  purl: string
  sum: string
  /** Names of the programs it is in. */
  programs: string[]
}

/**
 * The modules of all programs, each once, sorted. What was replaced is told by what took its place; the standard library is one.
 * @example componentsOf([{ name: 'hello', sha256, info }])[0]?.purl // 'pkg:golang/stdlib@1.26.8'
 */
export function componentsOf(programs: Program[]): Component[] {
  const found = new Map<string, Component>()
  for (const { name, info } of programs) {
    if (info === undefined) continue
    const version = /^go(\d\S*)/.exec(info.goVersion)?.[1] ?? info.goVersion
    const modules: GoModule[] = [
      { path: 'stdlib', version, sum: '' },
      ...(info.main === undefined ? [] : [info.main]),
      ...info.dependencies.map(used),
    ]
    for (const module of modules) {
      const purl = golangPurl(module)
      const known = found.get(purl) ?? {
        key: keyOf(purl),
        name: module.path,
        version: module.version,
        purl,
        sum: module.sum,
        programs: [],
      }
      if (!known.programs.includes(name)) known.programs.push(name)
      found.set(purl, known)
    }
  }
  return [...found.values()].toSorted((a, b) => (a.purl < b.purl ? -1 : 1))
}

/** What was compiled: a folder that stands in for a module has no name of its own. */
function used(one: GoModule): GoModule {
  return one.replace === undefined || /^(\.|\/|[A-Za-z]:)/.test(one.replace.path) ? one : one.replace
}

/** A URL for a module (package-url/purl-spec, types/golang): path in lower case, version percent-encoded. */
function golangPurl({ path, version }: GoModule): string {
  const name = path.toLowerCase().split('/').map(encodeURIComponent).join('/')
  return version === '' || version === '(devel)'
    ? `pkg:golang/${name}`
    : `pkg:golang/${name}@${encodeURIComponent(version)}`
}

/** Letters, digits, dots and dashes only, as SPDX wants of an id. */
function keyOf(purl: string): string {
  const hash = createHash('sha256').update(purl).digest('hex').slice(0, 12)
  const words = purl.replace('pkg:golang/', '').replaceAll(/[^A-Za-z0-9.-]+/g, '-')
  return `go-module-${words}-${hash}`
}
