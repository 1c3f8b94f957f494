import type { Report } from '../converge/report.ts'
import { type FromHubIO, type FromHubOptions, openHub, runFromHub } from './from-hub.ts'

/**
 * What every channel shows for a release, with the evidence. Reads only.
 * @example (await status({ root: '.', tag: 'v1.2.3', only: [], env: process.env }, io)).exitCode // 0: all is settled
 */
export async function status(options: FromHubOptions, io: FromHubIO): Promise<Report> {
  return runFromHub(await openHub(options, io), options.only, io, { readOnly: true, verify: false })
}
