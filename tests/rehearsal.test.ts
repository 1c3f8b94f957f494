import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Event } from '../src/core/events.ts'
import { tempFolder } from '../src/core/temp.ts'
import { readLines, type LoggedRequest } from '../src/rehearsal/request-log.ts'
import { tagonce } from './support/program.ts'
import { helloProject } from './support/project.ts'
import { tool } from './support/tools.ts'

/** Where a client is missing, that is said instead. */
const proof = (client: string, how: string): RegExp =>
  new RegExp(`^(${client} [\\w.+-]+( and skopeo [\\d.]+)?: ${how}|no client: |not rehearsed: )`)
const INSTALLED = 'installed by its client, sha256:[0-9a-f]{12}'
/** Every entry of the example, with the evidence in its row. */
const CHANNELS: [channel: string, name: string, evidence: RegExp][] = [
  ['aur', 'tagonce-hello-bin', proof('makepkg', INSTALLED)],
  ['aur-source', 'tagonce-hello', proof('makepkg', 'installed by its client$')],
  ['cask', 'hello-bin', proof('ruby', 'read by its client$')],
  ['chocolatey', 'tagonce-hello', proof('NuGet', 'read by its client$')],
  ['docker', 'ghcr.io/tagonce-example/hello:1.2.4', proof('(podman|skopeo)', '(installed|read) by its client')],
  ['homebrew', 'hello', proof('ruby', 'read by its client$')],
  ['krew', 'hello', /^Krew schema v1alpha2: schema only$/],
  ['nix', 'hello', proof('nix-instantiate', 'read by its client$')],
  ['npm', '@tagonce-example/hello', proof('npm', INSTALLED)],
  ['npm', '@tagonce-example/hello-download', proof('npm', INSTALLED)],
  ['pypi', 'tagonce-hello', proof('pip', INSTALLED)],
  ['scoop', 'hello', /^Scoop schema draft-07: schema only$/],
  ['snap', 'tagonce-hello', proof('snap', 'read by its client, sha256:[0-9a-f]{12}')],
  ['winget', 'TagonceExample.Hello', /^winget schema 1\.12\.0: schema only$/],
]
const SECRETS = {
  GITHUB_TOKEN: 'ghp_realTokenOfTheUser/+1',
  TAP_GITHUB_TOKEN: 'ghp_realTokenOfTheTap=2',
  NPM_TOKEN: 'npm_realTokenOfTheUser',
  SIGNING_KEY: 'the key, with blanks & more',
  DEPLOY_PASSWORD: 'correct horse battery staple',
}

