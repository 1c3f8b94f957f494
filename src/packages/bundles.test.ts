import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findTool } from '../builders/tools.ts'
import type { TagonceError } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { planOf, told } from '../plan/test-plan.ts'
import { GORELEASER, type Peer, peerProject } from '../release/testing/peer.ts'

/** Whether a judge is there; a line says when it is not. */
function has(...names: string[]): boolean {
  const missing = names.filter((name) => findTool(name, process.env, '.') === undefined)
  if (missing.length > 0) console.log(`skipped: no ${missing.join(', ')} on the PATH`)
  return missing.length === 0
}

const SPEC = `Name: {{ .PackageName }}
Version: 1.2.3
Release: 1
Summary: {{ .Summary }}
License: {{ .License }}
Source0: {{ .Source }}
BuildArch: noarch
%description
{{ .Description }}
%prep
%setup -q -n hello
%install
mkdir -p %{buildroot}/usr/bin
install -m 755 {{ range $name, $path := .Bins }}{{ $name }}{{ end }}.sh %{buildroot}/usr/bin/hello
%files
/usr/bin/hello
`
const TREE = {
  'hello.sh': '#!/bin/sh\necho hello\n',
  'hello.spec': SPEC,
  'setup.sh': '#!/bin/sh\necho "installs $* from $(ls | tr "\\n" " ")in $USER_PWD"\n[ "$1" != fail ] || exit 7\n',
  'LICENSE.txt': "Ann's license\n",
  'docs/a.md': 'a\n',
  'go.mod': 'module example.org/hello\n',
  'main.go': 'package main\n\nfunc main() {}\n',
}
const HEAD = `version: 2
project_name: hello
builds: [{ goos: [linux], goarch: [amd64] }]
archives: [{ files: [none*] }]
`
const SRPM = `${HEAD}source: { enabled: true, prefix_template: "hello/" }
srpm:
  enabled: true
  summary: Says hello
  description: It says hello to all who are there
  license: MIT
  maintainer: Ann <ann@example.org>
  spec_file: hello.spec
`
const MAKESELF = `${HEAD}makeselfs:
  - name: "Hello {{ .Version }}"
    script: setup.sh
    description: says hello
    maintainer: Ann
    keywords: [greeting, cli]
    files: [{ src: docs, dst: manual }, { src: LICENSE.txt }]
`

/** GoReleaser has no manifest. */
function withoutManifest(artifacts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(artifacts).filter(([name]) => !name.startsWith('tagonce.json ')))
}

async function project(folder: string): Promise<Peer> {
  const peer = await peerProject(folder, TREE)
  await peer.repository.git('tag', 'v1.2.3')
  return peer
}

test.skipIf(!has('rpm', 'rpm2cpio', 'cpio'))(
  'rpm reads a source package, and its spec builds',
  { timeout: 120_000 },
  async () => {
    await using folder = await tempFolder('srpm')
    const peer = await project(folder.path)
    const { root } = peer
    const { sealed } = await peer.ours(SRPM, { skip: new Set(['validate']) })
    const made = sealed.files.find((one) => one.kind === 'srpm')
    expect(made?.files).toEqual([expect.stringMatching(/^hello-1\.2\.\d.*\.tar\.gz$/), 'hello.srpm.spec'])
    const file = join(root, made?.path ?? '')
    const asked = await run([
      'rpm',
      '-qp',
      '--nosignature',
      '--qf',
      '%{NAME} %{VERSION} %{SOURCEPACKAGE} %{SOURCERPM} %{SUMMARY}\n[%{FILENAMES} %{FILEUSERNAME}\n]',
      file,
    ])
    expect(asked.stdout).toContain('hello 1.2.')
    expect(asked.stdout).toContain(' 1 (none) Says hello\n')
    expect(asked.stdout).toContain('hello.srpm.spec mockbuild\n')
    expect((await run(['rpm', '-K', '--nosignature', file])).stdout).toContain('digests OK')
    const names = await run(['sh', '-c', 'rpm2cpio "$1" | cpio -t --quiet', 'sh', file])
    expect(names.stdout.split('\n').filter(Boolean)).toEqual(made?.files)
    if (!has('rpmbuild')) return
    const top = join(folder.path, 'rpmbuild')
    const built = await run(['rpmbuild', '--rebuild', '--define', `_topdir ${top}`, file])
    expect(`${built.code} ${built.stderr}`).toMatch(/^0 /)
    const listed = await run(['rpm', '-qpl', join(top, 'RPMS/noarch/hello-1.2.3-1.noarch.rpm')])
    expect(listed.stdout).toBe('/usr/bin/hello\n')
  },
)

