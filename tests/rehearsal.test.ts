import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Event } from '../src/core/events.ts'
import { tempFolder } from '../src/core/temp.ts'
import { readLines, type LoggedRequest } from '../src/rehearsal/request-log.ts'
import { tagonce } from './support/program.ts'
import { helloProject } from './support/project.ts'

/** Where there is no Ruby, that is said instead. */
const RUBY = /^(ruby [\d.]+: read by its client|no client: .*ruby)/
const CHANNELS: [string, RegExp][] = [
  ['cask', RUBY],
  ['homebrew', RUBY],
  ['npm', /^npm [\d.]+: installed by its client, sha256:[0-9a-f]{12}/],
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
    expect(json).toMatchObject({ code: 0, stderr: '' })

    // Equal digests.
    const digests = await readFile(join(first, 'digests.txt'), 'utf8')
    expect(digests.split('\n').filter((line) => /^[0-9a-f]{64} {2}\S+$/.test(line))).toHaveLength(7)
    expect(await readFile(join(second, 'digests.txt'), 'utf8')).toBe(digests)

    // The table, and the page's path.
    const rows = plain.stdout.split('\n').map((line) => line.split(/ {2,}/))
    expect(rows).toContainEqual(['channel', 'name', 'state', 'done', 'evidence'])
    expect(rows).toContainEqual(['hub', 'tagonce-example/hello', 'live', 'the manifest of v1.2.4'])
    for (const [channel, evidence] of CHANNELS) {
      const row = [channel, expect.any(String), 'live', 'published, verified', expect.stringMatching(evidence)]
      expect(rows).toContainEqual(row)
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
    expect(final?.type === 'rehearsal' && final.clients.map((one) => one.text).toSorted()).toEqual([
      // The announcement of Slack, which went to the recorder.
      'no client: nothing is installed from it',
      expect.stringMatching(CHANNELS[2]?.[1] ?? ''),
      expect.stringMatching(CHANNELS[2]?.[1] ?? ''),
      expect.stringMatching(RUBY),
      expect.stringMatching(RUBY),
    ])

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
    expect(released.stderr).toContain('info all 7 files have the digests of the rehearsal [as-rehearsed]')
    const remembered = join(project, '.git', 'tagonce', 'rehearsal.json')
    await writeFile(remembered, (await readFile(remembered, 'utf8')).replace(digests.slice(0, 8), '00000000'))
    const differing = await tagonce(args, { cwd: project, env: SECRETS })
    expect(differing.stderr).toMatch(
      /warning 1 file differs from the rehearsal of v1\.2\.4: hello_\S+ \[not-as-rehearsed\]/,
    )

    // No credential of the user's anywhere: neither told nor in a file, in whatever form.
    const forms = Object.values(SECRETS).flatMap((one) => [one, encodeURIComponent(one), base64(one)])
    const told = `${plain.all}${json.all}${released.all}`
    expect(forms.filter((form) => told.includes(form))).toEqual([])
    expect(await filesWith(folder.path, forms)).toEqual([])
    // The check sees what it looks for.
    expect(await filesWith(second, ['rehearsal-github-token'])).not.toEqual([])
  }, 180_000)
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
