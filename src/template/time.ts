import { GoInteger, GoValue } from './numbers.ts'
import type { Moment } from './time-layout.ts'
import { formatTime, monthName } from './time-layout.ts'

const BILLION = 1_000_000_000n

/**
 * Go's time.Time: what `.Now` is. Its methods are in time-methods.ts.
 * @example new GoTime(new Date('2026-07-28T00:00:00Z'))
 */
export class GoTime extends GoValue {
  readonly type = 'time.Time'
  readonly kind = 'struct'
  /** Nanoseconds since 1970. */
  readonly nanoseconds: bigint
  /** Seconds east of UTC. */
  readonly offset: number
  readonly zone: string

  constructor(time: Date | bigint, zone = 'UTC', offset = 0) {
    super()
    this.nanoseconds = typeof time === 'bigint' ? time : BigInt(time.getTime()) * 1_000_000n
    this.zone = zone
    this.offset = offset
  }

  /** Seconds since 1970, rounded down, and the rest in nanoseconds. */
  get seconds(): bigint {
    return (this.nanoseconds - this.rest) / BILLION
  }

  get rest(): bigint {
    return ((this.nanoseconds % BILLION) + BILLION) % BILLION
  }

  moment(): Moment {
    const date = new Date((Number(this.seconds) + this.offset) * 1000)
    const year = date.getUTCFullYear()
    const start = new Date(date)
    start.setUTCMonth(0, 1)
    return {
      year,
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      weekday: date.getUTCDay(),
      yearDay: Math.round((date.getTime() - start.getTime()) / 86_400_000) + 1,
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      nanosecond: Number(this.rest),
      offset: this.offset,
      zone: this.zone,
    }
  }

  format(layout: string): string {
    return formatTime(layout, this.moment())
  }

  override text(): string {
    return this.format('2006-01-02 15:04:05.999999999 -0700 MST')
  }

  /** The fields of Go's struct: nanoseconds, and seconds since the year 1. */
  inside(): { wall: bigint; ext: bigint } {
    return { wall: this.rest, ext: this.seconds + 62_135_596_800n }
  }

  /** What %#v prints. */
  goText(): string {
    const at = this.moment()
    const zone = this.zone === 'UTC' ? 'time.UTC' : `time.Location("${this.zone}")`
    const clock = `${at.hour}, ${at.minute}, ${at.second}, ${at.nanosecond}`
    return `time.Date(${at.year}, time.${monthName(at.month)}, ${at.day}, ${clock}, ${zone})`
  }
}

/** An integer type of Go that prints as words: time.Month, time.Weekday, time.Duration. */
export class NamedInteger extends GoInteger {
  readonly #text: (value: bigint) => string

  constructor(type: string, value: bigint, text: (value: bigint) => string) {
    super(type, value)
    this.#text = text
  }

  override text(): string {
    return this.#text(this.value)
  }
}

/** A time.Duration in nanoseconds; prints as 1h2m3.5s. */
export function duration(nanoseconds: bigint): GoInteger {
  return new NamedInteger('time.Duration', BigInt.asIntN(64, nanoseconds), durationText)
}

function durationText(value: bigint): string {
  if (value === 0n) return '0s'
  const sign = value < 0n ? '-' : ''
  const size = value < 0n ? -value : value
  const units: [string, bigint][] = [
    ['ns', 1n],
    ['µs', 1000n],
    ['ms', 1_000_000n],
  ]
  if (size < BILLION) {
    const [unit, scale] = units.findLast(([, scale]) => size >= scale) ?? ['ns', 1n]
    return `${sign}${decimal(size, scale)}${unit}`
  }
  const hours = size / (3600n * BILLION)
  const minutes = (size / (60n * BILLION)) % 60n
  const seconds = `${decimal(size % (60n * BILLION), BILLION)}s`
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : sign + seconds
}

/** value / scale with as many places as it needs. */
function decimal(value: bigint, scale: bigint): string {
  const places = String(scale).length - 1
  const rest = String(value % scale)
    .padStart(places, '0')
    .replace(/0+$/, '')
  return places === 0 || rest === '' ? String(value / scale) : `${value / scale}.${rest}`
}
