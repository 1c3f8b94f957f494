import type { BinaryInside } from '../../core/artifact.ts'
import { fileChunks } from '../../formats/file-chunks.ts'
import type { NpmFile } from '../../formats/npm-tarball.ts'
import { npmText } from '../../formats/npm-tarball.ts'
import type { HubReader } from '../../hub/hub.ts'
import { documentsIn } from './documents.ts'
import { extraFiles } from './pins.ts'
import { gitUrl } from './git-url.ts'
import { platformPackage, programPath } from './platforms.ts'
import type { NpmPlatform } from './platforms.ts'
import type { NpmSettings } from './settings.ts'
import { shims } from './shims/shims.generated.ts'
import type { NpmUnit } from './units.ts'
import { programIn } from './program.ts'

/** What a package must hold: checked in our own tarball before it is sent, and in what users get. */
export interface Expected {
  path: string
  sha256?: string
}

/** A package, ready to be packed. */
export interface NpmContent {
  manifest: { name: string; version: string; [key: string]: unknown }
  files: NpmFile[]
  expected: Expected[]
}

/** The files of a package. Names, bytes and digests come from the hub only. */
export async function contentOf(unit: NpmUnit, hub: HubReader): Promise<NpmContent> {
  if (unit.role === 'platform') return platformContent(unit, unit.platform, hub)
  const { settings } = unit
  const platform = settings.platforms.find((one) => one.word === 'linux-x64') ?? settings.platforms[0]
  const extra = extraFiles(hub.manifest, settings)
  const own = new Set(extra.map((one) => one.path))
  const found = platform === undefined ? [] : await documentsIn(hub, platform)
  const documents = [...found.filter((one) => !own.has(one.path)), ...extra]
  const programs = [...new Set(settings.platforms.flatMap((one) => one.programs.map((program) => program.name)))].sort()
  const mode = settings.mode === 'platform' ? platformMode(settings, unit.version) : downloadMode(settings, hub)
  const manifest = {
    ...settings.extra,
    ...described(settings, unit.name, unit.version, settings.description),
    ...(settings.keywords.length === 0 ? {} : { keywords: settings.keywords }),
    bin: Object.fromEntries(programs.map((name) => [name, `bin/${name}.js`])),
    type: 'commonjs',
    ...mode.manifest,
  }
  const table = { name: unit.name, version: unit.version, bugs: settings.bugs, ...mode.table }
  const files = [
    npmText('package.json', `${JSON.stringify(manifest, null, 2)}\n`),
    ...programs.map((name) => npmText(`bin/${name}.js`, stub(name), true)),
    ...Object.entries(mode.lib).map(([path, text]) => npmText(`lib/${path}`, text)),
    npmText('lib/table.json', `${JSON.stringify(table, null, 1)}\n`),
    ...(documents.some((one) => /^readme/i.test(one.path)) ? [] : [npmText('README.md', readme(settings, programs))]),
    ...documents,
  ]
  return { manifest, files, expected: programs.map((name) => ({ path: `bin/${name}.js` })) }
}

async function platformContent(unit: NpmUnit, platform: NpmPlatform, hub: HubReader): Promise<NpmContent> {
  const { settings } = unit
  const files: NpmFile[] = []
  const expected: Expected[] = []
  const binaries: BinaryInside[] = []
  for (const program of platform.programs) {
    const { artifact, binary } = programIn(hub.manifest, program)
    const source = await hub.binary(artifact, binary.path)
    const path = programPath(program.name, platform.os)
    const content = (): AsyncIterable<Uint8Array> => fileChunks(source, binary.size)
    files.push({ path, executable: true, body: { type: 'file', size: binary.size, content } })
    expected.push({ path, sha256: binary.sha256 })
    binaries.push(binary)
  }
  const libc = libcOf(platform, binaries)
  const manifest = {
    ...described(settings, unit.name, unit.version, `The ${platform.word} program of ${settings.name}`),
    os: [platform.os],
    cpu: platform.cpu,
    ...(libc === undefined ? {} : { libc: [libc] }),
    // Yarn keeps packages zipped otherwise, and a program cannot be started inside a zip file.
    preferUnplugged: true,
  }
  const text = `# ${unit.name}\n\nThe ${platform.word} program of [${settings.name}](https://www.npmjs.com/package/${settings.name}). Install that one.\n`
  const licences = (await documentsIn(hub, platform)).filter((one) => !/^readme/i.test(one.path))
  files.unshift(
    npmText('package.json', `${JSON.stringify(manifest, null, 2)}\n`),
    npmText('README.md', text),
    ...licences,
  )
  return { manifest, files, expected }
}

