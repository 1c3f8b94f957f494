import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TagonceError } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import { type Peer, peerProject } from './testing/peer.ts'

const TREE = {
  'go.mod': 'module example.org/hello\n\ngo 1.24\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  'docs/a.md': 'a\n',
  'docs/secret.md': 'not for the archive\n',
  'notes.tmpl': '{{ .ProjectName }} {{ .Version }} for {{ .Os }}/{{ .Arch }}\n',
  'whole.tmpl': '{{ .Tag }} {{ .Metadata.License }} {{ englishJoin .Metadata.Maintainers }}\n',
  '.gitattributes': 'docs/secret.md export-ignore\n',
  '.gitignore': 'dist/\n',
}
const BUILDS = 'version: 2\nproject_name: hello\nbuilds: [{ targets: [linux_amd64] }]\n'

let peer: Peer
beforeEach(async () => {
  peer = await peerProject((await tempFolder('make')).path, TREE)
  await peer.repository.git('tag', 'v1.0.0')
})
afterEach(() => peer[Symbol.asyncDispose]())

const publishing = { snapshot: false, skip: new Set(['publish', 'validate']) }
const named = (files: PackedArtifact[], pattern: RegExp): PackedArtifact => {
  const found = files.find((one) => pattern.test(one.name))
  if (found === undefined) throw new Error(`no ${pattern} in ${files.map((one) => one.name).join(', ')}`)
  return found
}
const path = (one: PackedArtifact): string => join(peer.root, one.path)
const failure = async (yaml: string): Promise<TagonceError> => {
  const error: unknown = await peer.ours(`${BUILDS}${yaml}`).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(TagonceError)
  return error as TagonceError
}

it('the sources are what git archive gives, whatever the umask of the user', async () => {
  await peer.repository.git('config', 'tar.umask', '0077')
  const yaml = `${BUILDS}source: { enabled: true, format: FORMAT, prefix_template: "x/" }\n`
  const { sealed } = await peer.ours(yaml.replace('FORMAT', 'tar.gz'), publishing)
  const source = named(sealed.files, /^hello-1\.0\.0\.tar\.gz$/)
  const theirs = await run(['git', '-c', 'tar.umask=0002', 'archive', '--prefix=x/', 'v1.0.0^{commit}'], {
    cwd: peer.root,
    env: peer.env,
  })
  expect(gunzipSync(await readFile(path(source))).equals(theirs.bytes)).toBe(true)
  expect(theirs.stdout).not.toContain('not for the archive')
  expect(source).toMatchObject({ kind: 'source', format: 'tar.gz', binaries: [] })
  const again = await peer.ours(yaml.replace('FORMAT', 'zip'), publishing)
  const { stdout } = await run(['unzip', '-Z1', path(named(again.sealed.files, /\.zip$/))])
  expect(stdout.trim().split('\n')).toEqual(
    ['.gitattributes', '.gitignore', 'docs/a.md', 'go.mod', 'main.go', 'notes.tmpl', 'whole.tmpl'].map(
      (one) => `x/${one}`,
    ),
  )
})

it('what git has is not added to the sources once more', async () => {
  const error = await failure('source: { enabled: true, files: [docs/a.md] }\n')
  expect(error.message).toMatch(/^hello-.*\.tar\.gz holds docs\/a\.md already$/)
})

it('gz is the program alone, with its name and time; more than one file is refused', async () => {
  const { sealed } = await peer.ours(`${BUILDS}archives: [{ formats: [gz], files: [none*] }]\n`, publishing)
  const bytes = await readFile(path(named(sealed.files, /\.gz$/)))
  expect(gunzipSync(bytes).toString()).toBe('linux/amd64\n')
  expect(bytes.subarray(10, 16).toString()).toBe('hello\0')
  expect(bytes.readUInt32LE(4)).toBe(Date.parse('2026-01-01T01:00:00Z') / 1000)
  const error = await failure('archives: [{ formats: [gz], files: [docs/a.md] }]\n')
  expect(error.message).toBe('gz compresses one file, but there are 2: docs/a.md, hello')
})

