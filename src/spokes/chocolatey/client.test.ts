import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Language, Parser } from 'web-tree-sitter'
import { run } from '../../external/process.ts'
import { chocolatey } from './index.ts'
import { gallery, KEY, type GalleryUnderTest } from './testing/gallery.ts'
import { nugetCommand } from './world.ts'

let under: GalleryUnderTest
beforeAll(async () => {
  under = await gallery()
})
afterAll(() => under[Symbol.asyncDispose]())

const command = nugetCommand(process.env, process.env['PATH'] ?? '')
const started = await run([...(command ?? ['none']), 'help']).catch(() => undefined)
const nuget = started !== undefined && /version:\s*[4-9]/i.test(started.stdout) ? command : undefined
if (nuget === undefined)
  console.log('skipped: no nuget.exe of version 4 or later with mono on this machine (NUGET names it)')

/** A folder of its own with the certificates of the world and an empty list of sources. */
async function home(name: string): Promise<{ env: Record<string, string>; folder: string; config: string }> {
  const folder = join(under.folder, name)
  await mkdir(folder)
  const env = under.world.clientEnv(folder)
  await run(['cert-sync', '--user', env['SSL_CERT_FILE'] ?? ''], { env, cwd: folder })
  const config = join(folder, 'nuget.config')
  await writeFile(config, '<configuration><packageSources><clear /></packageSources></configuration>\n')
  return { env, folder, config }
}

describe.skipIf(nuget === undefined)('the real NuGet client', () => {
  test('lists and installs through the v2 feed what we pushed; what its script names is the hub’s', async () => {
    const hub = await under.release()
    expect((await under.unit(hub)).observation.state).toBe('live')
    const { env, folder, config } = await home('installs')
    const v2 = ['-Source', 'https://community.chocolatey.org/api/v2/', '-ConfigFile', config, '-NonInteractive']
    const list = await run([...(nuget ?? []), 'list', 'hello', ...v2], { env, cwd: folder })
    expect(list).toMatchObject({ code: 0, stdout: expect.stringMatching(/^hello 1\.2\.3$/m) })

    const [unit] = chocolatey.units(hub.manifest, chocolatey.parse(hub.manifest.spokes[0]?.settings))
    const io = {
      folder,
      env,
      route: (url: string) => under.world.route(url),
      hub,
      signal: new AbortController().signal,
    }
    const result = await chocolatey.world.client([unit!], unit!.settings, io)
    expect(result).toMatchObject({
      client: 'NuGet',
      version: expect.stringMatching(/^\d/),
      proof: 'read by its client',
    })
    const installed = await readFile(join(folder, 'packages/hello.1.2.3/tools/chocolateyinstall.ps1'), 'utf8')
    const url = /url64bit\s+= '([^']+)'/.exec(installed)?.[1] ?? ''
    const sum = /checksum64\s+= '([^']+)'/.exec(installed)?.[1]
    // As a user's machine fetches it: by its public address, through the proxy.
    const out = join(folder, 'got.zip')
    expect(await run(['curl', '-fsSL', '-o', out, url], { env })).toMatchObject({ code: 0 })
    const got = createHash('sha256')
      .update(await readFile(out))
      .digest('hex')
    expect(got).toBe(sum)
    expect(hub.manifest.artifacts.map((one) => one.sha256)).toContain(got)
    expect(
      under.world.requests().filter((one) => one.who === 'client' && one.path.includes('/api/v2/')).length,
    ).toBeGreaterThan(2)
    expect(under.world.refusals()).toEqual([])
  }, 120_000)

  test('pushes our package to the local gallery, which then shows it live', async () => {
    const hub = await under.release('3.0.0')
    const [unit] = chocolatey.units(hub.manifest, chocolatey.parse(hub.manifest.spokes[0]?.settings))
    const { env, folder, config } = await home('pushes')
    const seen = await under.io(async (io) => {
      const { path } = (await chocolatey.assemble?.(unit!, hub, io)) ?? { path: '' }
      const to = ['-Source', 'https://push.chocolatey.org/', '-ApiKey', KEY, '-ConfigFile', config, '-NonInteractive']
      const pushed = await run([...(nuget ?? []), 'push', path, ...to], { env, cwd: folder })
      expect(pushed).toMatchObject({ code: 0, stdout: expect.stringContaining('Your package was pushed') })
      return chocolatey.verify(unit!, hub, io)
    })
    expect(seen.state).toBe('live')
    const twice = await under.unit(hub)
    expect(twice.actions).toEqual(['nothing to do', 'verified'])
  }, 120_000)
})

test('the script is PowerShell by its grammar, and a broken one is not', async () => {
  await Parser.init()
  const wasm = fileURLToPath(import.meta.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm'))
  const parser = new Parser()
  parser.setLanguage(await Language.load(wasm))
  const hub = await under.release('4.0.0')
  const units = chocolatey.units(hub.manifest, chocolatey.parse(hub.manifest.spokes[0]?.settings))
  const script = units[0]?.files.find((one) => one.path === 'tools/chocolateyinstall.ps1')?.content ?? ''
  expect(script).toContain('Install-ChocolateyZipPackage @packageArgs')
  expect(parser.parse(script)?.rootNode.hasError).toBe(false)
  expect(parser.parse(script.replace('@{', '@{{('))?.rootNode.hasError).toBe(true)
})
