const known = new Set<string>()

/** Names of environment variables that hold secrets. */
const SECRET_NAME = /(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PRIVATE_?KEY|API_?KEY|CREDENTIALS?|_KEY|_PAT)$/i

/** Whether a variable of this name is kept from hooks in a rehearsal, and masked in every output. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** Registers a value that must never be shown. Short values (under six characters) would mask ordinary text. */
export function keepSecret(value: string | undefined): void {
  if (value !== undefined && value.length >= 6) known.add(value)
}

/** Registers every secret of an environment; call once at start. */
export function keepSecretsOf(env: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(env)) if (isSecretName(name)) keepSecret(value)
}

/**
 * The text with every known secret replaced, plain or percent-encoded or as base64.
 * @example redact('Bearer ghp_abcdef') // 'Bearer ***'
 */
export function redact(text: string): string {
  let out = text
  for (const secret of known) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      if (out.includes(form)) out = out.replaceAll(form, '***')
    }
  }
  return out
}
