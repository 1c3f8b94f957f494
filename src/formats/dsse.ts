/** A signed statement: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md. Bytes are base64, as in its JSON. */
export interface DsseEnvelope {
  payload: string
  payloadType: string
  /** Without the name of a key: a certificate says whose it is. */
  signatures: { sig: string }[]
}

/** The payload type of an in-toto statement. */
export const IN_TOTO = 'application/vnd.in-toto+json'

/**
 * The bytes that are signed (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md): lengths are in bytes.
 * @example preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')) // 'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `
  return Buffer.concat([Buffer.from(head), payload])
}
