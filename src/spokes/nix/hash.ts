/** Nix leaves out e, o, t and u. */
const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'

/**
 * A digest as Nix writes it: base 32 from the last byte on, as `nix-hash --flat --base32` prints it.
 * @param hex the digest in hexadecimal
 * @example nixBase32('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
 * // '1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s'
 */
export function nixBase32(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  const length = Math.ceil((bytes.length * 8) / 5)
  let out = ''
  for (let digit = length - 1; digit >= 0; digit--) {
    const bit = digit * 5
    const at = Math.floor(bit / 8)
    const two = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
    out += DIGITS[(two >> (bit % 8)) & 31] ?? ''
  }
  return out
}
