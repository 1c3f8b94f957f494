/**
 * The words the schema is written in. A kind says what may stand at a key, and, through `Infer`, what TypeScript type
 * is made of it: one table for the checker, the types, `jsonschema`, and the list of known keys.
 *
 * It is a vocabulary of its own, because the quirks of GoReleaser's YAML need the node, not its value: `goarm: [6, 7]`
 * and `go: 1.20` keep their raw text, `mode: 0644` is octal, a string stands for a list or an object.
 */
export type Form =
  | { is: 'text'; template: boolean }
  | { is: 'flag' }
  | { is: 'flag-or-text' }
  | { is: 'integer'; mode: boolean }
  | { is: 'duration' }
  | { is: 'choice'; values: readonly string[] }
  | { is: 'list'; of: AnyKind; lone: 'refused' | 'kept' | 'split' }
  | { is: 'map'; of: AnyKind }
  | { is: 'object'; keys: Keys; short?: string }
  | { is: 'note' }
  | { is: 'any' }

/** What a key is beside its kind. */
interface Notes {
  /** Replaced by another key; the rule that moves it is in deprecations.ts. */
  deprecated?: boolean
  /** A key of version 1; removed.ts says what it means. */
  removed?: boolean
  /** GoReleaser Pro only: the open-source GoReleaser refuses it. */
  pro?: boolean
}

export interface Kind<T> extends Notes {
  readonly form: Form
  /** Never set; carries the type. */
  readonly type?: T
}

export type AnyKind = Kind<unknown>
export type Keys = Readonly<Record<string, AnyKind>>

/** The TypeScript type of what a kind reads. */
export type Infer<K> = K extends { readonly type?: infer T } ? Exclude<T, undefined> : never

/** Every key may be left out; the defaults come later. */
type InferKeys<K extends Keys> = { -readonly [P in keyof K]?: Infer<K[P]> | undefined }

/** Any scalar, as it is written: `1.20` stays `1.20`. */
export const text: Kind<string> = { form: { is: 'text', template: false } }
/** A text that is rendered as a template. */
export const template: Kind<string> = { form: { is: 'text', template: true } }
/** `true` or `false`; YAML 1.1's `yes`, `no`, `on`, `off` count too. */
export const flag: Kind<boolean> = { form: { is: 'flag' } }
/** A flag, or a template that renders to one. */
export const flagOrTemplate: Kind<string | boolean> = { form: { is: 'flag-or-text' } }
export const integer: Kind<number> = { form: { is: 'integer', mode: false } }
/** Permission bits: `0644` and `0o644` are octal. */
export const mode: Kind<number> = { form: { is: 'integer', mode: true } }
/** Go's duration: `1h`, `90s`, `1m30s`. */
export const duration: Kind<string> = { form: { is: 'duration' } }
/** A template; Pro also takes it from a file, whose content is read in its place. */
export const note: Kind<string> = { form: { is: 'note' } }
/** Whatever YAML can say. */
export const any: Kind<unknown> = { form: { is: 'any' } }

export function choice<const V extends readonly string[]>(...values: V): Kind<V[number]> {
  return { form: { is: 'choice', values } }
}

export function list<T>(of: Kind<T>): Kind<T[]> {
  return { form: { is: 'list', of, lone: 'refused' } }
}

/** A list, or one item without the dash. */
export function listOrOne<T>(of: Kind<T>): Kind<T[]> {
  return { form: { is: 'list', of, lone: 'kept' } }
}

/** A list, or one text that is split at white space: `flags: -v -x`. */
export function words(of: Kind<string>): Kind<string[]> {
  return { form: { is: 'list', of, lone: 'split' } }
}

export function map<T>(of: Kind<T>): Kind<Record<string, T>> {
  return { form: { is: 'map', of } }
}

export function object<K extends Keys>(keys: K): Kind<InferKeys<K>> {
  return { form: { is: 'object', keys } }
}

/** An object, or a text that stands for its key `short`. */
export function objectOr<K extends Keys>(short: keyof K & string, keys: K): Kind<InferKeys<K>> {
  return { form: { is: 'object', keys, short } }
}

export function deprecated<T>(kind: Kind<T>): Kind<T> {
  return { ...kind, deprecated: true }
}

export function pro<T>(kind: Kind<T>): Kind<T> {
  return { ...kind, pro: true }
}

/** Known so that it can be read with the meaning it had; no part of the type. */
export function removed(kind: AnyKind): Kind<undefined> {
  return { form: kind.form, removed: true }
}
