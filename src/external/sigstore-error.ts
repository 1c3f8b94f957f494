import { TagonceError } from '../core/errors.ts'

/** A refusal of Fulcio or Rekor, explained. */
export function sigstoreRefusal(who: 'Fulcio' | 'Rekor', status: number, text: string): TagonceError {
  const said = `Sigstore's ${who} answered ${status}${words(text)}`
  if (status === 429) return new TagonceError('rate-limit', said, { hint: 'run the same command again later' })
  if (status >= 500 || status === 408) {
    return new TagonceError('network', said, {
      hint: 'see https://status.sigstore.dev, and run the same command again; `provenance: false` publishes without',
    })
  }
  return new TagonceError('credentials', said, {
    hint:
      who === 'Fulcio'
        ? 'it takes the identity of a workflow on github.com, and no other'
        : 'run the same command again',
  })
}

function words(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? ` (${message.slice(0, 300)})` : ''
  } catch {
    return text === '' ? '' : ` (${text.slice(0, 200)})`
  }
}
