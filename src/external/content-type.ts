import { open } from 'node:fs/promises'

/** As many bytes as are looked at (mimesniff.spec.whatwg.org, 7). */
const LOOKED_AT = 512

const HTML =
  /^[\t\n\f\r ]*<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|!--)[ >]/i

/** What the first bytes show, those that a release may hold; the bytes are read in hex. */
const SIGNS: [sign: RegExp, type: string][] = [
  // %PDF-
  [/^255044462d/, 'application/pdf'],
  // %!PS-Adobe-
  [/^252150532d41646f62652d/, 'application/postscript'],
  [/^feff..../, 'text/plain; charset=utf-16be'],
  [/^fffe..../, 'text/plain; charset=utf-16le'],
  [/^efbbbf../, 'text/plain; charset=utf-8'],
  [/^0000(01|02)00/, 'image/x-icon'],
  [/^424d/, 'image/bmp'],
  [/^474946383[79]61/, 'image/gif'],
  [/^52494646.{8}574542505650/, 'image/webp'],
  [/^89504e470d0a1a0a/, 'image/png'],
  [/^ffd8ff/, 'image/jpeg'],
  [/^1a45dfa3/, 'video/webm'],
  [/^1f8b08/, 'application/x-gzip'],
  [/^504b0304/, 'application/zip'],
  [/^526172211a07(00|0100)/, 'application/x-rar-compressed'],
  [/^0061736d/, 'application/wasm'],
]

/** Bytes that no text has. */
const BINARY = new Set([...Array(32).keys()].filter((byte) => ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte)))

/**
 * The content type that a file's first bytes show, as the WHATWG's rules for sniffing have it.
 * @example await contentTypeOf('hello_1.2.3_linux_amd64.tar.gz') // 'application/x-gzip'
 */
export async function contentTypeOf(path: string): Promise<string> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, 0)
  return contentTypeOfBytes(buffer.subarray(0, bytesRead))
}

/** The same for bytes. @example contentTypeOfBytes(Buffer.from('hello')) // 'text/plain; charset=utf-8' */
export function contentTypeOfBytes(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, LOOKED_AT))
  const text = head.toString('latin1')
  if (HTML.test(text)) return 'text/html; charset=utf-8'
  if (/^[\t\n\f\r ]*<\?xml/.test(text)) return 'text/xml; charset=utf-8'
  const hex = head.toString('hex')
  const known = SIGNS.find(([sign]) => sign.test(hex))
  if (known !== undefined) return known[1]
  return head.some((byte) => BINARY.has(byte)) ? 'application/octet-stream' : 'text/plain; charset=utf-8'
}
