import { expect, test } from 'vitest'
import { exitCodeOf, type Failure, type Report } from '../converge/report.ts'
import { ExitCode } from '../core/errors.ts'
import type { Observation, State } from '../core/states.ts'
import { reportOn } from './channels.ts'
import type { Context } from './context.ts'

/** A report of one npm package in this state, as the program prints it: exit code and text. */
function shown(state: State, reason: string, failure?: Failure): { code: ExitCode; text: string } {
  const live: Observation = { state: 'live', evidence: [] }
  const unit = { id: 'npm:hello@1.0.0', address: 'https://registry.npmjs.org/hello', actions: [] }
  const observation: Observation = { state, reason, evidence: [] }
  const channels = [
    { spoke: 'npm', entry: 'hello', units: [{ ...unit, observation, ...(failure === undefined ? {} : { failure }) }] },
    { spoke: 'pypi', entry: 'hello', units: [{ ...unit, id: 'pypi:hello@1.0.0', observation: live }] },
  ]
  const hub = { ...live, address: 'https://github.com/acme/hello/releases/download/v1.0.0/tagonce.json' }
  const told = { project: 'hello', tag: 'v1.0.0', version: '1.0.0', hub, channels, clients: [] }
  const report: Report = { ...told, exitCode: exitCodeOf({ channels }) }
  const lines: string[] = []
  const plain = (text: string): string => text
  const paint = { bold: plain, dim: plain, green: plain, red: plain, yellow: plain, cyan: plain }
  const reporter = { json: false, columns: 200, paint, print: (text: string) => lines.push(text) }
  return { code: reportOn({ reporter } as unknown as Context, 'publish', report), text: lines.join('\n') }
}

test.each([
  { what: 'a channel that is down', state: 'unknown', reason: 'npm answered 503', network: true, code: ExitCode.again },
  {
    what: 'one that takes it later',
    state: 'deferred',
    reason: 'in maintenance',
    network: false,
    code: ExitCode.again,
  },
  {
    what: 'one that holds other bytes',
    state: 'mismatch',
    reason: 'other bytes',
    network: false,
    code: ExitCode.failed,
  },
  { what: 'one where a person decides', state: 'pending', reason: 'in review', network: false, code: ExitCode.again },
] as const)('$what ($state) ends with $code, and its row says why', ({ state, reason, network, code }) => {
  const failure: Failure | undefined = network ? { code: 'network', message: reason } : undefined
  const told = shown(state, reason, failure)
  expect(told.code).toBe(code)
  expect(told.text).toMatch(new RegExp(`^npm +hello +${state} +${reason}$`, 'm'))
  expect(told.text).toContain(`npm:hello@1.0.0: ${state}: ${reason}`)
  // The other channel is neither hidden nor stopped.
  expect(told.text).toMatch(/^pypi +hello +live/m)
})

test('what another run does not mend outweighs what it does', () => {
  const unit = { id: 'a', address: 'a', actions: [] }
  const of = (
    state: State,
  ): { spoke: string; entry: string; units: [Report['channels'][number]['units'][number]] } => ({
    spoke: 'npm',
    entry: state,
    units: [{ ...unit, observation: { state, evidence: [] } }],
  })
  expect(exitCodeOf({ channels: [of('deferred'), of('mismatch'), of('live')] })).toBe(ExitCode.failed)
  expect(exitCodeOf({ channels: [of('deferred'), of('live')] })).toBe(ExitCode.again)
})
