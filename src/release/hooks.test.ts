import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { openPlan } from '../plan/open.ts'
import { runBeforePublish } from './hooks.ts'
import { type Peer, peerProject } from './testing/peer.ts'

const TREE = {
  'go.mod': 'module example.org/hello\n\ngo 1.24\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  'install.tpl': '#!/bin/sh\necho {{ .Tag }} {{ .Var.name }} {{ .IsNightly }}\n',
  '.gitignore': 'dist/\nnotes.txt\n',
}
const BUILDS = 'version: 2\nproject_name: hello\nvariables: { name: ann }\nbuilds: [{ targets: [linux_amd64] }]\n'

let peer: Peer
beforeEach(async () => {
  peer = await peerProject((await tempFolder('hooks')).path, TREE)
  await peer.repository.git('tag', 'v1.0.0')
})
afterEach(() => peer[Symbol.asyncDispose]())

const notes = (): Promise<string> => readFile(join(peer.root, 'notes.txt'), 'utf8')

test('template files are part of the release, and after comes when all is there', async () => {
  const yaml = `${BUILDS}template_files: [{ src: install.tpl, dst: "scripts/install-{{ .Version }}.sh", mode: 0755 }]
after: { hooks: ["sh -c 'cat dist/scripts/install-1.0.0.sh dist/tagonce.json | head -n 2 > notes.txt'"] }
snapshot: { version_template: "{{ .Version }}" }
`
  const { sealed } = await peer.ours(yaml)
  expect(sealed.files.find((one) => one.name === 'install-1.0.0.sh')).toMatchObject({
    kind: 'file',
    path: 'dist/scripts/install-1.0.0.sh',
  })
  expect((await stat(join(peer.root, 'dist/scripts/install-1.0.0.sh'))).mode & 0o777).toBe(0o755)
  expect(await notes()).toBe('#!/bin/sh\necho v1.0.0 ann false\n')
  await expect(peer.ours(`${BUILDS}after: { hooks: ["false"] }\n`)).rejects.toThrow(
    'the hook `false` failed with status 1',
  )
  await expect(peer.ours(`${BUILDS}after: { hooks: [".tool/sign --all"] }\n`)).rejects.toThrow(
    'the hook `.tool/sign --all` can’t run: there is no file .tool/sign',
  )
})

test('a nightly build is made of a dirty commit past the tag, and nothing is published', async () => {
  await peer.repository.commit('More')
  const { plan, sealed, report } = await peer.ours(
    `${BUILDS}nightly: { version_template: "{{ incpatch .Version }}-devel" }\n`,
    {
      snapshot: false,
      nightly: true,
      skip: new Set(['validate', 'announce']),
    },
  )
  expect([plan.version, report]).toEqual(['1.0.1-devel', undefined])
  expect(sealed.files.map((one) => one.name)).toContain('hello_1.0.1-devel_linux_amd64.tar.gz')
})

test('before_publish: a command for each artifact that is asked for', async () => {
  const yaml = `${BUILDS}before_publish:
  - { artifacts: [archive, checksum], env: ["NAME={{ .ArtifactName }}"], cmd: "sh -c 'echo $NAME {{ .ArtifactExt }} >> notes.txt'" }
  - { artifacts: [binary], ids: [hello], cmd: "sh -c 'echo {{ .Os }}/{{ .Arch }} {{ .ArtifactPath }} >> notes.txt'" }
  - { ids: [other], artifacts: [archive], cmd: "false" }
  - { cmd: "false", if: "{{ .IsSnapshot }}" }
`
  const { plan, sealed } = await peer.ours(yaml, { snapshot: false, skip: new Set(['publish', 'validate']) })
  const { late, loaded } = await openPlan({ root: peer.root, env: peer.env })
  const io = {
    root: peer.root,
    env: peer.env,
    events: new Events(),
    signal: new AbortController().signal,
    stripSecrets: false,
    late,
  }
  const entries = loaded.config.before_publish ?? []
  await runBeforePublish(plan, entries, sealed.files, io, new Set(['before_publish']))
  await expect(notes()).rejects.toThrow('ENOENT')
  await runBeforePublish(plan, entries, sealed.files, io, new Set())
  expect(
    (await notes())
      .trim()
      .split('\n')
      .map((line) => line.trim())
      .toSorted(),
  ).toEqual([
    'hello_1.0.0_checksums.txt',
    'hello_1.0.0_linux_amd64.tar.gz',
    'linux/amd64 dist/hello_linux_amd64_v1/hello',
  ])
})
