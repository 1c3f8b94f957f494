/** What stands readable in a PyPI token. Its signature cannot be checked here. */
export interface PypiTokenFacts {
  /** `pypi.org` or `test.pypi.org`. */
  index: string
  /** Seconds since the epoch. */
  expires?: number
  /** Normalised names of the projects that it is for; absent for all of a user's. */
  projects?: string[]
}

/**
 * Reads a PyPI token: `pypi-` and a macaroon of version 2 (libmacaroons, "format.txt"), whose caveats are JSON (warehouse,
 * macaroons/caveats). Undefined for anything else.
 * @example pypiTokenFacts('pypi-AgEIcHlwaS5vcmc…')?.index // 'pypi.org'
 */
export function pypiTokenFacts(token: string): PypiTokenFacts | undefined {
  if (!token.startsWith('pypi-')) return undefined
  const bytes = Buffer.from(token.slice('pypi-'.length), 'base64url')
  if (bytes[0] !== 2) return undefined
  let at = 1
  const fields: [type: number, data: Buffer][] = []
  while (at < bytes.length) {
    const type = varint()
    if (type === 0) {
      fields.push([0, Buffer.alloc(0)])
      continue
    }
    const length = varint()
    if (type === undefined || length === undefined || at + length > bytes.length) return undefined
    fields.push([type, bytes.subarray(at, at + length)])
    at += length
  }
  function varint(): number | undefined {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined) return undefined
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    return undefined
  }
  const [location] = fields
  if (location === undefined || location[0] !== 1) return undefined
  const facts: PypiTokenFacts = { index: location[1].toString() }
  // The first identifier is the token's own; those after it are the caveats.
  for (const [, data] of fields.filter(([type]) => type === 2).slice(1)) {
    const caveat = json(data.toString())
    if (!Array.isArray(caveat)) continue
    if (caveat[0] === 0 && typeof caveat[1] === 'number') facts.expires = Math.min(facts.expires ?? Infinity, caveat[1])
    if (caveat[0] === 1 && Array.isArray(caveat[1])) facts.projects = caveat[1].filter((one) => typeof one === 'string')
  }
  return facts
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
