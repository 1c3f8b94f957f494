const LONG_MONTHS = 'January February March April May June July August September October November December'.split(' ')
const LONG_DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

/** A moment taken apart, in its own zone. */
export interface Moment {
  year: number
  /** 1 to 12. */
  month: number
  day: number
  /** 0 is Sunday. */
  weekday: number
  /** 1 to 366. */
  yearDay: number
  hour: number
  minute: number
  second: number
  nanosecond: number
  /** Seconds east of UTC. */
  offset: number
  zone: string
}

export function monthName(month: number): string {
  return LONG_MONTHS[month - 1] ?? `%!Month(${month})`
}

export function weekdayName(day: number): string {
  return LONG_DAYS[day] ?? `%!Weekday(${day})`
}

/*
 * The reference time's elements, longest first, as the package documentation of Go's time lists them.
 * "Jan" and "Mon" are none before a lower-case letter (so that "Month" stays text), "_2006" is a "_" and a year,
 * and a fraction is one only where no further digit follows.
 */
const ELEMENT = new RegExp(
  [
    'January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST',
    '0[1-6]|002|15|1|(?<=_)2006|2006|__2|_2(?!006)|2|3|4|5',
    'PM|pm',
    '[-Z](?:070000|07:00:00|0700|07:00|07)',
    '[.,](?:0+|9+)(?![0-9])',
  ].join('|'),
  'g',
)

/**
 * The moment as Go's Time.Format writes it.
 * @example formatTime('2006-01-02', moment) // '2026-07-28'
 */
export function formatTime(layout: string, moment: Moment): string {
  return layout.replaceAll(ELEMENT, (element) => elementOf(element, moment))
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

function elementOf(element: string, at: Moment): string {
  const hour12 = at.hour % 12 || 12
  switch (element) {
    case 'January':
      return monthName(at.month)
    case 'Jan':
      return monthName(at.month).slice(0, 3)
    case 'Monday':
      return weekdayName(at.weekday)
    case 'Mon':
      return weekdayName(at.weekday).slice(0, 3)
    case 'MST':
      return at.zone === '' ? offsetOf('-0700', at.offset) : at.zone
    case '2006':
      return at.year < 0 ? `-${String(-at.year).padStart(4, '0')}` : String(at.year).padStart(4, '0')
    case '06':
      return two(Math.abs(at.year) % 100)
    case '1':
      return String(at.month)
    case '01':
      return two(at.month)
    case '2':
      return String(at.day)
    case '_2':
      return String(at.day).padStart(2, ' ')
    case '02':
      return two(at.day)
    case '__2':
      return String(at.yearDay).padStart(3, ' ')
    case '002':
      return String(at.yearDay).padStart(3, '0')
    case '15':
      return two(at.hour)
    case '3':
      return String(hour12)
    case '03':
      return two(hour12)
    case '4':
      return String(at.minute)
    case '04':
      return two(at.minute)
    case '5':
      return String(at.second)
    case '05':
      return two(at.second)
    case 'PM':
      return at.hour >= 12 ? 'PM' : 'AM'
    case 'pm':
      return at.hour >= 12 ? 'pm' : 'am'
    default:
      return element[0] === '-' || element[0] === 'Z' ? offsetOf(element, at.offset) : fraction(element, at.nanosecond)
  }
}

function offsetOf(element: string, offset: number): string {
  if (element[0] === 'Z' && offset === 0) return 'Z'
  const size = Math.abs(offset)
  const colon = element.includes(':') ? ':' : ''
  const digits = element.replaceAll(/\D/g, '').length
  // Go decides the sign by whole minutes.
  let out = (Math.trunc(offset / 60) < 0 ? '-' : '+') + two(Math.floor(size / 3600))
  if (digits >= 4) out += colon + two(Math.floor(size / 60) % 60)
  if (digits >= 6) out += colon + two(size % 60)
  return out
}

function fraction(element: string, nanosecond: number): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, element.length - 1)
  if (element[1] === '0') return element[0] + digits
  const short = digits.replace(/0+$/, '')
  return short === '' ? '' : element[0] + short
}