it('files that are templates, and hooks before and after an archive', async () => {
  const yaml = `${BUILDS}archives:
  - formats: [tar]
    files: [none*]
    templated_files: [{ src: notes.tmpl, dst: "doc/{{ .Os }}.txt", mode: 0600 }]
    hooks:
      before: [{ cmd: "sh -c 'echo {{ .ArtifactName }} {{ .Format }} > docs/made.txt'" }]
      after: sh -c 'ls dist/*.tar > docs/after.txt'
  - { id: files, meta: true, name_template: docs, formats: [tar], files: [docs/made.txt] }
`
  const { sealed } = await peer.ours(yaml, { ...publishing, parallelism: 1 })
  const archive = named(sealed.files, /^hello.*\.tar$/)
  const { stdout } = await run(['tar', 'xOf', path(archive), 'doc/linux.txt'])
  expect(stdout).toBe('hello 1.0.0 for linux/amd64\n')
  expect((await run(['tar', 'tvf', path(archive)])).stdout).toMatch(/^-rw-------.*doc\/linux\.txt$/m)
  expect(archive.files).toEqual(['doc/linux.txt'])
  expect(await readFile(join(peer.root, 'docs/made.txt'), 'utf8')).toBe('hello_1.0.0_linux_amd64.tar tar\n')
  expect(await readFile(join(peer.root, 'docs/after.txt'), 'utf8')).toContain('dist/hello_1.0.0_linux_amd64.tar')
  expect((await failure('archives: [{ templated_files: [{ src: missing.tmpl }] }]\n')).message).toBe(
    'missing.tmpl could not be read (ENOENT)',
  )
  expect((await failure('archives: [{ meta: true, name_template: docs, files: [none*] }]\n')).message).toMatch(
    /would be empty$/,
  )
})

it('extra files are summed or uploaded as asked, and only that', async () => {
  const yaml = `${BUILDS}metadata: { license: MIT, maintainers: [Ann, Bo] }
checksum: { name_template: SUMS, extra_files: [{ glob: go.mod, name_template: "{{ .Tag }}.mod" }] }
release:
  github: { owner: ann, name: hello }
  include_meta: true
  extra_files: [docs/*.md, { glob: main.go, name_template: "main-{{ .Version }}.txt" }]
  templated_extra_files: [{ src: whole.tmpl, dst: "about-{{ .Version }}.txt" }]
`
  // Everything is made as for publishing; nothing is sent, for there is no token.
  const { plan } = await peer.ours(yaml, publishing)
  expect(plan.extraFiles).toEqual([])
  await peer.repository.commit('More')
  const error: unknown = await peer
    .ours(yaml, { snapshot: false, skip: new Set(['validate']) })
    .catch((caught: unknown) => caught)
  expect((error as TagonceError).diagnostics.map((one) => one.code)).toContain('missing-credential')
  const snapshot = await peer.ours(yaml)
  const sums = await readFile(join(peer.root, 'dist/SUMS'), 'utf8')
  const hex = createHash('sha256').update(TREE['go.mod']).digest('hex')
  expect(sums).toContain(`${hex}  v1.0.0.mod\n`)
  expect(snapshot.sealed.files.some((one) => one.kind === 'file')).toBe(false)
})

it('header and footer have the checksums: a text, or a map where each file has its own', async () => {
  const release = 'release: { github: { owner: ann, name: hello }, footer: FOOTER }\n'
  const one = await peer.ours(`${BUILDS}${release.replace('FOOTER', '"sums:\\n{{ .Checksums }}"')}`, publishing)
  const archive = named(one.sealed.files, /tar\.gz$/)
  expect(one.sealed.body).toMatch(new RegExp(`\\n\\nsums:\\n${archive.sha256}  ${archive.name}\\n\\n$`))
  const split = 'source: { enabled: true }\nchecksum: { split: true }\n'
  const footer = '"{{ range $path, $sum := .Checksums }}{{ $path }}={{ $sum }} {{ end }}"'
  const two = await peer.ours(`${BUILDS}${split}${release.replace('FOOTER', footer)}`, publishing)
  const source = named(two.sealed.files, /^hello-1\.0\.0\.tar\.gz$/)
  expect(two.sealed.body).toContain(`\n${source.path}=${source.sha256} ${archive.path}=${archive.sha256} \n`)
})

it('what is passed over is frozen for a later run, and a snapshot has none', async () => {
  await peer.repository.commit('Image', { Dockerfile: 'FROM scratch\nCOPY hello /hello\n' })
  await peer.repository.git('tag', 'v1.1.0')
  const yaml = `${BUILDS}dockers: [{ goarch: amd64, image_templates: ["ghcr.io/ann/hello:{{ .Version }}"] }]\n`
  const skip = new Set(['docker', 'publish', 'validate'])
  const later = await peer.ours(yaml, { snapshot: false, skip })
  expect(later.sealed.manifest.spokes.map(({ pins }) => Object.keys(pins))).toEqual([['file:Dockerfile']])
  const never = await peer.ours(yaml, { snapshot: true, skip })
  expect(never.sealed.manifest.spokes).toMatchObject([{ spoke: 'docker', pins: {}, skip: '--skip docker' }])
})