test.skipIf(GORELEASER === undefined)(
  'the source package tells what that of GoReleaser tells',
  { timeout: 120_000 },
  async () => {
    await using folder = await tempFolder('srpm-peer')
    const peer = await project(folder.path)
    // GoReleaser 2.16 documents `summary` and refuses it.
    const { theirs, ours } = await peer.both(SRPM.replace('  summary: Says hello\n', ''), { snapshot: true })
    expect(ours.files.filter((one) => one !== 'tagonce.json')).toEqual(theirs.files)
    expect(withoutManifest(ours.artifacts)).toEqual(theirs.artifacts)
    expect(await ours.read('hello.srpm.spec')).toBe(await theirs.read('hello.srpm.spec'))
    const name = ours.files.find((one) => one.endsWith('.src.rpm')) ?? ''
    const ask = async (dist: string): Promise<string> =>
      (
        await run([
          'rpm',
          '-qp',
          '--nosignature',
          '--qf',
          '%{NAME}|%{VERSION}|%{RELEASE}|%{ARCH}|%{LICENSE}|%{SUMMARY}|%{DESCRIPTION}|%{PACKAGER}|%{OS}',
          join(dist, name),
        ])
      ).stdout
    expect(await ask(ours.dist)).toBe(await ask(theirs.dist))
  },
)

test.each(['gzip', 'xz', 'none', 'bzip2'])(
  'a self-extracting archive runs its script (%s)',
  { timeout: 60_000 },
  async (word) => {
    if (word === 'bzip2' && !has('bzip2')) return
    await using folder = await tempFolder('makeself')
    const peer = await project(folder.path)
    const { root } = peer
    const { sealed } = await peer.ours(`${MAKESELF}    compression: ${word}\n`)
    const made = sealed.files.find((one) => one.kind === 'makeself')
    expect(made?.path).toMatch(/^dist\/makeself\/default\/linuxamd64\/hello_.*_linux_amd64\.run$/)
    const file = join(root, made?.path ?? '')
    const sh = (...args: string[]): ReturnType<typeof run> => run(['sh', file, ...args], { cwd: folder.path })
    const ran = await sh('--quiet', '--', 'one', 'two')
    expect(ran.stdout).toBe(`installs one two from LICENSE.txt hello manual package.lsm setup.sh in ${folder.path}\n`)
    expect(ran.stderr).toBe('')
    expect((await sh('--', 'fail')).code).toBe(7)
    expect((await sh('--check')).stderr).toBe('SHA256 checksums are OK. All good.\n')
    expect((await sh('--lsm')).stdout).toMatch(
      /^Begin4\nTitle: Hello 1\.2\.\d.*\nVersion: .*\nDescription: says hello\nKeywords: greeting, cli\nAuthor: Ann\nMaintained-by: Ann\nPlatforms: linuxamd64\nEnd\n$/,
    )
    expect((await sh('--tar', 'tf')).stdout).toBe(
      './\n./LICENSE.txt\n./hello\n./manual/a.md\n./package.lsm\n./setup.sh\n',
    )
    expect((await sh('--noexec', '--target', 'here')).code).toBe(0)
    expect(await readFile(join(folder.path, 'here/manual/a.md'), 'utf8')).toBe('a\n')
    expect((await sh('--odd')).code).toBe(1)
    const bytes = await readFile(file)
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1
    await writeFile(file, bytes)
    const broken = await sh('--quiet')
    expect([broken.code, broken.stdout, broken.stderr.split(':')[0]]).toEqual([2, '', 'Error in checksums'])
  },
)

test.skipIf(!has('busybox', 'dash', 'bash'))(
  'any shell runs it, with the options that it was made with',
  { timeout: 60_000 },
  async () => {
    await using folder = await tempFolder('makeself-options')
    const peer = await project(folder.path)
    const { root } = peer
    const args = '    extra_args: ["--license", LICENSE.txt, "--target", "$HOME/x y", "--nooverwrite", "--nox11"]\n'
    const { sealed } = await peer.ours(MAKESELF + args)
    const file = join(root, sealed.files.find((one) => one.kind === 'makeself')?.path ?? '')
    for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh']]) {
      const sh = (...more: string[]) => run([...shell, file, ...more], { cwd: folder.path, input: 'n\n' })
      const refused = await sh()
      expect([refused.code, refused.stdout.split('\n')[0]]).toEqual([0, "Ann's license"])
      const ran = await sh('--accept', '--quiet')
      expect(ran.stdout).toContain('installs  from LICENSE.txt')
      // The folder is called as it is written: nothing of it is run by the shell.
      expect((await sh('--accept')).stderr).toContain('Target directory $HOME/x y already exists')
      await rm(join(folder.path, '$HOME'), { recursive: true })
    }
  },
)

