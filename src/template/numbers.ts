/** A value with a Go type of its own. Subclasses are made by us alone. */
export abstract class GoValue {
  /** As %T prints it: `uint64`, `time.Time`. */
  abstract readonly type: string
  abstract readonly kind: 'int' | 'uint' | 'float' | 'complex' | 'struct'

  /** What Go's String method gives, where the type has one. */
  text(): string | undefined {
    return undefined
  }
}

/** A float64. */
export class GoFloat extends GoValue {
  readonly type = 'float64'
  readonly kind = 'float'
  readonly value: number

  constructor(value: number) {
    super()
    this.value = value
  }
}

/** A complex128. */
export class GoComplex extends GoValue {
  readonly type = 'complex128'
  readonly kind = 'complex'
  readonly real: number
  readonly imaginary: number

  constructor(real: number, imaginary: number) {
    super()
    this.real = real
    this.imaginary = imaginary
  }
}

/** An integer of another type than int. */
export class GoInteger extends GoValue {
  readonly type: string
  readonly kind: 'int' | 'uint'
  readonly value: bigint

  constructor(type: string, value: bigint) {
    super()
    this.type = type
    this.kind = type.startsWith('uint') ? 'uint' : 'int'
    this.value = value
  }
}

/** @example uint64(1) // what GoReleaser's .Major is */
export function uint64(value: number | bigint): GoInteger {
  return new GoInteger('uint64', BigInt.asUintN(64, BigInt(value)))
}

/** @example int64(1700000000) // what GoReleaser's .Timestamp is */
export function int64(value: number | bigint): GoInteger {
  return new GoInteger('int64', BigInt.asIntN(64, BigInt(value)))
}

/** A float64, also where the number is whole. */
export function float64(value: number): GoFloat {
  return new GoFloat(value)
}
