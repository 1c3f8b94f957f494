import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import semver from 'semver'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import type { Http } from '../external/http.ts'
import { fetchNode, nodeVersions } from '../external/nodejs.ts'
import { run } from '../external/process.ts'
import { fileChunks } from '../formats/file-chunks.ts'
import { gunzip } from '../formats/gzip.ts'
import { signMachO } from '../formats/macho-sign.ts'
import { tarMember } from '../formats/tar-reader.ts'
import { writeWhole } from '../pack/write-whole.ts'
import type { PlannedBinary } from '../plan/plan.ts'
import { envOf } from '../plan/renderer.ts'
import type { Builder, BuildIO } from './builder.ts'
import { missingTools, runTool } from './run-tool.ts'

/** The first Node.js that has `--build-sea`. */
const LEAST = '25.5.0'

/** Single programs with Node.js inside: https://nodejs.org/api/single-executable-applications.html */
export const node: Builder = {
  name: 'node',

  async check(binaries, io) {
    const missing = missingTools(binaries, io, () => `install Node.js ${LEAST} or later from https://nodejs.org`)
    if (missing.length > 0) return missing
    const found: Diagnostic[] = []
    const seen = new Set<string>()
    for (const { command, main = '' } of binaries) {
      const tool = command?.argv[0] ?? ''
      if (!seen.has(tool)) found.push(...(await checkVersion(tool, { ...io.env, ...envOf(command?.env ?? []) })))
      seen.add(tool)
      if (seen.has(main) || (await stat(resolve(io.root, main)).catch(() => undefined)) !== undefined) continue
      seen.add(main)
      const message = `there is no ${main} to build`
      found.push({ severity: 'error', code: 'no-main', message, mend: 'name the script with `builds[].main`' })
    }
    return found
  },

  async build(binaries, io) {
    const [binary] = binaries
    if (binary === undefined) return
    await using folder = await tempFolder('node')
    const executable = await fetchExecutable(binary, folder.path, io)
    const output = join(io.root, binary.path)
    await mkdir(dirname(output), { recursive: true })
    await writeConfig(binary, executable, io.root)
    await runTool([binary], io)
    if (binary.platform.goos === 'darwin') {
      // What `--build-sea` leaves has a signature of other bytes, with which macOS does not start it.
      await writeFile(output, signMachO(await readFile(output), binary.name.split('/').at(-1) ?? binary.name))
    }
    await chmod(output, 0o755)
  },
}

async function checkVersion(tool: string, env: BuildIO['env']): Promise<Diagnostic[]> {
  const { stdout } = await run([tool, '--version'], { env })
  const version = stdout.trim().replace(/^v/, '')
  if (semver.valid(version) !== null && semver.gte(version, LEAST)) return []
  const message = `${tool} is version ${version || 'unknown'}; programs can be made from ${LEAST} on`
  return [
    { severity: 'error', code: 'tool-missing', message, mend: 'install a later Node.js, or name one with `tool`' },
  ]
}

/** The Node.js that goes into the program: for its target, in the version that package.json asks for. */
async function fetchExecutable(binary: PlannedBinary, folder: string, io: BuildIO): Promise<string> {
  const { http } = io
  if (http === undefined) throw new TagonceError('internal', 'the builder of Node.js needs the network')
  const dir = projectFolder(binary)
  const version = await versionFor(join(io.root, dir, 'package.json'), http)
  const { target } = binary.platform
  io.task.progress(`Node.js ${version} for ${target}`)
  if (target.startsWith('win-')) {
    const path = join(folder, 'node.exe')
    await fetchNode(http, version, `${target}/node.exe`, path)
    return path
  }
  const name = `node-v${version}-${target}`
  const archive = join(folder, 'node.tar.gz')
  await fetchNode(http, version, `${name}.tar.gz`, archive)
  const path = join(folder, 'node')
  const member = tarMember(gunzip(fileChunks(archive)), `${name}/bin/node`)
  await writeWhole(path, member, { shown: path, signal: io.signal })
  await chmod(path, 0o755)
  return path
}

/**
 * An exact version, or the highest release that a range allows.
 * @example await versionFor('/repo/package.json', http) // '26.1.0', of "engines": { "node": "^26" }
 */
async function versionFor(path: string, http: Http): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '{}')
  const engines = (jsonObject(text)?.['engines'] ?? {}) as { node?: unknown }
  const wanted = typeof engines.node === 'string' ? engines.node.trim().replace(/^v/, '') : ''
  const fail = (message: string): never => {
    throw new TagonceError('build', message, { hint: `write "engines": { "node": "${LEAST}" } into package.json` })
  }
  if (wanted === '') return fail('package.json does not say which Node.js goes into the program')
  const exact = semver.valid(wanted) !== null
  if (!exact && semver.validRange(wanted) === null) return fail(`engines.node: ${wanted} is no version`)
  const found = exact ? wanted : semver.maxSatisfying(await nodeVersions(http), wanted)
  if (found === null) return fail(`engines.node: no release of Node.js satisfies ${wanted}`)
  return semver.gte(found, LEAST)
    ? found
    : fail(`engines.node: programs can be made from ${LEAST} on, not with ${found}`)
}

/** The user's own sea-config.json, with what is ours: main, output and executable; its assets stay those of the project. */
async function writeConfig(binary: PlannedBinary, executable: string, root: string): Promise<void> {
  const folder = join(root, projectFolder(binary))
  const path = join(folder, 'sea-config.json')
  const text = await readFile(path, 'utf8').catch(() => '{}')
  const own = jsonObject(text)
  if (own === undefined) throw new TagonceError('build', `${path} is no JSON object`)
  const { assets } = own
  if (typeof assets === 'object' && assets !== null) {
    const whole = (value: unknown): unknown =>
      typeof value === 'string' && !isAbsolute(value) ? join(folder, value) : value
    own['assets'] = Object.fromEntries(Object.entries(assets).map(([name, value]) => [name, whole(value)]))
  }
  const output = join(root, binary.path)
  const config = { ...own, main: join(root, binary.main ?? ''), output, executable }
  const sorted = Object.fromEntries(Object.entries(config).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const to = join(dirname(output), 'sea-config.json')
  await writeFile(`${to}.part`, JSON.stringify(sorted, null, 2), { mode: 0o600 })
  await rename(`${to}.part`, to)
}

/** The folder of the build, which the plan keeps beside its command. */
function projectFolder(binary: PlannedBinary): string {
  return binary.projectDir ?? '.'
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
