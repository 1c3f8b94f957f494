import { hashAlgorithms, hashFile } from '../formats/hash.ts'
import { nixBase32 } from '../spokes/nix/hash.ts'

/** Digest as it may be written → the file it is of. */
export type Digests = Map<string, string>

/**
 * Every digest of these files, in every algorithm and spelling that a release writes; a digest that two files share names the first.
 * @param files name → path
 */
export async function digestsOf(files: ReadonlyMap<string, string>): Promise<Digests> {
  const found: Digests = new Map()
  for (const [name, path] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const { digests } = await hashFile(path, hashAlgorithms)
    for (const [algorithm, hex] of Object.entries(digests)) {
      for (const one of spellings(algorithm, hex)) if (!found.has(one)) found.set(one, `<${algorithm} of ${name}>`)
    }
  }
  return found
}

function spellings(algorithm: string, hex: string): string[] {
  if (algorithm !== 'sha256') return [hex]
  return [hex, nixBase32(hex), Buffer.from(hex, 'hex').toString('base64')]
}

/** A text with the name of the file in place of each digest. */
export function nameDigests(text: string, digests: Digests): string {
  return text
    .replaceAll(/\b[0-9a-fA-F]{8,128}\b/g, (word) => digests.get(word.toLowerCase()) ?? word)
    .replaceAll(/\b[0-9a-z]{52}\b/g, (word) => digests.get(word) ?? word)
    .replaceAll(/[A-Za-z0-9+/]{43}=/g, (word) => digests.get(word) ?? word)
}
