/** Every form of every secret. */
const known = new Set<string>()
let forms: string[] = []

/** Names of environment variables that hold secrets. */
const SECRET_NAME =
  /(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PRIVATE_?KEY|API_?KEY|CREDENTIALS?|CONNECTION_?STRING|WEBHOOK(_URL)?|AUTH_CONFIG|_KEY|_PAT)$/i

/** Whether a variable of this name is kept from hooks in a rehearsal, and masked in every output. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** Registers a value that must never be shown. Short values (under six characters) would mask ordinary text. */
export function keepSecret(value: string | undefined): void {
  if (value === undefined || value.length < 6) return
  // Output comes line by line: of a key in PEM, each line is a secret by itself.
  for (const text of [value, ...value.split(/\r?\n/).filter((line) => line.length >= 16)]) {
    for (const form of formsOf(text)) known.add(form)
  }
  // The longest first: one secret may be a part of another.
  forms = [...known].toSorted((a, b) => b.length - a.length)
}

/** Registers every secret of an environment; call once at start. */
export function keepSecretsOf(env: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(env)) if (isSecretName(name)) keepSecret(value)
}

/**
 * The text with every known secret replaced, plain or as it stands in JSON, percent-encoded, or in base64, there also as a part
 * of something longer (`user:token`).
 * @example redact('Bearer ghp_abcdef') // 'Bearer ***'
 */
export function redact(text: string): string {
  let out = text
  for (const form of forms) if (out.includes(form)) out = out.replaceAll(form, '***')
  return out
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    ...[0, 1, 2].flatMap((offset) => {
      const middle = middleOfBase64(bytes, offset)
      return middle.length < 8 ? [] : [middle, middle.replaceAll('+', '-').replaceAll('/', '_')]
    }),
  ]
}

/** What base64 has of the bytes, whatever stands around them, when `offset` bytes (modulo 3) come before. */
function middleOfBase64(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  const rest = (offset + bytes.length) % 3
  return whole.slice(offset === 0 ? 0 : offset + 1, rest === 0 ? undefined : -4 + rest)
}
