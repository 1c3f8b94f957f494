import { TagonceError } from '../../core/errors.ts'
import type { ChannelIO } from '../../spokes/spoke.ts'

/** A secret that is a URL. */
export function secretUrl(io: ChannelIO, name: string): string {
  const value = io.credentials.get(name).trim()
  if (/^https?:\/\/\S+$/.test(value)) return value
  throw new TagonceError('credentials', `${name} is no URL`, { hint: 'copy the whole address of the webhook' })
}

export interface Post {
  /** What the report calls it: no secret that stands in an address is shown. */
  shown: string
  body: string | object
  headers?: Record<string, string>
  method?: string
  /** Any from 200 to 299 when absent or empty. */
  expected?: number[]
}

/**
 * Sends one message. It is never sent twice by itself: only a refusal for being too fast is waited for and repeated.
 * @returns the answer as JSON, where it is some
 */
export async function post(
  url: string,
  { shown, body, headers = {}, method = 'POST', expected = [] }: Post,
  io: ChannelIO,
): Promise<Record<string, unknown>> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type: Record<string, string> = typeof body === 'string' ? {} : { 'content-type': 'application/json' }
  const answer = await io.http.request(url, { method, headers: { ...type, ...headers }, body: text, signal: io.signal })
  const said = await answer.text()
  const fine = expected.length === 0 ? answer.status >= 200 && answer.status < 300 : expected.includes(answer.status)
  if (!fine) {
    throw new TagonceError('spoke', `${shown} answers ${answer.status}`, {
      output: said.slice(0, 2000),
      hint: 'look at its token, and at what may be sent there',
    })
  }
  try {
    return JSON.parse(said) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** What an answer must have. */
export function need(answer: Record<string, unknown>, key: string, shown: string): string {
  const value = answer[key]
  if (typeof value === 'string' && value !== '') return value
  throw new TagonceError('spoke', `${shown} answers without \`${key}\``)
}