test.skipIf(GORELEASER === undefined || !has('makeself'))(
  'a self-extracting archive has the name and the files of makeself',
  { timeout: 120_000 },
  async () => {
    await using folder = await tempFolder('makeself-peer')
    const peer = await project(folder.path)
    const { theirs, ours } = await peer.both(MAKESELF, { snapshot: true })
    expect(withoutManifest(ours.artifacts)).toEqual(theirs.artifacts)
    const run1 = theirs.files.find((one) => one.endsWith('.run')) ?? ''
    expect(ours.files).toContain(run1)
    const skip = /^skip="(\d+)"/m.exec(await theirs.read(run1))?.[1] ?? ''
    const theirsIn = await run([
      'sh',
      '-c',
      'tail -n +$(($2 + 1)) "$1" | tar tzf - | sort',
      'sh',
      join(theirs.dist, run1),
      skip,
    ])
    const oursIn = await run(['sh', join(ours.dist, run1), '--tar', 'tf'])
    expect(oursIn.stdout.split('\n').filter((one) => !one.endsWith('/'))).toEqual(
      theirsIn.stdout.split('\n').filter((one) => !one.endsWith('/')),
    )
  },
)

test(
  'flatpak-builder is called as GoReleaser calls it, and told of before anything is built',
  { timeout: 60_000 },
  async () => {
    await using folder = await tempFolder('flatpak')
    const peer = await project(folder.path)
    const { root } = peer
    const yaml = `${HEAD}flatpak: [{ app_id: org.example.Hello, runtime: org.freedesktop.Platform, runtime_version: "24.08", sdk: org.freedesktop.Sdk, finish_args: ["--share=network"] }]\n`
    const there = findTool('flatpak-builder', process.env, '.') !== undefined
    const codes = await peer.ours(yaml).then(
      () => [],
      (error: TagonceError) => error.diagnostics.map((one) => one.code),
    )
    expect(codes).toEqual(there ? [] : ['tool-missing', 'tool-missing'])
    const bin = join(folder.path, 'bin')
    await mkdir(bin, { recursive: true })
    const tool =
      '#!/bin/sh\necho "$(basename "$0") $*" >> calls\nfor one; do case "$one" in *.flatpak) echo bundle > "$one";; esac; done\n'
    for (const name of ['flatpak-builder', 'flatpak']) {
      await writeFile(join(bin, name), tool)
      await chmod(join(bin, name), 0o755)
    }
    const { sealed, plan } = await peer.ours(yaml)
    const made = sealed.files.find((one) => one.kind === 'flatpak')
    const where = join(root, plan.flatpaks?.[0]?.folder ?? '')
    expect(where).toMatch(/dist\/flatpak\/hello_.*_linux_amd64\/x86_64$/)
    expect(await readFile(join(where, 'calls'), 'utf8')).toBe(
      `flatpak-builder --force-clean --arch=x86_64 --default-branch=${plan.version} --repo=repo build org.example.Hello.json\n` +
        `flatpak build-bundle --arch=x86_64 repo ${made?.name} org.example.Hello ${plan.version}\n`,
    )
    expect(JSON.parse(await readFile(join(where, 'org.example.Hello.json'), 'utf8'))).toMatchObject({
      command: 'hello',
      'finish-args': ['--share=network'],
      modules: [{ 'build-commands': ['install -Dm755 hello /app/bin/hello'] }],
    })
  },
)

test.each([
  ['srpm: { enabled: true, spec_file: a.spec }', 'no-source'],
  ['srpm: { enabled: true }\nsource: { enabled: true }', 'srpm-spec'],
  ['srpm: { enabled: true, spec_file: ../a.spec }\nsource: { enabled: true }', 'srpm-spec'],
  ['makeselfs: [{}]', 'makeself-script'],
  ['makeselfs: [{ script: /etc/passwd }]', 'makeself-script'],
  ['makeselfs: [{ script: a.sh, goos: [plan9] }]', 'no-binaries'],
  ['makeselfs: [{ script: a.sh, extra_args: ["--gpg-encrypt"] }]', 'not-built'],
  ['makeselfs: [{ script: a.sh }, { script: b.sh }]', 'duplicate-id'],
  ['flatpak: [{ app_id: a.b.C, runtime: r, sdk: s }]', 'missing-key'],
  ['flatpak: [{ app_id: ../../C, runtime: r, sdk: s, runtime_version: "1" }]', 'flatpak-id'],
])('%s is told before anything is built', async (yaml, code) => {
  expect(told(await planOf(`${HEAD}${yaml}\n`)).join('\n')).toContain(code)
})
