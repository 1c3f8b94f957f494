import { FormatError } from './format-error.ts'

export interface RpmRelation {
  name: string
  version: string
  flags: number
}

/** RPMSENSE_LESS, _GREATER and _EQUAL. */
const SENSE: Record<string, number> = { '': 0, '<': 2, '>': 4, '=': 8, '<=': 10, '>=': 12 }

/**
 * A relation as a config has it. One in parentheses is a rich dependency, which rpm reads by itself
 * (rpm.org, "Boolean Dependencies").
 * @example rpmRelation('git >= 2.40') // { name: 'git', version: '2.40', flags: 12 }
 */
export function rpmRelation(text: string): RpmRelation {
  const whole = text.trim()
  if (whole.startsWith('(') && whole.endsWith(')')) return { name: whole, version: '', flags: 0 }
  const [, name = '', sign = '', version = ''] = /^([^=<>\s]*)\s*([=<>]*)\s*(.*)$/s.exec(whole) ?? []
  const flags = Object.hasOwn(SENSE, sign) ? SENSE[sign] : undefined
  if (flags === undefined)
    throw new FormatError(`${JSON.stringify(text)} is no relation of an rpm: ${sign} is no comparison`)
  return { name, version, flags }
}

/** Every relation once, in the order given. */
export function rpmRelations(texts: string[]): RpmRelation[] {
  const all = texts.filter((text) => text.trim() !== '').map(rpmRelation)
  const key = ({ name, version, flags }: RpmRelation): string => JSON.stringify([name, version, flags])
  return [...new Map(all.map((one) => [key(one), one])).values()]
}
