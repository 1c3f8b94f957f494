import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findTool } from '../builders/tools.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { openPlan } from '../plan/open.ts'
import type { Plan } from '../plan/plan.ts'
import { TEST_ENV, testRepository } from '../source/test-repository.ts'
import { makePackage } from './make.ts'
import { CONFIGS, TREE } from './testing/configs.ts'
import { describePackage } from './testing/read.ts'

// The judge: the real GoReleaser (v2.16.0) packages the same project, with a stand-in for `go` that writes a small file.
const GORELEASER = process.env['GORELEASER'] ?? findTool('goreleaser', process.env, '.')
const REAL_GO = findTool('go', process.env, '.')
const READERS = ['dpkg-deb', 'rpm', 'bsdtar', 'tar', 'gzip'].filter(
  (name) => findTool(name, process.env, '.') === undefined,
)
if (GORELEASER === undefined)
  console.log('skipped: no goreleaser on the PATH or in GORELEASER; packages are not compared')
if (READERS.length > 0) console.log(`skipped: no ${READERS.join(', ')} on the PATH; packages are not compared`)

const GO = `#!/bin/sh
case "$1" in
  list) [ "$2" = -m ] && [ $# = 2 ] && { echo example.org/hello; exit 0; }; exec "${REAL_GO}" "$@";;
  version|env) exec "${REAL_GO}" "$@";;
esac
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then out=$2; fi
  shift
done
[ -z "$out" ] && exit 0
echo "program of $GOOS $GOARCH" > "$out"
`

