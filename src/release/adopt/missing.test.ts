import { expect, test } from 'vitest'
import type { Plan } from '../../plan/plan.ts'
import type { ConfigPlaces } from '../places.ts'
import { missingFiles } from './missing.ts'

const PLAN = {
  hub: { ids: [] as string[] },
  archives: [{ name: 'hello_linux_amd64.tar.gz', id: 'default' }],
  uploads: [{ name: 'small_linux_amd64', id: 'small' }],
  sourceArchive: { name: 'hello-1.2.3.tar.gz', id: '' },
} as unknown as Plan
const PLACES = {
  config: { archives: [{}, { id: 'small' }] },
  positionOf: (path: (string | number)[]) => ({ file: path.join('.'), line: 1, column: 1 }),
} as unknown as ConfigPlaces
const told = (plan: Plan, ...there: string[]): string[] =>
  missingFiles(plan, { has: (name) => there.includes(name) }, PLACES).map(
    ({ where, message }) => `${where?.file}: ${message}`,
  )

test('each file that lacks is told at the entry that makes it, the source archive too', () => {
  expect(told(PLAN)).toEqual([
    'archives.0: the release has no hello_linux_amd64.tar.gz, which the config makes',
    'archives.1: the release has no small_linux_amd64, which the config makes',
    'source: the release has no hello-1.2.3.tar.gz, which the config makes',
  ])
  expect(told(PLAN, 'hello_linux_amd64.tar.gz', 'small_linux_amd64', 'hello-1.2.3.tar.gz')).toEqual([])
})

test('what `release.ids` leaves out is not missed', () => {
  const chosen = { ...PLAN, hub: { ...PLAN.hub, ids: ['small'] } }
  expect(told(chosen, 'small_linux_amd64', 'hello-1.2.3.tar.gz')).toEqual([])
})
