import { InvalidArgumentError } from '@commander-js/extra-typings'

const UNITS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/**
 * A duration as Go writes it, in milliseconds.
 * @throws InvalidArgumentError
 * @example duration('1h30m') // 5400000
 */
export function duration(text: string): number {
  const parts = [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)]
  const whole = parts.map(([part]) => part).join('')
  const value = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? 0), 0)
  // More than a month is no limit any more, and more than a timer can wait for.
  if (whole !== text || value <= 0 || value > 2 ** 31 - 1) {
    throw new InvalidArgumentError('a duration such as 90s, 45m or 1h30m is needed.')
  }
  return value
}
