import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { credentialsOf } from '../core/credentials.ts'
import type { Diagnostic } from '../core/errors.ts'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { loopback } from '../external/testing.ts'
import { openPlan } from '../plan/open.ts'
import { preflight } from './preflight.ts'
import { planSpokes } from './spokes.ts'
import { run } from '../external/process.ts'

const CONFIG = `version: 2
project_name: hello
release:
  github: { owner: acme, name: hello }
builds:
  - goos: [linux]
brews:
  - repository:
      owner: acme
      name: homebrew-tap
      token: "{{ .Env.TAP_TOKEN }}"
    license: mine
homebrew_casks:
  - name: hello-app
    binaries: [hello]
    repository: { owner: acme, name: homebrew-tap, token: "{{ .Env.TAP_TOKEN }}" }
dockers_v2:
  - images: [registry.example/acme/hello]
`

async function found(tokens: Record<string, string>): Promise<string[]> {
  await using server = await loopback(['api.github.com', 'registry.example'], (_, response) => {
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"Bad credentials"}')
  })
  await using folder = await tempFolder('preflight')
  const root = join(folder.path, 'repo')
  await mkdir(root)
  const tree = {
    '.goreleaser.yaml': CONFIG,
    'go.mod': 'module example.org/hello\n',
    'main.go': 'package main\nfunc main() {}\n',
    Dockerfile: 'FROM scratch\n',
  }
  for (const [name, text] of Object.entries(tree)) await writeFile(join(root, name), text)
  const env = { PATH: process.env['PATH'], HOME: folder.path }
  for (const argv of [
    ['init', '--quiet'],
    ['add', '.'],
    ['commit', '--quiet', '-m', 'one'],
    ['tag', 'v1.2.3'],
  ]) {
    const person = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.org']
    expect((await run(['git', ...person, ...argv], { cwd: root, env })).code).toBe(0)
  }
  const { signal } = new AbortController()
  const { plan, loaded } = await openPlan({
    root,
    env: { ...env, ...tokens },
    planSpokes: (config) => planSpokes(config, new Set()),
  })
  const io = { root, env, http: server.http, credentials: credentialsOf(tokens), signal, places: loaded }
  const events = new Events()
  const said: Diagnostic[] = await events.task('check', (task) => preflight(plan, { ...io, folder: folder.path }, task))
  return said
    .filter((one) => one.severity === 'error' || one.code === 'brew-license')
    .map(({ code, where }) => `${where?.line}:${where?.column} ${code}`)
}

test('rules, credentials and what the channels say are told with their places', async () => {
  expect(await found({ GITHUB_TOKEN: 'hub-token' })).toEqual([
    '12:14 brew-license',
    '11:14 missing-credential',
    '18:5 docker-login',
    '4:3 probe-credentials',
  ])
})

test('what two entries say of one tap is told once', async () => {
  expect(await found({ GITHUB_TOKEN: 'hub-token', TAP_TOKEN: 'tap-token' })).toEqual([
    '12:14 brew-license',
    '8:5 tap-unread',
    '18:5 docker-login',
    '4:3 probe-credentials',
  ])
})
