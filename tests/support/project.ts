import { chmod, cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { parseDocument } from 'yaml'
import { testRepository, type TestRepository } from '../../src/source/test-repository.ts'
import { CHECKOUT } from './program.ts'

/** The keys of `examples/hello` that are about a channel, each with what else only that one needs. */
const CHANNELS: Record<string, string[]> = {
  brews: [],
  homebrew_casks: [],
  scoops: [],
  winget: [],
  krews: [],
  nix: [],
  aurs: [],
  aur_sources: ['source'],
  chocolateys: [],
  dockers_v2: [],
  snapcrafts: [],
  npms: [],
  pypis: [],
}
/** What `examples/hello` has of Homebrew and npm: for what is about the release and not about channels. */
export const TAPS_AND_NPM = ['brews', 'homebrew_casks', 'npms']

/** A config of `examples/hello` with these channels only. */
export function onlyChannels(config: string, kept: string[]): string {
  const document = parseDocument(config)
  const others = Object.keys(CHANNELS).filter((key) => !kept.includes(key))
  for (const key of others.flatMap((one) => [one, ...(CHANNELS[one] ?? [])])) document.delete(key)
  return String(document)
}

/** A fresh repository with a copy of an example, one commit and the tag v1.2.3. */
export async function exampleProject(path: string, name: string, address: string): Promise<TestRepository> {
  const repository = await testRepository(path)
  const example = join(CHECKOUT, 'examples', name)
  for (const entry of await readdir(example, { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name)
    const to = relative(example, from)
    if (!entry.isFile() || to.startsWith('dist')) continue
    await cp(from, join(path, to), { recursive: true })
    // As a checkout with the usual umask has it, whatever the umask of this one was.
    await chmod(join(path, to), 0o644)
  }
  await repository.commit('feat: hello', { '.gitignore': 'dist/\n' })
  await repository.git('remote', 'add', 'origin', address)
  await repository.git('tag', 'v1.2.3')
  return repository
}

/** `examples/hello`, with every channel or with these only. */
export async function helloProject(path: string, channels?: string[]): Promise<TestRepository> {
  const repository = await exampleProject(path, 'hello', 'https://github.com/tagonce-example/hello.git')
  if (channels === undefined) return repository
  for (const name of ['.goreleaser.yaml', 'tagonce.yaml'])
    await writeFile(join(path, name), onlyChannels(await readFile(join(path, name), 'utf8'), channels))
  await repository.git('commit', '--quiet', '--all', '--amend', '--no-edit')
  await repository.git('tag', '--force', 'v1.2.3')
  return repository
}

const REPOSITORY = `    repository: { owner: acme, name: homebrew-tap, token: "{{ .Env.TAP_GITHUB_TOKEN }}" }`
/** Two targets, the tap with formula and cask, npm in both modes; nothing is compiled. */
export const SMALL_CONFIG = `version: 2
project_name: hello
builds:
  - builder: prebuilt
    targets: [linux_amd64, darwin_arm64]
    prebuilt: { path: "bin/hello_{{ .Os }}_{{ .Arch }}" }
archives:
  - name_template: "{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}"
checksum: { name_template: checksums.txt }
release: { github: { owner: acme, name: hello } }
brews:
  - name: hello
    homepage: https://example.com/hello
    description: Greets
    license: MIT
${REPOSITORY}
homebrew_casks:
  - name: hello-bin
    binaries: [hello]
    homepage: https://example.com/hello
    description: Greets
${REPOSITORY}
`
export const SMALL_OWN = `npms:
  - { name: "@acme/hello", description: Greets, license: MIT, mode: platform }
  - { name: "@acme/hello-download", description: Greets, license: MIT, mode: download }
`

export const SMALL_FILES: Record<string, string> = {
  '.goreleaser.yaml': SMALL_CONFIG,
  'tagonce.yaml': SMALL_OWN,
  '.gitignore': 'dist/\n',
  LICENSE: 'MIT\n',
  'bin/hello_linux_amd64': '#!/bin/sh\necho hello from linux\n',
  'bin/hello_darwin_arm64': '#!/bin/sh\necho hello from darwin\n',
}

/** A fresh repository with these files (of `SMALL_FILES`, unless replaced or removed by undefined), and the tag v1.2.3. */
export async function smallProject(
  path: string,
  files: Record<string, string | undefined> = {},
): Promise<TestRepository> {
  const repository = await testRepository(path)
  const all = Object.entries({ ...SMALL_FILES, ...files }).filter(
    (one): one is [string, string] => one[1] !== undefined,
  )
  await repository.commit('feat: hello', Object.fromEntries(all))
  await repository.git('remote', 'add', 'origin', 'https://github.com/acme/hello.git')
  await repository.git('tag', 'v1.2.3')
  return repository
}