describe('examples/hello, copied into a fresh repository and rehearsed twice', () => {
  test('gives equal digests of every file, a table with the evidence of real clients, and a page', async () => {
    await using folder = await tempFolder('rehearsal')
    const project = join(folder.path, 'hello')
    const repository = await helloProject(project)
    const config = await readFile(join(project, '.goreleaser.yaml'), 'utf8')
    // The environment as hooks see it stands in the output, and so would a credential in it.
    const hooks = config.replace('    - go vet ./...\n', '    - cmd: env\n      output: true\n')
    expect(hooks).not.toBe(config)
    const publishers = 'publishers:\n  - name: custom\n    cmd: touch ran\nannounce:\n  slack:\n    enabled: true\n'
    await repository.commit('feat: hooks', { '.goreleaser.yaml': `${hooks}${publishers}`, 'own.txt': 'changed' })
    const first = join(folder.path, 'first')
    const second = join(folder.path, 'second')

    const plain = await tagonce(['rehearse', '--folder', first], { cwd: project, env: SECRETS })
    expect(plain).toMatchObject({ code: 0 })
    const json = await tagonce(['--json', 'rehearse', '--folder', second], { cwd: project, env: SECRETS })
    // What a client said comes first: it says more than the exit code.
    expect(json.stdout.match(/client failed: [^"]*/g)).toBe(null)
    expect(json).toMatchObject({ code: 0, stderr: '' })

    // Equal digests.
    const digests = await readFile(join(first, 'digests.txt'), 'utf8')
    expect(digests.split('\n').filter((line) => /^[0-9a-f]{64} {2}\S+$/.test(line))).toHaveLength(8)
    expect(await readFile(join(second, 'digests.txt'), 'utf8')).toBe(digests)

    // The table, and the page's path.
    const rows = plain.stdout.split('\n').map((line) => line.split(/ {2,}/))
    expect(rows).toContainEqual(['channel', 'name', 'state', 'done', 'evidence'])
    expect(rows).toContainEqual(['hub', 'tagonce-example/hello', 'live', 'the manifest of v1.2.4'])
    const spokes = rows.slice(rows.findIndex(([channel]) => channel === 'hub') + 1)
    for (const [channel, name, evidence] of CHANNELS) {
      const row = spokes.find((one) => one[0] === channel && one[1] === name)
      expect(row?.at(-1)).toMatch(evidence)
      expect(row?.slice(2, -1)).toEqual(row?.[2] === 'skipped' ? ['skipped'] : ['live', 'published, verified'])
    }
    expect(plain.stdout).toContain(`report: ${join(first, 'report.html')}`)
    const page = await readFile(join(first, 'report.html'), 'utf8')
    expect(page).toContain('<svg')
    expect(page).toMatch(/npm \d+\.\d+\.\d+: installed by its client/)
    expect(page).toContain(digests.slice(0, 64))
    expect(page).not.toMatch(/<script|<link|src=|@import|url\(/)

    // Publishing again sent nothing that could change something; the world's own log says so.
    const events = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Event | Final)
    const again = events.find((one) => one.type === 'task.start' && one.title === 'again')
    const final = events.find((one) => one.type === 'rehearsal')
    const requests = readLines<LoggedRequest>(join(second, 'world', 'requests.ndjson'))
    const since = requests.filter((one) => Date.parse(one.at) >= (again?.type === 'task.start' ? again.at : 0))
    expect(since.length).toBeGreaterThan(20)
    expect(since.filter((one) => one.mutating)).toEqual([])
    expect(requests.filter((one) => one.mutating && one.who === 'tagonce').length).toBeGreaterThan(15)
    expect(final).toMatchObject({ exitCode: 0, sentAgain: [] })
    // The announcement of Slack went to the recorder, and nothing is installed from it.
    expect(final?.type === 'rehearsal' && final.clients.map((one) => one.text)).toContain(
      'no client: nothing is installed from it',
    )

    // Hooks ran without credentials; custom publishers did not run, which is said.
    const seen = events.filter((one) => one.type === 'task.log').map((one) => one.line)
    expect(seen.some((line) => line.startsWith('PATH='))).toBe(true)
    expect(seen.filter((line) => /TOKEN|PASSWORD|_KEY/.test(line))).toEqual([])
    const skipped = events.flatMap((one) => (one.type === 'task.end' && one.state === 'skipped' ? [one.note] : []))
    expect(skipped).toContain('--skip publishers')
    expect(plain.stderr).toContain('--skip publishers')
    expect(await readdir(join(second, 'clone'))).not.toContain('ran')

    // The release of the same tag says that it made what was rehearsed, and where it did not.
    await repository.git('tag', 'v1.2.4')
    const args = ['release', '--clean', '--skip', 'publish,publishers']
    const released = await tagonce(args, { cwd: project, env: SECRETS })
    expect(released.stderr).toContain('info all 8 files have the digests of the rehearsal [as-rehearsed]')
    const remembered = join(project, '.git', 'tagonce', 'rehearsal.json')
    await writeFile(remembered, (await readFile(remembered, 'utf8')).replace(digests.slice(0, 8), '00000000'))
    const differing = await tagonce(args, { cwd: project, env: SECRETS })
    expect(differing.stderr).toMatch(
      /warning 1 file differs from the rehearsal of v1\.2\.4: hello[-_]\S+ \[not-as-rehearsed\]/,
    )

    // No credential of the user's anywhere: neither told nor in a file, in whatever form.
    const forms = Object.values(SECRETS).flatMap((one) => [one, encodeURIComponent(one), base64(one)])
    const told = `${plain.all}${json.all}${released.all}`
    expect(forms.filter((form) => told.includes(form))).toEqual([])
    expect(await filesWith(folder.path, forms)).toEqual([])
    // The check sees what it looks for.
    expect(await filesWith(second, ['rehearsal-github-token'])).not.toEqual([])
  }, 400_000)

  test('on a machine that has git and Go only, it names each client that is missing, and what is not rehearsed', async () => {
    await using folder = await tempFolder('rehearsal')
    const project = join(folder.path, 'hello')
    await helloProject(project)
    const bin = join(folder.path, 'bin')
    await mkdir(bin)
    for (const name of ['git', 'go', 'sh', 'uname', 'cat']) await symlink(tool(name) ?? '', join(bin, name))
    const env = { PATH: bin }
    const ran = await tagonce(['rehearse', '--folder', join(folder.path, 'rehearsal')], { cwd: project, env })
    expect(ran).toMatchObject({ code: 0 })
    const rows = ran.stdout.split('\n').map((line) => line.split(/ {2,}/))
    const evidence = Object.fromEntries(rows.map((row) => [row[0], row.at(-1)]))
    expect(evidence).toMatchObject({
      aur: 'not rehearsed: no ssh on this machine',
      homebrew: 'no client: no ruby on this machine',
      chocolatey: expect.stringContaining('no client: NuGet is not on this machine'),
      docker: 'no client: neither skopeo nor podman is on this machine',
      npm: 'no client: npm is not on this machine',
      nix: 'no client: no nix-instantiate on this machine',
      pypi: expect.stringContaining('no client: '),
      snap: 'not rehearsed: no mksquashfs on this machine',
    })
  }, 120_000)
})

interface Final {
  type: 'rehearsal'
  exitCode: number
  sentAgain: string[]
  clients: { text: string }[]
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Files below a folder that hold one of the texts. */
async function filesWith(folder: string, texts: string[]): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const content = await readFile(path)
    if (texts.some((text) => content.includes(text))) found.push(path)
  }
  return found
}
