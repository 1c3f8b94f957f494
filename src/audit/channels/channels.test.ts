import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { auditRepository } from '../audit.ts'
import { deploymentPlanRepository } from '../testing/deployment-plan.ts'
import { repositoryIn } from '../testing/repository.ts'
import type { ChannelFeed } from './feed.ts'

const CONFIG = `version: 2
project_name: hello
builds: [{main: ./cmd/hello, targets: [linux_amd64, darwin_arm64, windows_amd64]}]
archives: [{formats: [tar.gz], format_overrides: [{goos: windows, formats: [zip]}]}]
release: {github: {owner: o, name: hello}}
`
const BASE = 'https://github.com/o/hello/releases/download'
const WORKFLOW = (run: string): string => `on: {push: {tags: ['v*']}}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: ${run}
`

async function feeds(files: Record<string, string>): Promise<ChannelFeed[]> {
  await using folder = await tempFolder('channels')
  const repository = repositoryIn(folder.path)
  repository.write({ 'go.mod': 'module github.com/o/hello\n\ngo 1.21\n', '.goreleaser.yaml': CONFIG, ...files })
  repository.commit('one')
  repository.tag('v1.2.2')
  repository.git('remote', 'add', 'origin', 'https://github.com/o/hello.git')
  const signal = new AbortController().signal
  return (await auditRepository({ root: folder.path, env: { PATH: process.env['PATH'] }, signal })).channels
}

test('the deployment plan: the npm wrapper asks for names that nobody makes, each beside the planned one', async () => {
  await using folder = await tempFolder('channels')
  deploymentPlanRepository(folder.path)
  const { channels } = await auditRepository({
    root: folder.path,
    env: process.env,
    signal: new AbortController().signal,
  })
  expect(channels.map((one) => [one.channel, one.name, one.state])).toEqual([
    ['chocolatey', 'contextlite', 'hub-fed'],
    ['homebrew', 'contextlite', 'hub-fed'],
    ['npm', 'contextlite', 'url-mismatch'],
    ['pypi', 'contextlite', 'own bytes'],
  ])
  const npm = channels.find((one) => one.channel === 'npm')
  expect(npm?.files.map((one) => [one.key, one.wanted, one.planned, one.where.line])).toEqual([
    ['linux-x64', 'contextlite-linux-amd64.tar.gz', 'contextlite_2.0.1_linux_amd64.tar.gz', 3],
    ['darwin-arm64', 'contextlite-darwin-arm64.tar.gz', 'contextlite_2.0.1_darwin_arm64.tar.gz', 4],
    ['win32-x64', 'contextlite-windows-amd64.zip', 'contextlite_2.0.1_windows_amd64.zip', 5],
  ])
})

test.each([
  [
    'Formula/hello.rb',
    `class Hello < Formula\n  url "${BASE}/v#{version}/hello_#{version}_darwin_arm64.tar.gz"\nend\n`,
  ],
  ['Formula/hello.rb', `class Hello < Formula\n  url "${BASE}/v1.0.0/hello_1.0.0_linux_amd64.tar.gz"\nend\n`],
  [
    'bucket/hello.json',
    `{"version":"1.0.0","architecture":{"64bit":{\n"url":"${BASE}/v1.0.0/hello_1.0.0_windows_amd64.zip"}}}`,
  ],
  [
    'aur/PKGBUILD',
    `pkgname=hello-bin\nsource_x86_64=("$pkgname-$pkgver.tar.gz::${BASE}/v\${pkgver}/hello_\${pkgver}_linux_amd64.tar.gz")\n`,
  ],
  [
    'choco/tools/chocolateyinstall.ps1',
    `$url64 = "${BASE}/v$($env:ChocolateyPackageVersion)/hello_$($env:ChocolateyPackageVersion)_windows_amd64.zip"\n`,
  ],
  ['install.sh', `curl -L ${BASE}/\${TAG}/hello_\${VERSION}_\${os}_\${arch}.tar.gz | tar xz\n`],
  ['npm/install.js', `const u = '${BASE}/v' + version + '/hello_' + version + '_' + os + '_' + arch + '.tar.gz'\n`],
  ['py/hello/get.py', `url = f"${BASE}/v{version}/hello_{version}_{system}_{machine}.tar.gz"\n`],
])('%s that asks for what will be there is hub-fed', async (path, text) => {
  const [feed] = await feeds({ [path]: text })
  expect(feed).toMatchObject({ state: 'hub-fed' })
  expect(feed?.files).toHaveLength(1)
})

test.each([
  [
    'another name',
    'Formula/hello.rb',
    `class Hello < Formula\n  url "${BASE}/v#{version}/hello-darwin-arm64.tar.gz"\nend\n`,
    'hello_1.2.3_darwin_arm64.tar.gz',
  ],
  [
    'another tag',
    'install.sh',
    `curl -L ${BASE}/\${VERSION}/hello_\${VERSION}_linux_amd64.tar.gz\n`,
    'o/hello/releases/download/v1.2.3/hello_1.2.3_linux_amd64.tar.gz',
  ],
  [
    'another owner',
    'install.sh',
    `curl -L ${BASE.replace('/o/', '/old/')}/\${TAG}/hello_\${VERSION}_linux_amd64.tar.gz\n`,
    'o/hello/releases/download/v1.2.3/hello_1.2.3_linux_amd64.tar.gz',
  ],
  [
    'another format',
    'bucket/hello.json',
    `{"architecture":{"64bit":{\n"url":"${BASE}/v1.0.0/hello_1.0.0_windows_amd64.tar.gz"}}}`,
    'hello_1.2.3_windows_amd64.zip',
  ],
  [
    'nothing is made',
    'aur/PKGBUILD',
    `pkgname=hello-bin\nsource_aarch64=("${BASE}/v$pkgver/hello_\${pkgver}_linux_arm64.tar.gz")\n`,
    undefined,
  ],
])('%s is a url-mismatch', async (_, path, text, planned) => {
  const [feed] = await feeds({ [path]: text })
  expect(feed?.state).toBe('url-mismatch')
  expect(feed?.files[0]?.planned).toBe(planned)
})

test.each([
  ['npm publish', 'npm', 'own bytes'],
  ['twine upload dist/*', 'pypi', 'own bytes'],
  ['docker buildx build --push -t ghcr.io/o/hello:1 .', 'docker', 'rebuilds'],
  ['gh release download v1 && choco push hello.1.0.0.nupkg', 'chocolatey', 'hub-fed'],
  ['cargo publish', 'cargo', 'rebuilds'],
])('%s: %s is %s', async (run, channel, state) => {
  const found = await feeds({ '.github/workflows/r.yml': WORKFLOW(run) })
  expect(found.map((one) => [one.channel, one.state])).toEqual([[channel, state]])
  expect(found[0]?.publishers[0]?.where).toEqual({ file: '.github/workflows/r.yml', line: 7, column: 14 })
})

test('files of other programs are none of ours', async () => {
  const url = 'https://github.com/goreleaser/goreleaser/releases/download/v2.0.0/goreleaser_Linux_x86_64.tar.gz'
  expect(await feeds({ 'install.sh': `curl -L ${url} | tar xz\n` })).toEqual([])
})
