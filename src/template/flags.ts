/** The flags, width and precision of one printf verb. */
export interface Flags {
  minus: boolean
  plus: boolean
  sharp: boolean
  space: boolean
  zero: boolean
  /** %#v: Go syntax. */
  goSyntax: boolean
  width: number | undefined
  precision: number | undefined
}

export const PLAIN: Flags = {
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  goSyntax: false,
  width: undefined,
  precision: undefined,
}
