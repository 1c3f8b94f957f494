/** How many earlier places are looked at: more makes it smaller and slower, and changes the bytes. */
const DEPTH = 24
/** A match of this length is taken at once. */
const NICE = 96
const BITS = 18

/** Finds earlier places with the same bytes: chains of places with one hash of four bytes, and the last place of each three. */
export class Matches {
  /** Of the last `find` or `peek`; length 0 where there is none. */
  length = 0
  /** How far back: 1 is the byte before. */
  distance = 0
  readonly #bytes: Uint8Array
  readonly #heads = new Int32Array(1 << BITS).fill(-1)
  readonly #threes = new Int32Array(1 << 16).fill(-1)
  readonly #chain: Int32Array
  /** Places before this one are in the chains. */
  #known = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#chain = new Int32Array(bytes.length)
  }

  /** The number of bytes that are alike here and so far back; at most `most`. */
  lengthAt(at: number, back: number, most: number): number {
    if (back > at) return 0
    const bytes = this.#bytes
    let length = 0
    while (length < most && bytes[at + length] === bytes[at + length - back]) length += 1
    return length
  }

  /** The longest match at a place; the place itself becomes known. */
  find(at: number, most: number): void {
    this.peek(at, most)
    this.skip(at, at + 1)
  }

  /** The same; the place stays unknown. */
  peek(at: number, most: number): void {
    this.length = 0
    this.distance = 0
    if (most < 4) return
    const bytes = this.#bytes
    const three = this.#threes[this.#three(at)] ?? -1
    if (three >= 0 && three < at) {
      const length = this.lengthAt(at, at - three, most)
      if (length >= 3) this.#take(length, at - three)
    }
    let place = this.#heads[this.#four(at)] ?? -1
    for (let depth = 0; place >= 0 && depth < DEPTH && this.length < NICE; depth += 1) {
      if (this.length < most && place < at && bytes[place + this.length] === bytes[at + this.length]) {
        const length = this.lengthAt(at, at - place, most)
        if (length > this.length) this.#take(length, at - place)
      }
      place = this.#chain[place] ?? -1
    }
  }

  /** Places become known without being searched. */
  skip(from: number, to: number): void {
    const end = Math.min(to, this.#bytes.length - 3)
    for (let at = Math.max(from, this.#known); at < end; at += 1) {
      const hash = this.#four(at)
      this.#chain[at] = this.#heads[hash] ?? -1
      this.#heads[hash] = at
      this.#threes[this.#three(at)] = at
    }
    this.#known = Math.max(this.#known, to)
  }

  #take(length: number, distance: number): void {
    this.length = length
    this.distance = distance
  }

  #four(at: number): number {
    const b = this.#bytes
    const word = (b[at] ?? 0) | ((b[at + 1] ?? 0) << 8) | ((b[at + 2] ?? 0) << 16) | ((b[at + 3] ?? 0) << 24)
    return Math.imul(word, 0x9e3779b1) >>> (32 - BITS)
  }

  #three(at: number): number {
    const b = this.#bytes
    const word = (b[at] ?? 0) | ((b[at + 1] ?? 0) << 8) | ((b[at + 2] ?? 0) << 16)
    return Math.imul(word, 0x9e3779b1) >>> 16
  }
}
