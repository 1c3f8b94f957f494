import { Matches } from './lzma-matches.ts'
import { RangeEncoder } from './range-encoder.ts'

// LZMA as the LZMA SDK's specification (lzma-specification.txt, 9.20) describes it, in the chunks of LZMA2 (xz-file-format 1.2.1, 5.3.1).

/** lc = 3, lp = 0, pb = 2: the usual ones. */
const PROPERTIES = (2 * 5 + 0) * 9 + 3
const LITERAL_BITS = 3
const POSITION_MASK = 3
const SHORTEST = 2
const LONGEST = 273
/** Limits of one chunk, with room for the longest symbol and the last bytes of the coder. */
const CHUNK_IN = 2 ** 21 - LONGEST - 1
const CHUNK_OUT = 2 ** 16 - 64

/** Where each table of probabilities begins in the one array. */
const IS_MATCH = 0
const IS_REP = IS_MATCH + 12 * 16
const IS_REP_G0 = IS_REP + 12
const IS_REP_G1 = IS_REP_G0 + 12
const IS_REP_G2 = IS_REP_G1 + 12
const IS_REP0_LONG = IS_REP_G2 + 12
const SLOTS = IS_REP0_LONG + 12 * 16
const SPECIAL = SLOTS + 4 * 64
const ALIGN = SPECIAL + 128
const MATCH_LENGTH = ALIGN + 16
const LENGTH_SIZE = 2 + 4 * 8 + 4 * 8 + 256
const REP_LENGTH = MATCH_LENGTH + LENGTH_SIZE
const LITERALS = REP_LENGTH + LENGTH_SIZE
const ALL = LITERALS + (0x300 << LITERAL_BITS)

/**
 * One block as LZMA2, end marker included. Each call stands alone: nothing of another block is pointed at.
 * @example [...lzma2(Buffer.from('hello'))]
 */
export function* lzma2(block: Uint8Array): Generator<Buffer> {
  const coder = new Lzma(block)
  let begun = false
  let reset = true
  while (coder.at < block.length) {
    const from = coder.at
    if (reset) coder.reset()
    const packed = coder.chunk()
    const size = coder.at - from
    if (packed.length >= size) {
      // What does not get smaller is stored; the model has seen it in vain.
      const head = Buffer.from([begun ? 2 : 1, 0, 0])
      head.writeUInt16BE(size - 1, 1)
      yield head
      yield Buffer.from(block.subarray(from, coder.at))
      reset = true
    } else {
      const head = Buffer.alloc(reset ? 6 : 5)
      head[0] = (begun ? (reset ? 0xc0 : 0x80) : 0xe0) | ((size - 1) >>> 16)
      head.writeUInt16BE((size - 1) & 0xffff, 1)
      head.writeUInt16BE(packed.length - 1, 3)
      if (reset) head[5] = PROPERTIES
      yield head
      yield packed
      reset = false
    }
    begun = true
  }
  yield Buffer.from([0])
}

