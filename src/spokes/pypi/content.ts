import { fileChunks } from '../../formats/file-chunks.ts'
import type { Wheel, WheelFile } from '../../formats/wheel.ts'
import { wheelText } from '../../formats/wheel.ts'
import type { HubReader } from '../../hub/hub.ts'
import { documentsOf } from '../shared/documents.ts'
import { sources } from './download/sources.generated.ts'
import { metadataText } from './metadata.ts'
import { distributionName, normalName } from './name.ts'
import type { PypiPlatform } from './platforms.ts'
import type { PypiSettings } from './settings.ts'
import { programIn } from './units.ts'
import type { WheelUnit } from './units.ts'

/** What a wheel must hold: checked in our own before it is sent, and in what users get. */
export interface Expected {
  path: string
  executable: boolean
  /** Of the hub's program; absent for our own texts. */
  sha256?: string
}

/** A wheel, ready to be packed. */
interface Content {
  wheel: Wheel
  expected: Expected[]
  /** The text of the description. */
  readme: string
}

/** The files of a wheel. Names, bytes and digests come from the hub only. */
export async function contentOf(unit: WheelUnit, hub: HubReader): Promise<Content> {
  const { settings } = unit
  const linux = settings.platforms.find((one) => /^linux-(x86_64|amd64)/.test(one.word))
  const from = unit.platform ?? linux ?? settings.platforms[0]
  const documents = await documentsOf(hub, from?.programs[0]?.artifact)
  // One readme for all wheels of a release: PyPI shows the one that came first.
  const usual = linux ?? settings.platforms[0]
  const main = from === usual ? documents : await documentsOf(hub, usual?.programs[0]?.artifact)
  const readme = settings.readme || main.find((one) => /^readme(\.md)?$/i.test(one.path))?.text || readmeOf(settings)
  const distribution = distributionName(settings.name)
  const licences = documents.filter((one) => !/^readme/i.test(one.path))
  const { files, expected } =
    unit.platform === undefined ? downloadFiles(settings, hub) : await programFiles(settings, unit.platform, hub)
  const info = Object.fromEntries(licences.map((one) => [one.path, one.text]))
  const wheel: Wheel = {
    distribution,
    version: settings.version,
    platforms: unit.tags,
    metadata: metadataText(settings, readme),
    info: unit.platform === undefined ? { ...info, 'entry_points.txt': entryPoints(settings) } : info,
    files,
    // The oldest that a zip can tell.
    mtime: Math.max(Date.parse(hub.manifest.date) / 1000, 315532800),
  }
  return { wheel, expected, readme }
}

type Files = { files: WheelFile[]; expected: Expected[] }

async function programFiles(settings: PypiSettings, platform: PypiPlatform, hub: HubReader): Promise<Files> {
  const files: WheelFile[] = []
  const expected: Expected[] = []
  const folder = `${distributionName(settings.name)}-${settings.version}.data/scripts`
  for (const { name, program } of settings.commands) {
    const found = platform.programs.find((one) => one.name === program)
    if (found === undefined) continue
    const { artifact, binary } = programIn(hub.manifest, found)
    const source = await hub.binary(artifact, binary.path)
    const path = `${folder}/${name}${platform.os === 'windows' ? '.exe' : ''}`
    const content = (): AsyncIterable<Uint8Array> => fileChunks(source, binary.size)
    files.push({ path, executable: true, body: { type: 'file', size: binary.size, content } })
    expected.push({ path, executable: true, sha256: binary.sha256 })
  }
  return { files, expected }
}

function downloadFiles(settings: PypiSettings, hub: HubReader): Files {
  const folder = moduleOf(settings.name)
  const commands = settings.commands.map(
    ({ program }, index) => `def command_${index}():\n    return launch(${JSON.stringify(program)})\n`,
  )
  const [first] = settings.commands
  const texts: Record<string, string> = {
    '__init__.py': '',
    '__main__.py': `import sys\n\nfrom .launch import launch\n\nsys.exit(launch(${JSON.stringify(first?.program ?? '')}))\n`,
    'commands.py': `from .launch import launch\n\n\n${commands.join('\n\n')}`,
    'table.json': `${JSON.stringify(tableOf(settings, hub), null, 1)}\n`,
    ...sources,
  }
  const files = Object.entries(texts).map(([name, text]) => wheelText(`${folder}/${name}`, text))
  return { files, expected: files.map(({ path }) => ({ path, executable: false })) }
}

/** What the Python files know of the release. */
function tableOf(settings: PypiSettings, hub: HubReader): unknown {
  const platforms: Record<string, Record<string, unknown>> = {}
  for (const { os, arch, programs } of settings.platforms) {
    for (const one of arch) {
      platforms[`${os}/${one}`] ??= Object.fromEntries(
        programs.map((program) => {
          const { artifact, binary } = programIn(hub.manifest, program)
          const file = `${program.name}${os === 'win32' ? '.exe' : ''}`
          const { size, sha256 } = artifact
          const format = artifact.kind === 'binary' ? 'binary' : (artifact.format ?? 'binary')
          const inside = { path: binary.path, file, binary: { size: binary.size, sha256: binary.sha256 } }
          return [program.name, { url: hub.address(artifact.name), size, sha256, format, ...inside }]
        }),
      )
    }
  }
  const { owner, repo, download } = hub.manifest.hub
  return {
    name: normalName(settings.name),
    version: settings.version,
    issues: settings.urls.find(([label]) => label === 'Issues')?.[1] ?? `${download}/${owner}/${repo}/issues`,
    cacheVariable: cacheVariable(settings.name),
    systems: [...new Set(settings.platforms.map((one) => one.os)), 'cygwin'],
    platforms,
  }
}

function entryPoints(settings: PypiSettings): string {
  const folder = moduleOf(settings.name)
  const lines = settings.commands.map(({ name }, index) => `${name} = ${folder}.commands:command_${index}`)
  return `[console_scripts]\n${lines.join('\n')}\n`
}

/** The package that Python imports. */
function moduleOf(name: string): string {
  return distributionName(name).replace(/^(\d)/, '_$1')
}

/** The variable that moves the folder of fetched programs. @example cacheVariable('hello-acme') // 'HELLO_ACME_CACHE' */
export function cacheVariable(name: string): string {
  return `${moduleOf(name).toUpperCase()}_CACHE`
}

function readmeOf(settings: PypiSettings): string {
  const summary = settings.summary === '' ? '' : `${settings.summary}\n\n`
  const homepage = settings.urls.find(([label]) => label.toLowerCase() === 'homepage')?.[1] ?? ''
  const [first] = settings.commands
  return `# ${settings.name}\n\n${summary}\`\`\`\npip install ${settings.name}\n${first?.name ?? settings.name} --help\n\`\`\`\n\n${homepage}\n`
}
