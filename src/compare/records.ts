import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { nameDigests } from './digests.ts'
import { fact, note } from './facts.ts'
import type { Where } from './packed.ts'
import { plainText } from './put-aside.ts'

interface Record_ {
  name: string
  path?: string
  type: string
  extra?: Record<string, unknown>
}

/** Extras that are GoReleaser's own business: the settings of a publisher, resolved. */
const SEALED = /Config$|^releases$|^replaces$/

/** What `artifacts.json` or `metadata.json` says, a fact a field; the order of artifacts is chance with GoReleaser. */
export async function recordFacts(path: string, name: string, where: Where): Promise<void> {
  const text = await readFile(path, 'utf8')
  const value = JSON.parse(text) as Record<string, unknown> | Record_[]
  if (!Array.isArray(value)) {
    for (const [key, one] of Object.entries(value)) note(where.facts, fact(name, key), plain(one, where))
    note(where.facts, fact(name, 'order of keys'), Object.keys(value).join(' '))
    return
  }
  const records = value.filter((one) => one.name !== 'tagonce.json')
  const place = (one: Record_): string => `${one.type} ${one.path ?? one.name}`
  for (const record of records.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))) {
    const { extra = {}, ...fields } = record
    const own = fact(name, place(record))
    note(where.facts, own, 'listed')
    for (const [key, one] of Object.entries(fields)) note(where.facts, fact(own, key), plain(one, where))
    for (const [key, one] of Object.entries(extra)) {
      if (SEALED.test(key)) continue
      // Its bytes are compressed, so their number must differ.
      const size = key === 'Size' && /\.(gz|tgz|xz|txz|zst|tzst|zip|deb|rpm|apk|ipk)$/.test(basename(record.name))
      note(where.facts, fact(own, `extra.${key}`), size ? '<size>' : plain(placesOnly(record, key, one), where))
    }
  }
}

/** The engine that made an image is not the same, so neither is its digest. */
const IMAGE_DIGEST = /^sha256:[0-9a-f]{64}$/

/** Of the files in a package GoReleaser also tells where they were taken from. */
function placesOnly({ type }: Record_, key: string, value: unknown): unknown {
  if (type === 'Docker Image' && key === 'Digest' && IMAGE_DIGEST.test(String(value))) return '<digest>'
  if (type !== 'Linux Package' || key !== 'Files') return value
  return (value as { dst: string }[]).map(({ dst }) => dst).toSorted()
}

function plain(value: unknown, { when, digests }: Where): string {
  return nameDigests(plainText(typeof value === 'string' ? value : JSON.stringify(value), when), digests)
}
