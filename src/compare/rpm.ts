import { hostname } from 'node:os'
import { TAG } from '../formats/rpm-tags.ts'
import { type Digests, nameDigests } from './digests.ts'
import { note, type Facts, fact } from './facts.ts'
import { type Circumstances, plainText } from './put-aside.ts'

const NAMES = new Map<number, string>(
  Object.entries(TAG).flatMap(([name, tag]) => (name.startsWith('sig') ? [] : [[tag, name] as const])),
)
/** Sizes and digests of what is compressed, and the region that holds the header together. */
const MUST_DIFFER = new Set([62, 63, 5092, 5093, 5097, 5124, 5125, 5126, 5127])
/** Tags in bytes of the signature header that are there or not; what they hold must differ. */
const SIGNATURES: Record<number, string> = { 267: 'DSA', 268: 'RSA', 1002: 'PGP', 1005: 'GPG' }

/** What an rpm says of itself: each tag of its header (the digests of its files are among them), and which signatures it has. */
export function rpmFacts(
  name: string,
  bytes: Buffer,
  where: { facts: Facts; when: Circumstances; digests: Digests },
): void {
  const { facts, when } = where
  const told = (text: string): string => nameDigests(plainText(text, when), where.digests)
  const signature = header(bytes, 96)
  for (const [tag, word] of Object.entries(SIGNATURES)) {
    if (signature.values.has(Number(tag))) note(facts, fact('package', name, 'signed', word), 'yes')
  }
  const main = header(bytes, 96 + signature.length + (-signature.length & 7))
  const paths = pathsOf(main.values)
  for (const [tag, value] of main.values) {
    if (MUST_DIFFER.has(tag)) continue
    const host = tag === TAG.buildHost && [hostname(), 'localhost'].includes(value)
    const word = NAMES.get(tag) ?? `tag ${tag}`
    const values = value.split('\n')
    if (word.startsWith('file') && values.length === paths.length)
      for (const [at, path] of paths.entries()) note(facts, fact('package', name, word, path), told(values[at] ?? ''))
    else note(facts, fact('package', name, word), host ? '<host>' : told(value))
  }
}

/** The files of a package: folders, then for each file which folder and which name. */
function pathsOf(values: Map<number, string>): string[] {
  const list = (tag: number): string[] => values.get(tag)?.split('\n') ?? []
  const [folders, places] = [list(1118), list(1116)]
  return list(1117).map((name, at) => `${folders[Number(places[at])] ?? ''}${name}`.replace(/^\//, ''))
}

function header(bytes: Buffer, at: number): { values: Map<number, string>; length: number } {
  const count = bytes.readUInt32BE(at + 8)
  const size = bytes.readUInt32BE(at + 12)
  const store = at + 16 + count * 16
  const values = new Map<number, string>()
  for (let index = 0; index < count; index++) {
    const entry = at + 16 + index * 16
    const [tag, type, offset, items] = [0, 4, 8, 12].map((more) => bytes.readUInt32BE(entry + more)) as [
      number,
      number,
      number,
      number,
    ]
    values.set(tag, value(bytes, type, store + offset, items))
  }
  return { values, length: 16 + count * 16 + size }
}

function value(bytes: Buffer, type: number, at: number, count: number): string {
  const many = (step: number, read: (at: number) => number): string =>
    Array.from({ length: count }, (_, index) => read(at + index * step)).join('\n')
  if (type === 3) return many(2, (place) => bytes.readUInt16BE(place))
  if (type === 4) return many(4, (place) => bytes.readUInt32BE(place))
  if (type === 7) return bytes.toString('hex', at, at + count)
  const texts: string[] = []
  for (let index = 0, place = at; index < count; index++) {
    const end = bytes.indexOf(0, place)
    texts.push(bytes.toString('utf8', place, end))
    place = end + 1
  }
  return texts.join('\n')
}
