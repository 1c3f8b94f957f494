import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { PROGRAM, type Ran, plainEnv } from './support/program.ts'
import { run } from '../src/external/process.ts'
import { helloProject } from './support/project.ts'
import { namespace, tool } from './support/tools.ts'

// Addresses and names for documentation (RFC 5737, RFC 2606): nobody is there, and no packet may go out to look.
const DIALS = `fetch('http://192.0.2.1/').catch(() => {})`
const UNSHARE = await namespace('-n')
const IP = tool('ip')
const hooks = (more: string): string => `version: 2
project_name: hello
before: { hooks: ["${more}"] }
builds: [{ env: [CGO_ENABLED=0], targets: [linux_amd64, darwin_arm64], flags: [-trimpath] }]
release: { github: { owner: acme, name: hello } }
`

describe.skipIf(UNSHARE === undefined || IP === undefined)('on a machine whose only network is loopback', () => {
  test('examples/hello is rehearsed whole with --offline, and nothing is dialled', async () => {
    await using folder = await tempFolder('loopback')
    await helloProject(join(folder.path, 'hello'))
    const { ran, dialled } = await inLoopback(folder.path, 'hello')
    expect(ran).toMatchObject({ code: 0 })
    for (const channel of ['hub', 'cask', 'homebrew', 'npm', 'docker', 'pypi', 'chocolatey', 'scoop', 'winget']) {
      expect(ran.stdout).toMatch(new RegExp(`^${channel} .* live `, 'm'))
    }
    expect(dialled).toBe(0)
  }, 180_000)

  test('a hook that dials out in silence is caught by the same count', async () => {
    await using folder = await tempFolder('loopback')
    const project = await helloProject(join(folder.path, 'hello'))
    await project.commit('feat: dial', { '.goreleaser.yaml': hooks(`node -e \\"${DIALS}\\"`), 'tagonce.yaml': '' })
    const { ran, dialled } = await inLoopback(folder.path, 'hello')
    expect(ran).toMatchObject({ code: 0 })
    expect(dialled).toBeGreaterThan(0)
  })

  test('a host that the local world does not have is refused with its name, and not dialled', async () => {
    await using folder = await tempFolder('loopback')
    const project = await helloProject(join(folder.path, 'hello'))
    const urls = 'github_urls: { api: https://ghe.example.com/api/v3/, upload: https://ghe.example.com/api/uploads/ }\n'
    await project.commit('feat: own hub', { '.goreleaser.yaml': hooks('true') + urls, 'tagonce.yaml': '' })
    const { ran, dialled } = await inLoopback(folder.path, 'hello')
    expect(ran).toMatchObject({ code: 1 })
    expect(ran.stderr).toContain('error the hub: ghe.example.com has no route here and is not dialled')
    expect(dialled).toBe(0)
  })

  test('a module that is not on the machine is not fetched with --offline; that is said', async () => {
    await using folder = await tempFolder('loopback')
    const project = await helloProject(join(folder.path, 'hello'))
    await project.commit('feat: needs a module', {
      '.goreleaser.yaml': hooks('true'),
      'tagonce.yaml': '',
      'go.mod': 'module example.com/hello\n\ngo 1.21\n\nrequire example.com/far v1.0.0\n',
      'more.go': 'package main\n\nimport _ "example.com/far"\n',
    })
    const { ran, dialled } = await inLoopback(folder.path, 'hello')
    expect(ran).toMatchObject({ code: 1 })
    expect(ran.stderr).toContain('module lookup disabled by GOPROXY=off')
    expect(dialled).toBe(0)
  })
})

/** A rehearsal with --offline where only loopback is; how many packets found no way out is the system's own count. */
async function inLoopback(folder: string, project: string): Promise<{ ran: Ran; dialled: number }> {
  const script = `ip link set lo up && "$@"; code=$?; cat /proc/net/snmp /proc/net/snmp6 > "$COUNT"; exit $code`
  const count = join(folder, 'count')
  await mkdir(join(folder, 'rehearsal'))
  const program = [process.execPath, PROGRAM, 'rehearse', '--offline', '--folder', join(folder, 'rehearsal')]
  const { code, stdout, stderr } = await run([...(UNSHARE ?? []), 'sh', '-c', script, 'sh', ...program], {
    cwd: join(folder, project),
    env: plainEnv({ COUNT: count }),
    timeout: 180_000,
  })
  const { stdout: text } = await run(['cat', count])
  return { ran: { code, stdout, stderr, all: `${stdout}${stderr}` }, dialled: noRoutes(text) }
}

/** `OutNoRoutes` of IPv4 and IPv6 (proc(5)). */
function noRoutes(text: string): number {
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('Ip:'))
    .map((line) => line.split(' '))
  const four = Number(values[names.indexOf('OutNoRoutes')])
  const six = Number(/^Ip6OutNoRoutes\s+(\d+)$/m.exec(text)?.[1])
  return four + six
}
