import { chmod, cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { testRepository, type TestRepository } from '../../src/source/test-repository.ts'
import { CHECKOUT } from './program.ts'

/** A fresh repository with a copy of `examples/hello`, one commit and the tag v1.2.3. */
export async function helloProject(path: string): Promise<TestRepository> {
  const repository = await testRepository(path)
  const example = join(CHECKOUT, 'examples', 'hello')
  for (const name of await readdir(example)) {
    if (name === 'dist') continue
    await cp(join(example, name), join(path, name))
    // As a checkout with the usual umask has it, whatever the umask of this one was.
    await chmod(join(path, name), 0o644)
  }
  await repository.commit('feat: hello', { '.gitignore': 'dist/\n' })
  await repository.git('remote', 'add', 'origin', 'https://github.com/tagonce-example/hello.git')
  await repository.git('tag', 'v1.2.3')
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
