import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { credentialsOf } from '../core/credentials.ts'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { withGithub } from '../rehearsal/github/testing.ts'
import { release } from '../release.ts'
import { peerProject } from './testing/peer.ts'

const TREE = {
  'go.mod': 'module example.org/hello\n\ngo 1.24\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  'about.tmpl': '{{ .ProjectName }} {{ .Version }}, {{ .Metadata.License }}\n',
  'docs/a.md': 'a\n',
  '.gitignore': 'dist/\n',
}
const CONFIG = `version: 2
project_name: hello
metadata: { license: MIT }
builds: [{ targets: [linux_amd64] }]
release:
  github: { owner: acme, name: hello }
  include_meta: true
  discussion_category_name: Announcements
  extra_files: [docs/*.md, { glob: go.mod, name_template: "hello-{{ .Version }}.mod" }]
  templated_extra_files: [{ src: about.tmpl, dst: about.txt }]
  header: "sums:\\n{{ .Checksums }}"
changelog: { use: github, format: "{{ .Message }} {{ .AuthorUsername }}" }
sboms: [{ cmd: noisy, args: ["$document"] }]
signs: [{ cmd: noisy, artifacts: all, args: ["$signature"] }]
binary_signs: [{ cmd: noisy, args: ["$signature"] }]
`

it(
  'a release whose tools write other bytes each time is published once; run again, nothing is sent',
  { timeout: 60_000 },
  async () => {
    await using folder = await tempFolder('twice')
    await using world = await withGithub()
    await mkdir(join(folder.path, 'peer'))
    const peer = await peerProject(join(folder.path, 'peer'), TREE)
    const noisy = join(folder.path, 'peer', 'bin', 'noisy')
    await writeFile(noisy, '#!/bin/sh\nod -An -N16 -tx1 /dev/urandom > "$1"\n')
    await chmod(noisy, 0o755)
    await writeFile(join(peer.root, '.goreleaser.yaml'), CONFIG)
    await peer.repository.git('tag', 'v1.0.0')
    await peer.repository.commit('feat: more')
    await peer.repository.git('tag', 'v1.1.0')
    await world.seed.repository({ name: 'acme/hello', from: peer.root })

    const publish = async (): Promise<Awaited<ReturnType<typeof release>>> => {
      const events = new Events()
      const run = await tempFolder('twice-run')
      const io = {
        events,
        env: peer.env,
        credentials: credentialsOf({ GITHUB_TOKEN: world.token }),
        http: world.http,
        signal: new AbortController().signal,
        folder: run.path,
        stripSecrets: false,
      }
      return release({ root: peer.root, snapshot: false, clean: true, skip: new Set() }, io)
    }
    const first = await publish()
    expect(first.report?.hub).toMatchObject({ state: 'live' })
    const [shown] = (
      await world.octokit.request('GET /repos/{owner}/{repo}/releases', { owner: 'acme', repo: 'hello' })
    ).data
    expect(shown?.assets.map((one) => one.name).toSorted()).toEqual([
      'a.md',
      'about.txt',
      'hello-1.1.0.mod',
      'hello_1.1.0_checksums.txt',
      'hello_1.1.0_checksums.txt.sig',
      'hello_1.1.0_linux_amd64.tar.gz',
      'hello_1.1.0_linux_amd64.tar.gz.sbom.json',
      'hello_1.1.0_linux_amd64.tar.gz.sbom.json.sig',
      'hello_1.1.0_linux_amd64.tar.gz.sig',
      'hello_linux_amd64',
      'metadata.json',
      'tagonce.json',
    ])
    expect(shown?.body).toMatch(
      /^sums:\n[0-9a-f]{64} {2}hello_1\.1\.0_linux_amd64\.tar\.gz\n[0-9a-f]{64} {2}.*sbom\.json\n\n## Changelog\n\* feat: more /,
    )
    const writes = (): number => world.world.requests().filter((one) => one.mutating).length
    const before = writes()
    const second = await publish()
    expect(second.report?.hub.state).toBe('live')
    expect(writes()).toBe(before)
    const digests = (one: typeof first): string[] => one.sealed.files.map(({ name, sha256 }) => `${sha256} ${name}`)
    expect(digests(second)).toEqual(digests(first))
  },
)
