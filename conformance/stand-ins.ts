import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { run } from '../src/external/process.ts'

/** Programs that a release calls, or may call. */
const NAMES =
  'go cargo cross rustup cargo-zigbuild zig bun deno uv poetry docker snapcraft choco makeself flatpak flatpak-builder upx syft cosign gpg sign hook'.split(
    ' ',
  )
/** Those with real headers; any other target gets a text. */
const TARGETS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64', 'windows_amd64', 'windows_arm64']

/** The path of a program of this machine. */
function find(name: string): string {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((one) => join(one, name))
  const found = places.find(existsSync)
  if (found === undefined) throw new Error(`${name} is not on the PATH`)
  return found
}

/** A folder for the PATH that records every call (`tools/record`); nothing else of it is called. */
export async function standIns(folder: string): Promise<string> {
  const [bin, real] = [join(folder, 'bin'), join(folder, 'real')]
  await mkdir(bin, { recursive: true })
  await mkdir(real)
  await symlink(await programs(), join(real, 'programs'))
  for (const name of ['go', 'gpg']) await symlink(find(name), join(real, name))
  for (const name of NAMES) await cp(join(import.meta.dirname, 'tools', 'record'), join(bin, name))
  return bin
}

/** Small real programs, made once for a machine by the real compiler. */
async function programs(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tagonce', 'conformance')
  const kept = join(cache, 'programs-1')
  if (existsSync(kept)) return kept
  const fresh = `${kept}.${process.pid}`
  await mkdir(fresh, { recursive: true })
  for (const target of TARGETS) {
    const [GOOS, GOARCH] = target.split('_')
    const source = join(import.meta.dirname, 'tools', 'program.go')
    const env = { ...process.env, GOOS, GOARCH, CGO_ENABLED: '0' }
    const { code, stderr } = await run(
      [find('go'), 'build', '-trimpath', '-ldflags=-s -w', '-o', join(fresh, target), source],
      { env },
    )
    if (code !== 0) throw new Error(stderr)
  }
  await rename(fresh, kept).catch(() => rm(fresh, { recursive: true }))
  return kept
}
