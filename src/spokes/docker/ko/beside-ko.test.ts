import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findTool } from '../../../builders/tools.ts'
import { tempFolder } from '../../../core/temp.ts'
import { hasJudge, judgeRegistry } from '../../../external/oci-registry-testing.ts'
import { ociRegistry } from '../../../external/oci-registry.ts'
import type { OciRegistry } from '../../../external/oci-registry.ts'
import { run } from '../../../external/process.ts'
import type { OciConfig, OciManifest } from '../../../formats/oci-types.ts'
import { readTar } from '../../../formats/tar-reader.ts'
import { layerTar } from '../base.ts'
import { channel, localHttp, publishAll, sealed } from '../testing/release.ts'

const GORELEASER = process.env['GORELEASER'] ?? findTool('goreleaser', process.env, '.')
const able = GORELEASER !== undefined && hasJudge && findTool('go', process.env, '.') !== undefined
if (!able)
  console.log('skipped: images are not compared with those of ko; goreleaser, go and docker-registry are needed')

const KO = `base_image: HOST/acme/base:1
    base_import_paths: true
    sbom: none
    labels: { told: "{{ .Version }}" }
    annotations: { said: hello }
    user: "1000"
    creation_time: "1700000000"
    ko_data_creation_time: "1600000000"
`
const FILES = {
  'go.mod': 'module example.org/hello\n\ngo 1.22\n',
  'main.go': 'package main\n\nfunc main() { println("hello") }\n',
  'kodata/site/index.html': '<p>hello</p>',
  'kodata/a b': 'x',
}

test.skipIf(!able)('the image is the one that ko makes in GoReleaser', { timeout: 120_000 }, async () => {
  await using folder = await tempFolder('beside-ko')
  await using judge = await judgeRegistry(folder.path)
  const http = localHttp()
  const io = await channel(http, folder.path)
  const base = 'FROM scratch\nENV PATH=/usr/bin SSL=/etc/ssl\nUSER 65532\nLABEL base=1\nCMD ["x"]\nCOPY README /etc/\n'
  const flags = 'extra_files: [README], sbom: false, flags: ["--provenance=false"], platforms: [linux/amd64]'
  const yaml = `dockers_v2: [{ images: ["${judge.host}/acme/base"], tags: ["1"], ${flags} }]\n`
  await publishAll((await sealed({ yaml, files: { Dockerfile: base, README: 'base' } }, io)).hub, io)

  const settings = KO.replace('HOST', judge.host)
  const build = 'project_name: hello\nbuilds:\n  - goos: [linux]\n    goarch: [amd64]\n    env: [CGO_ENABLED=0]\n'
  const kos = (repository: string): string => `kos:\n  - repositories: ["${judge.host}/${repository}"]\n    ${settings}`
  await theirs(join(folder.path, 'theirs'), `version: 2\n${build}release: { disable: true }\n${kos('theirs')}`)
  const own = await sealed({ builds: `${build}    no_main_check: true\n`, yaml: kos('ours'), files: FILES }, io)
  const report = await publishAll(own.hub, io)
  expect(report.channels.flatMap((one) => one.units.map((unit) => unit.observation.state))).toEqual(['live'])

  const registry = ociRegistry(judge.host, { http })
  const ours = await read(registry, 'ours/hello', folder.path)
  expect(ours).toEqual(await read(registry, 'theirs/hello', folder.path))
})

/** Releases with the real GoReleaser; it pushes to the judge. */
async function theirs(root: string, config: string): Promise<void> {
  await mkdir(join(root, 'kodata', 'site'), { recursive: true })
  for (const [name, text] of Object.entries({ ...FILES, '.goreleaser.yaml': config, '.gitignore': 'dist\n' }))
    await writeFile(join(root, name), text)
  const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org']
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...who, 'commit', '-qm', 'One'],
    ['tag', 'v1.2.3'],
    ['remote', 'add', 'origin', 'https://github.com/acme/hello.git'],
  ])
    await run(['git', ...args], { cwd: root })
  const env = { ...process.env, GITHUB_TOKEN: 'x', KO_DOCKER_REPO: undefined, DOCKER_HOST: 'tcp://127.0.0.1:1' }
  const { code, stderr } = await run([GORELEASER ?? '', 'release', '--clean'], { cwd: root, env })
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
}

/** Everything but the program's own bytes and what follows from them, and the annotation that tells the version. */
async function read(registry: OciRegistry, repository: string, folder: string): Promise<object> {
  const found = await registry.manifest(repository, 'latest')
  const manifest = JSON.parse(found!.bytes.toString()) as OciManifest
  const blob = async (digest: string): Promise<string> => {
    const path = join(folder, `${repository.replace('/', '-')}-${digest.replace(':', '-')}`)
    await registry.blob(repository, digest, path)
    return path
  }
  const { rootfs, ...config } = JSON.parse(await readFile(await blob(manifest.config.digest), 'utf8')) as OciConfig
  const { 'org.opencontainers.image.version': _, ...annotations } = manifest.annotations ?? {}
  const members: string[] = []
  for (const descriptor of manifest.layers) {
    const path = await blob(descriptor.digest)
    for await (const { name, type, mode, uid, gid, mtime } of readTar(layerTar({ descriptor, path }), {
      anyName: true,
    }))
      members.push(`${type} ${name.replace(/^\/|\/$/g, '')} ${mode.toString(8)} ${uid}:${gid} ${mtime}`)
  }
  const mediaTypes = [found?.mediaType, ...manifest.layers.map((one) => one.mediaType)]
  return { config, annotations, members: members.toSorted(), layers: rootfs.diff_ids.length, mediaTypes }
}
