/** The range coder of LZMA (lzma-specification.txt, "The main loop of the range coder", seen from the other side). */
export class RangeEncoder {
  readonly #out: Buffer
  #size = 0
  /** 33 bits: the highest is the carry. */
  #low = 0
  #range = 0xffffffff
  #cache = 0
  #cached = 1

  constructor(room: number) {
    this.#out = Buffer.alloc(room)
  }

  begin(): void {
    this.#size = 0
    this.#low = 0
    this.#range = 0xffffffff
    this.#cache = 0
    this.#cached = 1
  }

  /** Bytes that there are, with those that wait for a carry. */
  get pending(): number {
    return this.#size + this.#cached
  }

  finish(): Buffer {
    for (let index = 0; index < 5; index += 1) this.#shift()
    return Buffer.from(this.#out.subarray(0, this.#size))
  }

  bit(probs: Uint16Array, index: number, bit: number): void {
    const prob = probs[index] ?? 0
    const bound = (this.#range >>> 11) * prob
    if (bit === 0) {
      this.#range = bound
      probs[index] = prob + ((2048 - prob) >>> 5)
    } else {
      this.#low += bound
      this.#range -= bound
      probs[index] = prob - (prob >>> 5)
    }
    while (this.#range < 0x1000000) {
      this.#range = (this.#range << 8) >>> 0
      this.#shift()
    }
  }

  tree(probs: Uint16Array, base: number, bits: number, value: number): void {
    let node = 1
    for (let index = bits - 1; index >= 0; index -= 1) {
      const bit = (value >>> index) & 1
      this.bit(probs, base + node, bit)
      node = (node << 1) | bit
    }
  }

  reverse(probs: Uint16Array, base: number, bits: number, value: number): void {
    let node = 1
    for (let index = 0; index < bits; index += 1) {
      const bit = (value >>> index) & 1
      this.bit(probs, base + node, bit)
      node = (node << 1) | bit
    }
  }

  direct(value: number, bits: number): void {
    for (let index = bits - 1; index >= 0; index -= 1) {
      this.#range >>>= 1
      if (((value >>> index) & 1) === 1) this.#low += this.#range
      while (this.#range < 0x1000000) {
        this.#range = (this.#range << 8) >>> 0
        this.#shift()
      }
    }
  }

  #shift(): void {
    if (this.#low < 0xff000000 || this.#low > 0xffffffff) {
      const carry = this.#low > 0xffffffff ? 1 : 0
      let byte = this.#cache
      do {
        this.#out[this.#size] = (byte + carry) & 0xff
        this.#size += 1
        byte = 0xff
        this.#cached -= 1
      } while (this.#cached > 0)
      this.#cache = (this.#low >>> 24) & 0xff
    }
    this.#cached += 1
    this.#low = (this.#low & 0xffffff) * 256
  }
}
