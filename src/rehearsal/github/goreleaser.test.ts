import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../external/process.ts'
import { withGithub, type GithubUnderTest } from './testing.ts'

/** The pinned real GoReleaser: from the environment, else from the PATH. */
const goreleaser = [process.env['GORELEASER'] ?? '', ...pathOf('goreleaser')].find(
  (one) => one !== '' && existsSync(one),
)
if (goreleaser === undefined) console.warn('skipped: no goreleaser in GORELEASER or on the PATH')

const CONFIG = `version: 2
project_name: hello
builds:
  - tool: ./stand-in
    goos: [linux, darwin]
    goarch: [amd64, arm64]
    env: [CGO_ENABLED=0]
archives:
  - formats: [tar.gz]
changelog:
  use: github
release:
  github: { owner: acme, name: hello }
brews:
  - repository: { owner: acme, name: homebrew-tap }
    directory: Formula
`

test.skipIf(goreleaser === undefined)(
  'the real GoReleaser releases into it through github_urls, tap and all',
  async () => {
    await using world = await withGithub()
    const base = `${world.world.origin}/_`
    const urls = `github_urls:\n  api: ${base}/api.github.com/\n  upload: ${base}/uploads.github.com/\n`
    const project = await makeProject(world, `${CONFIG}${urls}`)
    const first = await release(world, project, { PATH: process.env['PATH'] ?? '', HOME: world.folder })
    expect(first).toEqual({ code: 0, log: expect.stringContaining('release succeeded') })
    await checkRelease(world, project)
    const requests = world.world.requests().filter((one) => one.mutating)
    expect(requests.map((one) => one.status).filter((status) => status >= 500)).toEqual([])
    // Run again, it replaces what it can and says what it cannot: the fake refuses what GitHub refuses.
    const second = await release(world, project, { PATH: process.env['PATH'] ?? '', HOME: world.folder })
    expect(second.log).toContain('already_exists')
  },
)

test.skipIf(goreleaser === undefined)(
  'the real GoReleaser finds it at the public addresses, through the proxy',
  async () => {
    await using world = await withGithub({ proxy: true })
    const project = await makeProject(world, CONFIG)
    const { code, log } = await release(world, project, world.world.clientEnv(join(world.folder, 'home')))
    expect({ code, log }).toEqual({ code: 0, log: expect.stringContaining('release succeeded') })
    await checkRelease(world, project)
    expect(world.world.refusals()).toEqual([])
  },
)

/** A project with one tag, whose compiler is a script that writes a program. */
async function makeProject(world: GithubUnderTest, config: string): Promise<string> {
  const folder = join(world.folder, 'project')
  await mkdir(folder)
  const compiler =
    '#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\nprintf "#!/bin/sh\\necho hello $GOOS $GOARCH\\n" > "$2"\n'
  await writeFile(join(folder, 'stand-in'), compiler)
  await chmod(join(folder, 'stand-in'), 0o755)
  await writeFile(join(folder, 'main.go'), 'package main\n\nfunc main() {}\n')
  await writeFile(join(folder, 'go.mod'), 'module example.com/hello\n\ngo 1.22\n')
  await writeFile(join(folder, '.goreleaser.yaml'), config)
  await writeFile(join(folder, '.gitignore'), 'dist/\n')
  const git = async (...args: string[]): Promise<void> => {
    const { code, stderr } = await run(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: folder,
    })
    expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' })
  }
  await git('init', '-q', '-b', 'main')
  await git('remote', 'add', 'origin', 'https://github.com/acme/hello.git')
  await git('add', '.')
  await git('commit', '-q', '-m', 'feat: first')
  await git('tag', 'v0.9.0')
  await git('commit', '-q', '--allow-empty', '-m', 'feat: second')
  await git('tag', 'v1.0.0')
  await world.seed.repository({ name: 'acme/hello', from: folder })
  await world.seed.repository({ name: 'acme/homebrew-tap', files: { 'README.md': '# tap\n' } })
  return folder
}

async function release(
  world: GithubUnderTest,
  project: string,
  env: Record<string, string>,
): Promise<{ code: number; log: string }> {
  const { code, stdout, stderr } = await run([goreleaser ?? '', 'release', '--clean', '--skip=validate'], {
    cwd: project,
    env: { ...env, GITHUB_TOKEN: world.token },
    timeout: 60_000,
  })
  return { code, log: `${stdout}${stderr}` }
}

/** What stands in the release is what stands in dist, byte for byte, and the formula names it. */
async function checkRelease(world: GithubUnderTest, project: string): Promise<void> {
  const repo = { owner: 'acme', repo: 'hello' }
  const { data } = await world.octokitOf().request('GET /repos/{owner}/{repo}/releases/latest', repo)
  expect(data.assets.map((one) => one.name).sort()).toEqual(
    [
      'hello_1.0.0_checksums.txt',
      ...['darwin_amd64', 'darwin_arm64', 'linux_amd64', 'linux_arm64'].map((one) => `hello_1.0.0_${one}.tar.gz`),
    ].sort(),
  )
  for (const asset of data.assets) {
    const got = Buffer.from(await (await world.http.request(asset.browser_download_url)).arrayBuffer())
    const made = readFileSync(join(project, 'dist', asset.name))
    expect(got.equals(made)).toBe(true)
    expect(asset.digest).toBe(`sha256:${createHash('sha256').update(made).digest('hex')}`)
  }
  expect(data.body).toContain('feat: second')
  const formula = await world.http.request('https://raw.githubusercontent.com/acme/homebrew-tap/main/Formula/hello.rb')
  const text = await formula.text()
  for (const asset of data.assets.filter((one) => one.name.endsWith('.tar.gz'))) {
    expect(text).toContain(`${asset.name}"`)
    expect(text).toContain(asset.digest?.slice('sha256:'.length))
  }
}

function pathOf(tool: string): string[] {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, tool))
}
