import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { GORELEASER, type Peer, peerProject } from './testing/peer.ts'

// The judge: the real GoReleaser (v2.16.0) makes the same release, with stand-ins for go and for the tools that sign and catalogue.
if (GORELEASER === undefined)
  console.log('skipped: no goreleaser on the PATH or in GORELEASER; releases are not compared')

const TREE = {
  'go.mod': 'module example.org/hello\n\ngo 1.24\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  LICENSE: 'MIT\n',
  'README.md': '# hello\n',
  'docs/a.md': 'a\n',
  'docs/b.md': 'b\n',
  '.gitattributes': 'docs/b.md export-ignore\n',
  '.gitignore': 'dist/\nextra/\n',
}

const BUILDS = `version: 2
project_name: hello
builds:
  - goos: [linux, windows, darwin]
    goarch: [amd64, arm64]
    ignore: [{ goos: windows, goarch: arm64 }]
`

const ARCHIVES = `${BUILDS}before: { hooks: ["sh -c 'mkdir -p extra; echo x > extra/x.txt'"] }
archives:
  - formats: [tar.gz, tgz, tar, tar.xz, txz, tar.zst, tzst, zip]
    wrap_in_directory: true
    builds_info: { owner: root, group: root, mtime: "{{ .CommitDate }}" }
    files: [LICENSE, { src: "docs/*.md", dst: manual, info: { mode: 0600 } }, { src: extra/*, strip_parent: true }]
  - id: single
    name_template: "one_{{ .Os }}_{{ .Arch }}"
    files: [none*]
    formats: [gz, xz]
    format_overrides: [{ goos: windows, formats: [none] }]
  - id: files
    meta: true
    name_template: "{{ .ProjectName }}-docs"
    formats: [tar.gz, zip]
    files: [docs/*]
  - id: bare
    formats: [binary]
source:
  enabled: true
  name_template: "{{ .ProjectName }}-src-{{ .Version }}"
  prefix_template: "{{ .ProjectName }}-{{ .Version }}/"
  files: [{ src: extra/x.txt, dst: generated }]
checksum:
  name_template: SUMS
  extra_files: [{ glob: LICENSE, name_template: "LICENSE-{{ .Version }}" }, { glob: "./docs/*.md" }]
  ids: [default, files]
report_sizes: true
metadata: { mod_timestamp: "{{ .CommitTimestamp }}" }
`

const SIGNED = `${BUILDS}env: [MARK_CONFIG=config]
archives:
  - formats: [tar.gz]
  - { id: bare, formats: [binary], name_template: "bare_{{ .Os }}_{{ .Arch }}" }
source: { enabled: true, format: zip }
sboms:
  - cmd: stand-in-syft
    args: ["$artifact", "--file=\${document}", "{{ .Os }}-{{ .Arch }}", "$artifactID", "{{ .Env.MARK_SBOM }}"]
    env: ["MARK_SBOM={{ .ArtifactName }}-\${artifact}", "note_in_dist=NOTES"]
  - id: programs
    artifacts: binary
    cmd: stand-in-syft
    env: ["note_in_dist=NOTES"]
    args: ["$artifact", "--file=$document0"]
  - id: src
    artifacts: source
    documents: ["\${artifact}.{{ .ProjectName }}.json"]
    cmd: stand-in-syft
    env: ["note_in_dist=NOTES"]
    args: ["x=$document"]
  - id: any
    artifacts: any
    documents: [one.json, two.json]
    cmd: stand-in-syft
    env: ["note_in_dist=NOTES"]
    args: ["x=$document0", "y=$document1"]
  - { id: off, cmd: stand-in-syft, disable: "{{ .IsSnapshot }}" }
signs:
  - cmd: stand-in-sign
    artifacts: checksum
    stdin: "secret-{{ .Env.MARK_CONFIG }}-\${artifactName}"
    env: ["MARK_A={{ .ProjectName }}", "MARK_B={{ .Env.MARK_A }}-b"]
    certificate: '{{ trimsuffix (trimsuffix .Env.artifactName ".zip") ".tar.gz" }}.pem'
    args: ["--stdin", "--out", "\${signature}", "--cert", "$certificate", "\${artifact}", "\${artifactID}", "$unknown", "{{ .Env.MARK_B }}"]
  - id: all
    cmd: stand-in-sign
    artifacts: all
    signature: "\${artifact}.{{ .ProjectName }}.sig"
    args: ["--out", "$signature", "$artifact"]
  - { id: archives, cmd: stand-in-sign, artifacts: archive, ids: [bare], signature: "\${artifact}.no" }
  - { id: binaries, cmd: stand-in-sign, artifacts: binary, ids: [bare], signature: "\${artifact}.{{ .Os }}.b", args: ["--out", "$signature"] }
  - { id: boms, cmd: stand-in-sign, artifacts: sbom, ids: [src], signature: "\${artifact}.s", args: ["--out", "$signature"] }
  - { id: src, cmd: stand-in-sign, artifacts: source, signature: "\${artifact}.src", args: ["--out", "$signature"] }
  - { id: nothing }
binary_signs:
  - { cmd: stand-in-sign, args: ["--out", "$signature", "$artifact", "$artifactName"] }
  - { id: off, artifacts: none }
`

const SPLIT = `${BUILDS}archives: [{ formats: [zip] }]
source: { enabled: true }
sboms: [{ cmd: stand-in-syft, args: ["x=$document"], env: ["note_in_dist=NOTES"] }]
checksum: { split: true, algorithm: ALGORITHM, name_template: "{{ .ArtifactName }}.{{ .Os }}.{{ .Algorithm }}" }
`

