import { func } from './function.ts'
import type { TemplateFunction } from './function.ts'
import type { GoInteger } from './numbers.ts'
import { GoFloat, int64 } from './numbers.ts'
import { monthName, weekdayName } from './time-layout.ts'
import { duration, GoTime, NamedInteger } from './time.ts'
import type { Value } from './value.ts'

const SECOND = 1_000_000_000n
/** Go's zero time: January 1 of the year 1. */
const ZERO = -62_135_596_800n * SECOND

type Method<T> = (receiver: T) => TemplateFunction
type Methods<T> = Readonly<Record<string, Method<T>>>

function reads<T>(read: (receiver: T) => Value): Method<T> {
  return (receiver) => func([], () => read(receiver))
}

function moved(time: GoTime, nanoseconds: bigint): GoTime {
  return new GoTime(nanoseconds, time.zone, time.offset)
}

function addDate(time: GoTime, years: bigint, months: bigint, days: bigint): GoTime {
  const at = time.moment()
  const date = new Date((Number(time.seconds) + time.offset) * 1000)
  date.setUTCFullYear(at.year + Number(years), at.month - 1 + Number(months), at.day + Number(days))
  return moved(time, (BigInt(date.getTime()) / 1000n - BigInt(time.offset)) * SECOND + time.rest)
}

/** To a multiple of `unit` since Go's zero time; `up` rounds halves up. */
function toUnit(time: GoTime, unit: bigint, up: boolean): GoTime {
  if (unit <= 0n) return time
  const rest = (time.nanoseconds - ZERO) % unit
  const add = up && rest * 2n >= unit ? unit : 0n
  return moved(time, time.nanoseconds - rest + add)
}

const TIME: Methods<GoTime> = {
  Add: (time) => func(['duration'], (by) => moved(time, time.nanoseconds + by.value)),
  AddDate: (time) => func(['int', 'int', 'int'], (years, months, days) => addDate(time, years, months, days)),
  After: (time) => func(['time'], (other) => time.nanoseconds > other.nanoseconds),
  Before: (time) => func(['time'], (other) => time.nanoseconds < other.nanoseconds),
  Compare: (time) =>
    func(['time'], ({ nanoseconds }) =>
      time.nanoseconds < nanoseconds ? -1n : time.nanoseconds > nanoseconds ? 1n : 0n,
    ),
  Day: reads((time) => BigInt(time.moment().day)),
  Equal: (time) => func(['time'], (other) => time.nanoseconds === other.nanoseconds),
  Format: (time) => func(['string'], (layout) => time.format(layout)),
  GoString: reads((time) => time.goText()),
  Hour: reads((time) => BigInt(time.moment().hour)),
  IsDST: reads(() => false),
  IsZero: reads((time) => time.nanoseconds === ZERO),
  Minute: reads((time) => BigInt(time.moment().minute)),
  Month: reads((time) => new NamedInteger('time.Month', BigInt(time.moment().month), (n) => monthName(Number(n)))),
  Nanosecond: reads((time) => time.rest),
  Round: (time) => func(['duration'], (unit) => toUnit(time, unit.value, true)),
  Second: reads((time) => BigInt(time.moment().second)),
  String: reads((time) => time.text()),
  Sub: (time) => func(['time'], (other) => duration(time.nanoseconds - other.nanoseconds)),
  Truncate: (time) => func(['duration'], (unit) => toUnit(time, unit.value, false)),
  UTC: reads((time) => new GoTime(time.nanoseconds)),
  Unix: reads((time) => int64(time.seconds)),
  UnixMicro: reads((time) => int64(time.seconds * 1_000_000n + time.rest / 1000n)),
  UnixMilli: reads((time) => int64(time.seconds * 1000n + time.rest / 1_000_000n)),
  UnixNano: reads((time) => int64(time.nanoseconds)),
  Weekday: reads(
    (time) => new NamedInteger('time.Weekday', BigInt(time.moment().weekday), (n) => weekdayName(Number(n))),
  ),
  Year: reads((time) => BigInt(time.moment().year)),
  YearDay: reads((time) => BigInt(time.moment().yearDay)),
}

const DURATION: Methods<GoInteger> = {
  Hours: reads((span) => new GoFloat(Number(span.value) / 3.6e12)),
  Microseconds: reads((span) => int64(span.value / 1000n)),
  Milliseconds: reads((span) => int64(span.value / 1_000_000n)),
  Minutes: reads((span) => new GoFloat(Number(span.value) / 6e10)),
  Nanoseconds: reads((span) => int64(span.value)),
  Seconds: reads((span) => new GoFloat(Number(span.value) / 1e9)),
}

const NAMED: Methods<GoInteger> = { String: reads((value) => value.text() ?? '') }

/** The method of a value; undefined when it has none of this name. Maps and lists have none. */
export function methodOf(value: Value, name: string): TemplateFunction | undefined {
  if (value instanceof GoTime) return Object.hasOwn(TIME, name) ? TIME[name]?.(value) : undefined
  if (!(value instanceof NamedInteger)) return undefined
  if (value.type === 'time.Duration' && Object.hasOwn(DURATION, name)) return DURATION[name]?.(value)
  return Object.hasOwn(NAMED, name) ? NAMED[name]?.(value) : undefined
}

export function methodNames(value: Value): string[] {
  if (value instanceof GoTime) return Object.keys(TIME)
  if (!(value instanceof NamedInteger)) return []
  return [...Object.keys(NAMED), ...(value.type === 'time.Duration' ? Object.keys(DURATION) : [])]
}
