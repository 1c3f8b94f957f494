import { exitCodeOf, failureOf, type Report } from '../converge/report.ts'
import { TagonceError } from '../core/errors.ts'
import type { Observation } from '../core/states.ts'
import type { HubReader } from '../hub/hub.ts'
import { type FromHubIO, type FromHubOptions, openHub, runFromHub } from './from-hub.ts'

/**
 * Proves that users get the hub's bytes: every file of the hub is fetched and held against the manifest, and from every channel
 * is fetched what a user would get. Reads only, and needs no credential where the channels are public.
 * @example (await verify({ root: '.', tag: 'v1.2.3', only: [], env: process.env }, io)).hub.state // 'live'
 */
export async function verify(options: FromHubOptions, io: FromHubIO): Promise<Report> {
  const hub = await openHub(options, io)
  const [seen, report] = await Promise.all([
    verifyHub(hub, io),
    runFromHub(hub, options.only, io, { readOnly: true, verify: true }),
  ])
  const whole = { ...report, hub: { ...report.hub, ...seen } }
  return { ...whole, exitCode: exitCodeOf(whole) }
}

/** Fetches every file, one after the other: a release may be bigger than this machine's memory or its network's patience. */
async function verifyHub(hub: HubReader, io: FromHubIO): Promise<Observation> {
  return io.events.task('files', async (task) => {
    const wrong: string[] = []
    let down = 0
    for (const { name } of hub.manifest.artifacts) {
      io.signal.throwIfAborted()
      try {
        await hub.file(name)
      } catch (error) {
        if (!(error instanceof TagonceError) || error.code === 'interrupted') throw error
        if (failureOf(error).code === 'network') down += 1
        wrong.push(error.message)
      }
    }
    const total = hub.manifest.artifacts.length
    const at = new Date().toISOString()
    const from = hub.address('')
    const what = `${total - wrong.length} of ${total} files fetched, equal to the manifest`
    task.note(what)
    const evidence = [{ what, from, at }]
    if (wrong.length === 0) return { state: 'live', evidence }
    const state = down === wrong.length ? 'unknown' : 'mismatch'
    return { state, reason: wrong.join('; '), evidence }
  })
}
