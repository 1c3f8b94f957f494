import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { peerProject } from './testing/peer.ts'

test(
  'an image that cannot be made holds up nothing else of a snapshot; skip_push does not count there',
  { timeout: 60_000 },
  async () => {
    await using folder = await tempFolder('images')
    await using peer = await peerProject(folder.path, {
      'go.mod': 'module example.org/hello\n\ngo 1.24\n',
      'main.go': 'package main\n\nfunc main() {}\n',
      '.gitignore': 'dist/\n',
      Good: 'FROM scratch\nCOPY hello /\n',
      Bad: 'FROM scratch\nCOPY nothing /\n',
      Gone: 'FROM 127.0.0.1:9/gone@sha256:0\nCOPY hello /\n',
    })
    await peer.repository.git('tag', 'v1.0.0')
    const yaml = `version: 2
project_name: hello
builds: [{ goos: [linux], goarch: [amd64], flags: [-trimpath] }]
dockers:
  - { image_templates: ['127.0.0.1:9/a/hello:1'], dockerfile: Good, skip_push: true }
  - { image_templates: ['127.0.0.1:9/a/bad:1'], dockerfile: Bad }
  - { image_templates: ['127.0.0.1:9/a/gone:1'], dockerfile: Gone }
docker_manifests: [{ name_template: '127.0.0.1:9/a/all:1', image_templates: ['127.0.0.1:9/a/gone:1'] }]
`
    const { events } = await peer.ours(yaml, { snapshot: true })
    const warned = events.flatMap((one) =>
      one.type === 'diagnostic' && one.diagnostic.code === 'no-image' ? [one.diagnostic.message] : [],
    )
    expect(warned).toEqual([
      'docker 127.0.0.1:9/a/bad:1: its image is not in dist: Bad:2:6: there is no nothing in the build context, which holds Dockerfile, hello',
      expect.stringMatching(/^docker 127.0.0.1:9\/a\/gone:1: its image is not in dist: /),
      'docker 127.0.0.1:9/a/all:1: its image is not in dist: it has 127.0.0.1:9/a/gone:1, which is not made',
    ])
    const told = JSON.parse(await readFile(join(peer.root, 'dist', 'artifacts.json'), 'utf8')) as { name: string }[]
    expect(told.filter((one) => one.name.startsWith('127')).map((one) => one.name)).toEqual(['127.0.0.1:9/a/hello:1'])
  },
)