describe.skipIf(GORELEASER === undefined || REAL_GO === undefined || READERS.length > 0)(
  'the same packages as GoReleaser',
  () => {
    let folder: Awaited<ReturnType<typeof tempFolder>>
    let env: Record<string, string | undefined>
    let root: string
    beforeAll(async () => {
      folder = await tempFolder('packages')
      root = join(folder.path, 'hello')
      await mkdir(join(folder.path, 'bin'))
      await writeFile(join(folder.path, 'bin', 'go'), GO)
      await chmod(join(folder.path, 'bin', 'go'), 0o755)
      env = { ...TEST_ENV, PATH: `${join(folder.path, 'bin')}:${process.env['PATH']}`, HOME: folder.path }
      const repository = await testRepository(root)
      await repository.commit('First', TREE)
      await repository.git('tag', 'v1.2.3')
      await repository.git('remote', 'add', 'origin', 'https://github.com/ann/hello-repository')
    })
    afterAll(() => folder[Symbol.asyncDispose]())

    it.each(Object.entries(CONFIGS))('%s', { timeout: 240_000 }, async (_, yaml) => {
      await writeFile(join(root, '.goreleaser.yaml'), yaml)
      const args = ['release', '--snapshot', '--clean', '--skip=before,archive']
      const result = await run([GORELEASER ?? '', ...args], { cwd: root, env })
      expect(`${result.code} ${result.stderr}`).toMatch(/^0 /)
      const { plan } = await openPlan({ root, env, snapshot: true })
      expect(plan.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
      await make(plan, root)
      const isPackage = (name: string): boolean => /\.(deb|rpm|apk|ipk|zst)$/.test(name)
      const theirs = (await readdir(join(root, 'dist'))).filter(isPackage).toSorted()
      // GitHub's own name for an asset with a tilde.
      const onHub = (name: string): string => name.replaceAll('~', '.')
      expect((await readdir(join(root, 'ours'))).toSorted()).toEqual(theirs.map(onHub).toSorted())
      expect(theirs.length).toBeGreaterThan(4)
      const read = join(folder.path, 'read')
      for (const name of theirs) {
        await rm(read, { recursive: true, force: true })
        const their = await describePackage(join(root, 'dist', name), join(read, 'theirs'))
        const our = await describePackage(join(root, 'ours', onHub(name)), join(read, 'ours'))
        expect({ name, ...aside(name, our) }).toEqual({ name, ...intended(name, their, plan.version) })
      }
    })
  },
)

async function make(plan: Plan, root: string): Promise<void> {
  await rm(join(root, 'ours'), { recursive: true, force: true })
  const io = {
    root,
    dist: 'ours',
    commitTimestamp: plan.source.commitTimestamp,
    binaries: new Map(plan.binaries.map((one) => [one.path, one])),
    signal: new AbortController().signal,
    env: {},
    digests: new Map(),
  }
  for (const one of plan.packages ?? []) await makePackage(one, io)
}

const TERMUX: Record<string, string> = { amd64: 'x86_64', arm64: 'aarch64', armhf: 'arm', armel: 'arm' }

/** What cannot be equal: digests over files with other times in them, and sizes of what holds such digests. */
function aside(name: string, description: Record<string, unknown>): Record<string, unknown> {
  const isArch = name.endsWith('.zst')
  const out = JSON.parse(
    JSON.stringify(description, (_, value: unknown) =>
      typeof value === 'string'
        ? value
            // GoReleaser gives files of Arch Linux no owner.
            .replace(isArch ? /^([-l]\S+ 0) \S+ \S+ / : /(?!)/, '$1 … ')
            .replace(/(datahash|builddate) = \w+/, '$1 = …')
            .replace(/\d+ … (\.PKGINFO|\.MTREE)$/, '… $1')
            .replace(/^(\.\/\.PKGINFO .*) size=.*/, '$1')
            .replace(/^(.*) \d+ … (.*\.tar\.gz)$/, '$1 … $2')
            .replaceAll(/^.*(\/changelog\.Debian\.gz)$/gm, '… $1')
        : value,
    ),
  ) as Record<string, unknown>
  if (Array.isArray(out['files']) && isArch) out['files'] = out['files'].map(String).toSorted()
  return out
}

/** Differences on purpose; docs/packages.md says why. */
function intended(name: string, their: Record<string, unknown>, version: string): Record<string, unknown> {
  const out = aside(name, their)
  const change = (key: string, by: (text: string) => string): void => {
    const value = out[key]
    if (typeof value === 'string') out[key] = by(value)
    if (Array.isArray(value)) out[key] = value.map((one: unknown) => (typeof one === 'string' ? by(one) : one))
  }
  // A field without a value is left out.
  change('control', (text) => text.replace('Section: \n', ''))
  // Links have the mode that every system gives them, and an owner.
  for (const key of ['files', 'data files']) {
    change(key, (text) =>
      text.replace(/^l[-r][-w][-x]\S{6}/, 'lrwxrwxrwx').replace(/^(l.* )0 0 0 …/, '$1root root 0 …'),
    )
    change(key, (text) => text.replace(/^(l\S+) 0\/0 /, '$1 root/root '))
  }
  // A ghost has no digest, since it has no bytes.
  change('files', (text) => text.replace(/ 64 \w+ /, ' 64  '))
  // Termux has its own words for architectures, and its dpkg refuses Debian's.
  if (name.endsWith('.termux.deb')) {
    change('control', (text) =>
      text.replace(/^Architecture: (.*)$/m, (_, arch: string) => `Architecture: ${TERMUX[arch] ?? arch}`),
    )
  }
  // The name of the machine has no place in a package.
  change('BUILDHOST', (text) => text.replace(/^(?!build\.example\.org).+/, 'localhost'))
  // A list of nothing is left out.
  if (out['conffiles'] === '\n') {
    delete out['conffiles']
    out['control files'] = (out['control files'] as string[]).filter((line) => !line.endsWith('conffiles'))
  }
  if (name.endsWith('.zst')) {
    change('.PKGINFO', (text) => text.replace('# Generated by nfpm\n', ''))
    // A prerelease is part of the version without an epoch, too.
    const [plain, ...prerelease] = version.split('-')
    change('.PKGINFO', (text) => text.replace(`pkgver = ${plain}-`, `pkgver = ${plain}${prerelease.join('_')}-`))
    // Names of folders end without a slash, as makepkg writes them, and modes have no bits of Go's own.
    change('.MTREE', (text) => text.replace(/^(.+)\/ time=/, '$1 time=').replace(/mode=2\d{7}(\d{3})/, 'mode=$1'))
  }
  return out
}
