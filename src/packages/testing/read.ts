import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../external/process.ts'

/** The output of a tool that must end well. */
export async function tool(argv: string[], options: { cwd?: string; input?: Uint8Array } = {}): Promise<string> {
  const found = await run(argv, { ...options, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } })
  if (found.code !== 0) throw new Error(`${argv.join(' ')}: ${found.stdout}${found.stderr}`)
  return found.stdout
}

/** What a package says and holds, as the real tools read it; times put aside. */
export async function describePackage(path: string, folder: string): Promise<Record<string, unknown>> {
  await mkdir(folder, { recursive: true })
  if (path.endsWith('.deb')) return describeDeb(path, folder)
  if (path.endsWith('.rpm')) return describeRpm(path)
  if (path.endsWith('.ipk')) return describeIpk(path, folder)
  return describeTar(path, folder)
}

async function describeDeb(path: string, folder: string): Promise<Record<string, unknown>> {
  await tool(['dpkg-deb', '-R', path, folder])
  const members = (await tool(['bsdtar', 'tf', path])).trim().split('\n')
  const data = await tool(['dpkg-deb', '--fsys-tarfile', path]).then(() => tool(['dpkg-deb', '-c', path]))
  const out = {
    members,
    files: listing(data),
    ...(await texts(join(folder, 'DEBIAN'))),
    sums: await sums(folder, 'DEBIAN'),
  }
  // Two compressors make two files of one text.
  const log = out.sums.find((one) => one.endsWith('changelog.Debian.gz'))?.split(/\s+/)[1]
  return log === undefined ? out : { ...out, changelog: await tool(['gzip', '-dc', log], { cwd: folder }) }
}

const TAGS =
  `NAME EPOCH VERSION RELEASE ARCH OS SUMMARY DESCRIPTION LICENSE GROUP URL VENDOR PACKAGER BUILDHOST SIZE SOURCERPM PREFIXES
PAYLOADFORMAT PAYLOADCOMPRESSOR PAYLOADFLAGS PREIN PREINPROG POSTIN POSTINPROG PREUN PREUNPROG POSTUN POSTUNPROG PRETRANS PRETRANSPROG
POSTTRANS POSTTRANSPROG ENCODING HEADERI18NTABLE`.split(/\s+/)
const RELATIONS = ['PROVIDE', 'REQUIRE', 'RECOMMEND', 'SUGGEST', 'CONFLICT', 'OBSOLETE']

async function describeRpm(path: string): Promise<Record<string, unknown>> {
  const query = (format: string): Promise<string> => tool(['rpm', '-qp', '--nosignature', '--qf', format, path])
  const out: Record<string, unknown> = {}
  for (const tag of TAGS) out[tag] = await query(`[%{${tag}}\\n]`)
  for (const tag of RELATIONS) out[tag] = await query(`[%{${tag}NAME} %{${tag}FLAGS:depflags} %{${tag}VERSION}\\n]`)
  out['files'] = (
    await query(
      '[%{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILESIZES} %{FILEFLAGS} %{FILEDIGESTS} %{FILENAMES} %{FILELINKTOS}\\n]',
    )
  ).split('\n')
  out['changelog'] = await query('[%{CHANGELOGTIME} %{CHANGELOGNAME}\\n%{CHANGELOGTEXT}\\n]')
  return out
}

async function describeIpk(path: string, folder: string): Promise<Record<string, unknown>> {
  await tool(['tar', 'xzf', path, '-C', folder])
  const out: Record<string, unknown> = { members: (await tool(['tar', 'tzf', path])).trim().split('\n') }
  for (const part of ['control', 'data']) {
    await mkdir(join(folder, part))
    await tool(['tar', 'xzf', join(folder, `${part}.tar.gz`), '-C', join(folder, part)])
    out[`${part} files`] = listing(await tool(['tar', 'tvzf', join(folder, `${part}.tar.gz`)])).toSorted()
  }
  return { ...out, ...(await texts(join(folder, 'control'))), sums: await sums(join(folder, 'data')) }
}

async function describeTar(path: string, folder: string): Promise<Record<string, unknown>> {
  await tool(['bsdtar', 'xpf', path, '-C', folder])
  const entries = listing(await tool(['bsdtar', 'tvf', path]))
  const out: Record<string, unknown> = { files: entries.toSorted(), ...(await texts(folder, /^\.[A-Zp]/)) }
  if (path.endsWith('.zst')) {
    out['.MTREE'] = (await tool(['gzip', '-dc', join(folder, '.MTREE')])).replaceAll(/time=\S+/g, 'time=…').split('\n')
  }
  return { ...out, sums: await sums(folder, '.') }
}

/** Mode, owner, size, name of each entry. */
function listing(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ (\d{4}-\d\d-\d\d \d\d:\d\d|\w{3} +\d+ +[\d:]+) /, ' … ').replaceAll(/ +/g, ' '))
}

async function texts(folder: string, names = /./): Promise<Record<string, string>> {
  const out: Record<string, string> = {}
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile() && names.test(entry.name)) out[entry.name] = await readFile(join(folder, entry.name), 'utf8')
  }
  return out
}

/** What is in each file. */
async function sums(folder: string, but?: string): Promise<string[]> {
  const found = await tool(['find', '.', '-type', 'f', ...(but === undefined ? [] : ['-not', '-path', `./${but}*`])], {
    cwd: folder,
  })
  const files = found
    .trim()
    .split('\n')
    .filter((one) => one !== '')
  if (files.length === 0) return []
  return (await tool(['sha256sum', ...files.toSorted()], { cwd: folder })).trim().split('\n')
}
