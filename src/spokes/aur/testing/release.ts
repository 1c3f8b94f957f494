import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from '../../../core/artifact.ts'
import { run } from '../../../external/process.ts'
import type { HubReader } from '../../../hub/hub.ts'
import type { Manifest } from '../../../manifest/manifest.ts'
import { archive, manifestOf } from '../../homebrew/testing/config.ts'
import { hubOf } from '../../homebrew/testing/tap.ts'
import { settingsOf } from '../../shared/testing/units.ts'
import type { AnySpoke } from '../../spoke.ts'
import type { WorldServer } from '../../world.ts'
import type { AurUnit } from '../unit.ts'

export const PROGRAM = '#!/bin/sh\necho hello from the hub\n'
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** What an entry of `aurs` needs. */
export const ENTRY = {
  git_url: 'ssh://aur@aur.archlinux.org/hello-bin.git',
  private_key: '{{ .Env.AUR_KEY }}',
  homepage: 'https://acme.example',
  description: 'Says hello',
  license: 'MIT',
  maintainers: ['Ann <ann@acme.example>'],
  url_template: 'https://dl.acme.example/{{ .Version }}/{{ .ArtifactName }}',
}

export interface AurRelease {
  unit: AurUnit
  settings: unknown
  hub: HubReader
  manifest: Manifest
}

/** A release with real archives of a program for two processors; served by `server`. */
export async function releaseOf(
  spoke: AnySpoke,
  config: object,
  version: string,
  folder: string,
  pins: Record<string, string> = {},
): Promise<AurRelease> {
  const artifacts: Artifact[] = []
  for (const arch of ['amd64', 'arm64']) {
    const name = `hello_${version}_linux_${arch}.tar.gz`
    const bytes = await tarball(join(folder, version, arch), name)
    const binaries = [{ name: 'hello', path: 'hello', mode: '0755', size: PROGRAM.length, sha256: sha256(PROGRAM) }]
    artifacts.push(archive('linux', arch, { name, size: bytes.length, sha256: sha256(bytes), binaries }))
  }
  const source = `hello-${version}.tar.gz`
  const bytes = await tarball(join(folder, version, 'source'), source)
  artifacts.push({
    name: source,
    kind: 'source',
    id: 'default',
    format: 'tar.gz',
    size: 1,
    sha256: sha256(bytes),
    binaries: [],
  })
  const settings = settingsOf<{ name: string }>(spoke, config, { artifacts, version })
  const sealed = { spoke: spoke.name, entry: settings.name, settings, pins }
  const manifest: Manifest = { ...manifestOf({ artifacts, version, tag: `v${version}` }), spokes: [sealed] }
  const [unit] = spoke.units(manifest, settings) as AurUnit[]
  if (unit === undefined) throw new Error('no unit')
  return { unit, settings, hub: hubOf(manifest), manifest }
}

async function tarball(folder: string, name: string): Promise<Buffer> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'hello'), PROGRAM)
  await chmod(join(folder, 'hello'), 0o755)
  const made = await run(['tar', '--mtime=@0', '--sort=name', '-czf', name, 'hello'], { cwd: folder })
  if (made.code !== 0) throw new Error(made.stderr)
  return readFile(join(folder, name))
}

/** Serves the archives of all releases below the folder. */
export function downloads(folder: string): WorldServer {
  return {
    hosts: ['dl.acme.example'],
    async handle({ path }) {
      const [, version = '', name = ''] = path.split('/')
      const arch = /linux_(\w+)\.tar/.exec(name)?.[1] ?? 'source'
      const bytes = await readFile(join(folder, version, arch, name)).catch(() => undefined)
      return bytes === undefined ? new Response('', { status: 404 }) : new Response(new Uint8Array(bytes))
    },
  }
}
