import { expect, test } from 'vitest'
import { planOf, told } from './test-plan.ts'

const KO = 'kos: [{ repositories: [ghcr.io/ann/hello] }]'
const NOTARIZE =
  'notarize: { macos: [{ enabled: "{{ isEnvSet \\"P12\\" }}", sign: { certificate: "{{ .Env.P12 }}" } }] }'

test.each([
  ['kos: [{}]', [], {}, 'ko-repository'],
  ['kos: [{ build: other }]', [], { KO_DOCKER_REPO: 'ghcr.io/ann' }, 'unknown-build'],
  ['notarize: { macos: [{ enabled: true }] }', [], {}, 'signing needs a certificate'],
])('%s stops with a line that says so', async (yaml, skip, env, wanted) => {
  const plan = await planOf(`version: 2\nproject_name: hello\n${yaml}\n`, { skip: new Set(skip), env })
  expect(told(plan).join('\n')).toContain(wanted)
})

test.each([
  [KO, []],
  ['kos: [{ disable: true }]', []],
  [NOTARIZE, []],
])('%s is passed over with %j', async (yaml, skip) => {
  const plan = await planOf(`version: 2\nproject_name: hello\n${yaml}\n`, { skip: new Set(skip) })
  expect(told(plan)).toEqual([])
})