/** `libc` only where it matters: a static program runs on any. */
function libcOf(platform: NpmPlatform, binaries: BinaryInside[]): 'glibc' | 'musl' | undefined {
  if (platform.os !== 'linux') return undefined
  const loaders = binaries.flatMap((one) => (one.header?.linkage === 'dynamic' ? [one.header.interpreter ?? ''] : []))
  if (loaders.some((loader) => loader.includes('ld-musl'))) return 'musl'
  return loaders.some((loader) => /\/ld(64)?[-.]/.test(loader)) ? 'glibc' : undefined
}

function described(settings: NpmSettings, name: string, version: string, description: string) {
  return {
    name,
    version,
    ...(description === '' ? {} : { description }),
    ...(settings.homepage === '' ? {} : { homepage: settings.homepage }),
    ...(settings.bugs === '' ? {} : { bugs: { url: settings.bugs } }),
    license: settings.license,
    ...(settings.author === '' ? {} : { author: settings.author }),
    ...(settings.repository === '' ? {} : { repository: { type: 'git', url: gitUrl(settings.repository) } }),
  }
}

interface Mode {
  manifest: Record<string, unknown>
  lib: Record<string, string>
  table: Record<string, unknown>
}

function platformMode(settings: NpmSettings, version: string): Mode {
  const named = settings.platforms.map((one) => ({ ...one, package: platformPackage(settings.name, one.word) }))
  return {
    manifest: {
      engines: { node: '>=12' },
      optionalDependencies: Object.fromEntries(named.map((one) => [one.package, version])),
    },
    lib: { 'launch.js': shims.platform, 'run.js': shims.run },
    table: {
      platforms: byPlatform(named, (one) => ({
        package: one.package,
        programs: Object.fromEntries(one.programs.map(({ name }) => [name, programPath(name, one.os)])),
      })),
    },
  }
}

function downloadMode(settings: NpmSettings, hub: HubReader): Mode {
  return {
    manifest: { engines: { node: '>=16' } },
    lib: { 'launch.js': shims.download, 'run.js': shims.run, 'fetch.js': shims.fetch, 'unpack.js': shims.unpack },
    table: {
      cacheVariable: cacheVariable(settings.name),
      platforms: byPlatform(settings.platforms, (one) =>
        Object.fromEntries(
          one.programs.map((program) => {
            const { artifact, binary } = programIn(hub.manifest, program)
            const download = {
              url: hub.address(artifact.name),
              sha256: artifact.sha256,
              format: artifact.format ?? 'binary',
              path: binary.path,
              file: programPath(program.name, one.os).slice('bin/'.length),
              binary: { size: binary.size, sha256: binary.sha256 },
            }
            return [program.name, download]
          }),
        ),
      ),
    },
  }
}

/** Names of `process.platform-process.arch`; a universal binary stands under both. */
function byPlatform<P extends NpmPlatform>(platforms: P[], value: (platform: P) => unknown): Record<string, unknown> {
  return Object.fromEntries(platforms.flatMap((one) => one.cpu.map((cpu) => [`${one.os}-${cpu}`, value(one)])))
}

/** The variable that moves the folder of downloaded programs. @example cacheVariable('@acme/hello') // 'ACME_HELLO_CACHE' */
export function cacheVariable(name: string): string {
  return `${name
    .replace(/^@/, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^(\d)/, '_$1')
    .toUpperCase()}_CACHE`
}

function stub(program: string): string {
  return `#!/usr/bin/env node\n'use strict'\nrequire('../lib/launch.js')(${JSON.stringify(program)})\n`
}

function readme(settings: NpmSettings, programs: string[]): string {
  const description = settings.description === '' ? '' : `${settings.description}\n\n`
  const [first = settings.name] = programs
  return `# ${settings.name}\n\n${description}\`\`\`\nnpm install -g ${settings.name}\n${first} --help\n\`\`\`\n\n${settings.homepage}\n`
}
