/** The bytes between the first BEGIN and END lines of a PEM text; undefined when there are none. */
export function pemBytes(pem: string): Buffer | undefined {
  const inner = /-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z ]+-----/.exec(pem)?.[1]
  return inner === undefined ? undefined : Buffer.from(inner, 'base64')
}

/**
 * Bytes as PEM, lines of 64 characters (RFC 7468).
 * @example pemText('CERTIFICATE', der).split('\n')[0] // '-----BEGIN CERTIFICATE-----'
 */
export function pemText(label: string, bytes: Uint8Array): string {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,64}/g)
  return `-----BEGIN ${label}-----\n${(lines ?? []).join('\n')}\n-----END ${label}-----\n`
}