/** The model: what was coded last, and how likely each bit is. */
class Lzma {
  at = 0
  readonly #bytes: Uint8Array
  readonly #matches: Matches
  readonly #range = new RangeEncoder(CHUNK_OUT + 128)
  readonly #probs = new Uint16Array(ALL)
  readonly #reps = new Int32Array(4)
  #state = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#matches = new Matches(bytes)
  }

  reset(): void {
    this.#probs.fill(1024)
    this.#reps.fill(0)
    this.#state = 0
  }

  /** Codes until a chunk is full or the block is at its end. */
  chunk(): Buffer {
    const range = this.#range
    const end = Math.min(this.#bytes.length, this.at + CHUNK_IN)
    range.begin()
    while (this.at < end && range.pending < CHUNK_OUT) this.#symbol(end)
    return range.finish()
  }

  #symbol(end: number): void {
    const matches = this.#matches
    const most = Math.min(LONGEST, end - this.at)
    let rep = 0
    let repLength = 0
    for (let index = 0; index < 4; index += 1) {
      const length = matches.lengthAt(this.at, (this.#reps[index] ?? 0) + 1, most)
      if (length > repLength) {
        rep = index
        repLength = length
      }
    }
    matches.find(this.at, most)
    const { length, distance } = matches
    if (repLength >= SHORTEST && isRepBetter(repLength, length, distance)) return this.#rep(rep, repLength)
    if (length < SHORTEST || (length === 3 && distance > 1 << 14)) return this.#literalOrShort()
    // A longer match one byte on is worth a literal.
    if (length < 32 && this.at + 1 < end) {
      matches.peek(this.at + 1, Math.min(LONGEST, end - this.at - 1))
      if (matches.length > length + (matches.distance > distance << 4 ? 1 : 0)) return this.#literalOrShort()
    }
    this.#match(distance - 1, length)
  }

  #literalOrShort(): void {
    const at = this.at
    const back = (this.#reps[0] ?? 0) + 1
    const probs = this.#probs
    const position = at & POSITION_MASK
    const byte = this.#bytes[at] ?? 0
    const alike = at >= back ? (this.#bytes[at - back] ?? 0) : -1
    const range = this.#range
    if (alike === byte && this.#state >= 7) {
      range.bit(probs, IS_MATCH + (this.#state << 4) + position, 1)
      range.bit(probs, IS_REP + this.#state, 1)
      range.bit(probs, IS_REP_G0 + this.#state, 0)
      range.bit(probs, IS_REP0_LONG + (this.#state << 4) + position, 0)
      this.#state = this.#state < 7 ? 9 : 11
      this.#passed(1)
      return
    }
    range.bit(probs, IS_MATCH + (this.#state << 4) + position, 0)
    const before = at === 0 ? 0 : (this.#bytes[at - 1] ?? 0)
    const base = LITERALS + 0x300 * (before >>> (8 - LITERAL_BITS))
    if (this.#state < 7) {
      let symbol = 1
      for (let bit = 7; bit >= 0; bit -= 1) {
        const one = (byte >>> bit) & 1
        range.bit(probs, base + symbol, one)
        symbol = (symbol << 1) | one
      }
    } else {
      let offset = 0x100
      let symbol = byte | 0x100
      let match = alike
      do {
        match <<= 1
        range.bit(probs, base + offset + (match & offset) + (symbol >>> 8), (symbol >>> 7) & 1)
        symbol <<= 1
        offset &= ~(match ^ symbol)
      } while (symbol < 0x10000)
    }
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6
    this.#passed(1)
  }

  #rep(index: number, length: number): void {
    const range = this.#range
    const probs = this.#probs
    const state = this.#state
    const position = this.at & POSITION_MASK
    range.bit(probs, IS_MATCH + (state << 4) + position, 1)
    range.bit(probs, IS_REP + state, 1)
    if (index === 0) {
      range.bit(probs, IS_REP_G0 + state, 0)
      range.bit(probs, IS_REP0_LONG + (state << 4) + position, 1)
    } else {
      range.bit(probs, IS_REP_G0 + state, 1)
      range.bit(probs, IS_REP_G1 + state, index === 1 ? 0 : 1)
      if (index > 1) range.bit(probs, IS_REP_G2 + state, index - 2)
    }
    this.#remember(index, this.#reps[index] ?? 0)
    this.#length(REP_LENGTH, length - SHORTEST, position)
    this.#state = state < 7 ? 8 : 11
    this.#passed(length)
  }

  #match(distance: number, length: number): void {
    const range = this.#range
    const probs = this.#probs
    const position = this.at & POSITION_MASK
    range.bit(probs, IS_MATCH + (this.#state << 4) + position, 1)
    range.bit(probs, IS_REP + this.#state, 0)
    this.#length(MATCH_LENGTH, length - SHORTEST, position)
    const slot = slotOf(distance)
    range.tree(probs, SLOTS + Math.min(length - SHORTEST, 3) * 64, 6, slot)
    if (slot >= 4) {
      const bits = (slot >>> 1) - 1
      const base = (2 | (slot & 1)) << bits
      const rest = distance - base
      if (slot < 14) range.reverse(probs, SPECIAL + base - slot, bits, rest)
      else {
        range.direct(rest >>> 4, bits - 4)
        range.reverse(probs, ALIGN, 4, rest & 15)
      }
    }
    this.#remember(3, distance)
    this.#state = this.#state < 7 ? 7 : 10
    this.#passed(length)
  }

  #length(table: number, length: number, position: number): void {
    const range = this.#range
    const probs = this.#probs
    if (length < 8) {
      range.bit(probs, table, 0)
      range.tree(probs, table + 2 + position * 8, 3, length)
    } else if (length < 16) {
      range.bit(probs, table, 1)
      range.bit(probs, table + 1, 0)
      range.tree(probs, table + 2 + 32 + position * 8, 3, length - 8)
    } else {
      range.bit(probs, table, 1)
      range.bit(probs, table + 1, 1)
      range.tree(probs, table + 2 + 64, 8, length - 16)
    }
  }

  /** The distance moves to the front of the last four. */
  #remember(from: number, distance: number): void {
    this.#reps.copyWithin(1, 0, from)
    this.#reps[0] = distance
  }

  #passed(count: number): void {
    this.#matches.skip(this.at, this.at + count)
    this.at += count
  }
}

/** A repeated distance costs less, so it may be a little shorter. */
function isRepBetter(rep: number, length: number, distance: number): boolean {
  return rep + 1 >= length || (rep + 2 >= length && distance > 512) || (rep + 3 >= length && distance > 1 << 15)
}

function slotOf(distance: number): number {
  if (distance < 4) return distance
  const high = 31 - Math.clz32(distance)
  return (high << 1) | ((distance >>> (high - 1)) & 1)
}
