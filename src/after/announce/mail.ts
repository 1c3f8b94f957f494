import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'
import { TagonceError } from '../../core/errors.ts'
import { openText } from '../../spokes/shared/sealed-text.ts'
import { RECORDER } from '../recorder.ts'
import { post } from './post.ts'
import type { Send } from './webhooks.ts'

/** Nobody waits longer for a server of mail. */
const WAIT = 60_000

/** Hosts that a password may be told without encryption: this machine. */
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/

/**
 * A mail by SMTP: with TLS from the first byte on port 465, elsewhere by STARTTLS, without which no password is told. In a rehearsal the
 * mail goes to the recorder, as it would go to the server.
 */
export const mail: Record<string, Send> = {
  async smtp(message, io) {
    const { host = '', port = '', username = '', from = '' } = message.facts
    const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'tagonce.invalid'
    const letter = {
      from,
      to: JSON.parse(message.parts['to'] ?? '[]') as string[],
      subject: openText(message.title, io.credentials),
      text: openText(message.text, io.credentials),
      date: io.clock(),
      // One that was sent twice, because we were ended in between, has the same: many servers show it once.
      messageId: `<${createHash('sha256').update(message.releaseUrl).digest('hex').slice(0, 32)}@${domain}>`,
    }
    if (io.stripSecrets === true) {
      const made = await createTransport({ streamTransport: true, buffer: true }).sendMail(letter)
      await post(`https://${RECORDER}/smtp/${host}`, { shown: 'the recorder', body: bytesOf(made.message) }, io)
      return
    }
    const transport = createTransport({
      host,
      port: Number(port),
      secure: port === '465',
      requireTLS: !LOCAL.test(host),
      auth: { user: username, pass: io.credentials.get('SMTP_PASSWORD') },
      tls: { rejectUnauthorized: message.facts['insecure'] !== 'true' },
      connectionTimeout: WAIT,
      greetingTimeout: WAIT,
      socketTimeout: WAIT,
    })
    const stop = (): void => transport.close()
    io.signal.addEventListener('abort', stop, { once: true })
    try {
      await transport.sendMail(letter)
    } catch (error) {
      io.signal.throwIfAborted()
      throw refused(error, `${host}:${port}`)
    } finally {
      io.signal.removeEventListener('abort', stop)
      transport.close()
    }
  },
}

/** With `buffer` it is one; the type also knows a stream. */
function bytesOf(message: unknown): string {
  return Buffer.isBuffer(message) ? message.toString() : ''
}

/** nodemailer's codes: https://nodemailer.com/errors */
function refused(error: unknown, server: string): TagonceError {
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  const passing = ['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS'].includes(code) && !/certificate|TLS/i.test(message)
  const hint =
    code === 'EAUTH'
      ? 'look at SMTP_USERNAME and SMTP_PASSWORD'
      : passing
        ? 'look at `host` and `port`; then run the same command again'
        : 'look at what the server says'
  return new TagonceError(passing ? 'network' : 'spoke', `${server} does not take the mail: ${message}`, { hint })
}
