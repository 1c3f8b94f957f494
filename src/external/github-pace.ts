import type { Octokit } from '@octokit/core'
import pLimit from 'p-limit'
import { realClock } from './retry.ts'

/** GitHub takes 100 requests at once and 80 content writes a minute (docs.github.com, REST: rate limits). */
const AT_ONCE = 8
const WRITES = 75
const MINUTE = 60_000

type Answer = Awaited<ReturnType<Octokit['request']>>

/**
 * Keeps a client below GitHub's limits, and lets reads that are asked twice at the same moment share one answer (formula and cask
 * of one tap ask for the same head). Nothing is kept beyond that moment: a read that begins later is sent.
 * @param free a server on loopback has no limit for writes
 */
export function keepPace(octokit: Octokit, free: boolean): void {
  const limit = pLimit(AT_ONCE)
  const turn = free ? () => Promise.resolve() : turns(WRITES, MINUTE)
  const underway = new Map<string, Promise<Answer>>()
  octokit.hook.wrap('request', async (request, options) => {
    const send = (): Promise<Answer> => limit(async () => request(options))
    if (options.method !== 'GET' && options.method !== 'HEAD') {
      await turn()
      return send()
    }
    // A stream can be read once only.
    if (options.request?.['parseSuccessResponseBody'] === false) return send()
    const { url, headers } = octokit.request.endpoint(options)
    const key = `${options.method} ${url} ${headers.accept ?? ''}`
    const known = underway.get(key)
    if (known !== undefined) return known
    const answer = send()
    underway.set(key, answer)
    const ended = (): boolean => underway.delete(key)
    answer.then(ended, ended)
    return answer
  })
}

/** Lets so many through in each span of time; the next waits until the first of them is that long ago. */
function turns(count: number, span: number): () => Promise<void> {
  const begun: number[] = []
  const one = pLimit(1)
  return () =>
    one(async () => {
      const first = begun.length < count ? undefined : begun.shift()
      const wait = first === undefined ? 0 : first + span - realClock.now()
      if (wait > 0) await realClock.sleep(wait)
      begun.push(realClock.now())
    })
}