const CHANGELOGS: Record<string, string> = {
  'as it is by default': '{}',
  'sorted and filtered': '{ sort: asc, abbrev: 7, filters: { exclude: ["^docs:", "(?i)MERGE", typo] } }',
  'descending, what is to be kept': '{ sort: desc, abbrev: -1, filters: { include: ["^feat", "^fix"] } }',
  'in groups': `
  groups:
    - { title: Others, order: 999 }
    - { title: Never, regexp: "x" }
  abbrev: 4`,
  'in groups, with patterns': `
  sort: asc
  groups:
    - { title: Features, regexp: '^.*?feat(\\([[:word:]]+\\))??!?:.+$', order: 0 }
    - { title: "Bugs", regexp: '^.*?fix(\\([[:word:]]+\\))??!?:.+$', order: 2 }
    - { regexp: '^docs', order: 1 }
    - { title: Others, order: 999 }`,
  'by a template': `
  format: '{{ .SHA }} {{ .Message }} by {{ .AuthorName }} <{{ .AuthorEmail }}>{{ .AuthorUsername }}{{ range .Authors }} [{{ .Name }} {{ .Email }} {{ .Username }}]{{ end }}{{ .Logins }} in {{ .ProjectName }} {{ .Tag }}'`,
}

describe.skipIf(GORELEASER === undefined)('the same as GoReleaser', () => {
  let peer: Peer
  beforeAll(async () => {
    peer = await peerProject((await tempFolder('peer')).path, TREE)
    await peer.repository.git('tag', 'v1.0.0')
  })
  afterAll(() => peer[Symbol.asyncDispose]())

  const notes = (yaml: string): string => yaml.replaceAll('=NOTES', `=${join(peer.root, '..', 'notes')}`)
  const own = (files: string[]): string[] => files.filter((one) => one !== 'tagonce.json')
  const without = (artifacts: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(artifacts).filter(([key]) => !key.startsWith('tagonce.json ')))

  it('archives of every format, sources, checksums, sizes', { timeout: 120_000 }, async () => {
    const { theirs, ours } = await peer.both(ARCHIVES, { snapshot: true })
    // What is left over of packing the sources.
    expect(own(ours.files)).toEqual(theirs.files.filter((one) => !one.endsWith('.bkp')))
    expect(without(ours.artifacts)).toEqual(theirs.artifacts)
    const archives = ours.files.filter((one) => /\.(tar.*|t[gxz][a-z]*|zip)$/.test(one))
    expect(archives.length).toBeGreaterThan(40)
    for (const name of archives)
      expect([name, ...(await ours.members(name))]).toEqual([name, ...(await theirs.members(name))])
    const names = (sums: string): string => sums.replaceAll(/^[0-9a-f]+/gm, '')
    expect(names(await ours.read('SUMS'))).toBe(names(await theirs.read('SUMS')))
    expect(await ours.read('SUMS')).toContain('  LICENSE-')
  })

  it('what signs and catalogues is called alike, and gives the same files', { timeout: 120_000 }, async () => {
    const { theirs, ours } = await peer.both(notes(SIGNED), { snapshot: true })
    expect(ours.calls).toEqual(theirs.calls)
    expect(ours.calls.length).toBeGreaterThan(40)
    expect(own(ours.files)).toEqual(theirs.files)
    expect(without(ours.artifacts)).toEqual(theirs.artifacts)
    const sums = await ours.read(ours.files.find((one) => one.endsWith('checksums.txt')) ?? '')
    expect(sums).toContain('.sbom.json\n')
    expect(sums).not.toContain('.sig')
  })

  it('one checksum file for each, in every algorithm', { timeout: 240_000 }, async () => {
    const all = 'sha256 sha512 sha1 sha224 sha384 sha3-256 sha3-512 sha3-224 sha3-384 blake2b blake2s blake3 crc32 md5'
    for (const algorithm of all.split(' ')) {
      const { theirs, ours } = await peer.both(notes(SPLIT).replace('ALGORITHM', algorithm), { snapshot: true })
      expect(own(ours.files)).toEqual(theirs.files)
      expect(without(ours.artifacts)).toEqual(theirs.artifacts)
      // The bytes of the documents are the same, so their digests must be.
      const one = ours.files.find((name) => name.includes('sbom.json.') && name.endsWith(algorithm)) ?? ''
      expect([algorithm, await ours.read(one)]).toEqual([algorithm, await theirs.read(one)])
    }
    expect(createHash('md5').update('document\n').digest('hex')).toMatch(/^[0-9a-f]{32}$/)
  })

  it.each(Object.entries(CHANGELOGS))('the changelog %s', { timeout: 60_000 }, async (_, yaml) => {
    for (const message of [
      'feat: one',
      'fix(core): two',
      'docs: three',
      'feat(x)!: four',
      'Merge branch',
      'a typo',
      'ünïcode 𝒳',
    ]) {
      await peer.repository.commit(
        `${message}\n\nbody\n\nCo-authored-by: Bo B <1+bo@users.noreply.github.com>\nCo-authored-by: none`,
      )
    }
    const config = `${BUILDS}changelog: ${yaml}\n`
    const { theirs, ours } = await peer.both(config, { snapshot: false, skip: ['publish'] })
    expect(await ours.read('CHANGELOG.md')).toBe(await theirs.read('CHANGELOG.md'))
    expect((await readFile(join(ours.dist, 'CHANGELOG.md'), 'utf8')).split('\n').length).toBeGreaterThan(4)
  })
})
