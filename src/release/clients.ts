import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { failureOf, type Failure, type Report } from '../converge/report.ts'
import type { Task } from '../core/events.ts'
import type { HubReader } from '../hub/hub.ts'
import type { Unit } from '../spokes/spoke.ts'
import type { ClientResult } from '../spokes/world.ts'
import { spokeNamed } from './spokes.ts'

/** What a real client made of a channel. */
export interface ClientOutcome {
  spoke: string
  entry: string
  result?: ClientResult
  skipped?: string
  failure?: Failure
  /** In one line, for the table. */
  text: string
}

/** Where real clients run. */
export interface ClientWorld {
  clientEnv(home: string): Record<string, string>
  route(url: string): string
}

/** Runs the real client of every channel that is live; a missing client is a skip with its reason, a failing one a failure. */
export async function runClients(
  report: Report,
  hub: HubReader,
  world: ClientWorld,
  folder: string,
  signal: AbortSignal,
  task: Task,
): Promise<ClientOutcome[]> {
  const live = report.channels.filter((one) => one.skip === undefined && one.failure === undefined)
  const outcomes = await Promise.all(
    live.map(async ({ spoke, entry }, at): Promise<ClientOutcome> => {
      const sealed = hub.manifest.spokes.find((one) => one.spoke === spoke && one.entry === entry)
      const own = join(folder, `${at}-${spoke}`)
      await mkdir(own, { recursive: true })
      const known = spokeNamed(spoke)
      const settings: unknown = known.parse(sealed?.settings)
      const units: Unit[] = known.units(hub.manifest, settings)
      try {
        return await task.task(`${spoke}: ${entry}`, async (child) => {
          const io = { folder: own, env: world.clientEnv(own), route: (url: string) => world.route(url), hub, signal }
          const answer = await known.world.client(units, settings, io)
          if ('skipped' in answer) {
            child.skip(answer.skipped)
            return { spoke, entry, skipped: answer.skipped, text: `no client: ${answer.skipped}` }
          }
          const digest = answer.sha256 === undefined ? '' : `, sha256:${answer.sha256.slice(0, 12)}…`
          child.note(`${answer.client} ${answer.version}`)
          return { spoke, entry, result: answer, text: `${answer.client} ${answer.version}: ${answer.proof}${digest}` }
        })
      } catch (error) {
        signal.throwIfAborted()
        const failure = failureOf(error)
        return { spoke, entry, failure, text: `client failed: ${failure.message}` }
      }
    }),
  )
  const count = (what: (one: ClientOutcome) => boolean): number => outcomes.filter(what).length
  task.note(
    `${count((one) => one.result !== undefined)} proven, ${count((one) => one.skipped !== undefined)} without a client, ${count((one) => one.failure !== undefined)} failed`,
  )
  return outcomes
}
