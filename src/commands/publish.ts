import type { Report } from '../converge/report.ts'
import { type FromHubIO, type FromHubOptions, openHub, runFromHub } from './from-hub.ts'

export interface PublishOptions extends FromHubOptions {
  /** Spokes, units or pointers that may move backwards. */
  allowBackwards?: string[]
}

/**
 * Runs spokes from the hub's manifest alone: no config, no dist, no repository. Now or months later, on any machine.
 * @example await publishFromHub({ root: '.', tag: 'v1.2.3', hub: 'o/r', only: ['npm'], env: process.env }, io)
 */
export async function publishFromHub(options: PublishOptions, io: FromHubIO): Promise<Report> {
  const hub = await openHub(options, io)
  return runFromHub(hub, options.only, io, { verify: true, allowBackwards: options.allowBackwards ?? [] })
}
