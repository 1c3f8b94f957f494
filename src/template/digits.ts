/** A number's decimal digits without trailing zeros, and where the point stands: 0.digits × 10^point. */
interface Digits {
  negative: boolean
  digits: string
  point: number
}

/**
 * A float as Go's strconv.FormatFloat writes it; precision -1 is the shortest that reads back the same.
 * @example formatFloat(1e21, 'g', -1) // '1e+21'
 */
export function formatFloat(value: number, verb: string, precision: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const form = verb.toLowerCase()
  const text =
    form === 'x' ? hexadecimal(value, precision) : form === 'b' ? binary(value) : decimal(value, form, precision)
  return verb === form ? text : text.toUpperCase()
}

function decimal(value: number, form: string, precision: number): string {
  const shortest = precision < 0
  const wanted = form === 'g' && precision === 0 ? 1 : precision
  const found = shortest ? shortestDigits(value) : exactDigits(value, form, wanted)
  const sign = found.negative ? '-' : ''
  const count = found.digits.length
  if (form === 'e') return sign + scientific(found, shortest ? Math.max(count - 1, 0) : wanted)
  if (form === 'f') return sign + plain(found, shortest ? Math.max(count - found.point, 0) : wanted)
  const significant = shortest ? count : wanted
  const threshold = shortest ? 6 : significant > count && count >= found.point ? count : significant
  const exponent = found.point - 1
  if (exponent < -4 || exponent >= threshold) return sign + scientific(found, Math.min(significant, count) - 1)
  return sign + plain(found, Math.max(count - found.point, 0))
}

function shortestDigits(value: number): Digits {
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e')
  const digits = mantissa.replace('.', '').replace(/0+$/, '')
  const negative = value < 0 || Object.is(value, -0)
  return { negative, digits, point: digits === '' ? 0 : Number(exponent) + 1 }
}

/** Rounds the exact value of the float, half to even, as Go does. */
function exactDigits(value: number, form: string, precision: number): Digits {
  const negative = value < 0 || Object.is(value, -0)
  const size = Math.abs(value)
  if (size === 0) return { negative, digits: '', point: 0 }
  const exponent = Number(size.toExponential().split('e')[1])
  const places = form === 'f' ? precision : (form === 'e' ? precision : precision - 1) - exponent
  const digits = roundedDigits(size, places)
  return { negative, digits: digits.replace(/0+$/, ''), point: digits === '0' ? 0 : digits.length - places }
}

/** size × 10^places as an integer, half to even. */
function roundedDigits(size: number, places: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, size)
  const bits = view.getBigUint64(0)
  const stored = Number(bits >> 52n)
  const fraction = bits & ((1n << 52n) - 1n)
  let top = stored === 0 ? fraction : fraction | (1n << 52n)
  let bottom = 1n
  const power = (stored === 0 ? 1 : stored) - 1075
  if (power > 0) top <<= BigInt(power)
  else bottom <<= BigInt(-power)
  if (places > 0) top *= 10n ** BigInt(places)
  else bottom *= 10n ** BigInt(-places)
  let whole = top / bottom
  const twice = (top % bottom) * 2n
  if (twice > bottom || (twice === bottom && whole % 2n === 1n)) whole++
  return whole.toString()
}

function scientific({ digits, point }: Digits, precision: number): string {
  const exponent = digits === '' ? 0 : point - 1
  const tail = precision > 0 ? `.${digits.slice(1).padEnd(precision, '0')}` : ''
  const size = Math.abs(exponent)
  return `${digits[0] ?? '0'}${tail}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`
}

function plain({ digits, point }: Digits, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  if (precision <= 0) return whole
  const fraction = point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}`
}

function parts(value: number): { sign: string; mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, Math.abs(value))
  const bits = view.getBigUint64(0)
  const stored = Number(bits >> 52n)
  const fraction = bits & ((1n << 52n) - 1n)
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  return { sign, mantissa: stored === 0 ? fraction : fraction | (1n << 52n), exponent: (stored || 1) - 1075 }
}

function binary(value: number): string {
  const { sign, mantissa, exponent } = parts(value)
  return `${sign}${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
}

function hexadecimal(value: number, precision: number): string {
  const { sign, mantissa: start, exponent: from } = parts(value)
  let mantissa = start
  let exponent = mantissa === 0n ? 0 : from + 52
  while (mantissa !== 0n && mantissa < 1n << 52n) {
    mantissa <<= 1n
    exponent--
  }
  if (precision >= 0 && precision < 13) {
    const unit = 1n << BigInt(52 - precision * 4)
    const rest = mantissa % unit
    mantissa -= rest
    if (rest * 2n > unit || (rest * 2n === unit && (mantissa / unit) % 2n === 1n)) mantissa += unit
    if (mantissa >= 1n << 53n) {
      mantissa >>= 1n
      exponent++
    }
  }
  const hex = (mantissa & ((1n << 52n) - 1n)).toString(16).padStart(13, '0')
  const fraction = precision < 0 ? hex.replace(/0+$/, '') : hex.padEnd(precision, '0').slice(0, precision)
  const size = String(Math.abs(exponent)).padStart(2, '0')
  return `${sign}0x${mantissa >> 52n}${fraction === '' ? '' : `.${fraction}`}p${exponent < 0 ? '-' : '+'}${size}`
}
