import { mkdir, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { TagonceError } from '../../../core/errors.ts'
import { fileChunks } from '../../../formats/file-chunks.ts'
import { writeLayer } from '../../../formats/oci-layer.ts'
import type { OciRunConfig } from '../../../formats/oci-types.ts'
import type { TarEntry } from '../../../formats/tar.ts'
import { parsePlatform } from '../dockerfile/platform.ts'
import { contextFile, imageOf, loadBases } from '../image.ts'
import type { Given, PlatformImage } from '../image.ts'
import { STAND_IN, textsIn } from '../pins.ts'
import type { ProjectText } from '../project-context.ts'
import type { KoSettings } from '../settings.ts'

const DATA = 'var/run/ko'

/**
 * Images as ko makes them (github.com/ko-build/ko, pkg/build): on the base one layer with `kodata`, and one with the program at
 * `/ko-app/NAME`; everything may be read and executed, and nothing written.
 */
export async function koImages(given: Given): Promise<PlatformImage[]> {
  const { settings, pins, folder } = given
  const { ko } = settings
  if (ko === undefined) throw new TagonceError('internal', `${settings.at} is no entry of kos`)
  const texts = textsIn(pins)
  const bases = await loadBases(given, texts)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const data = await writeLayer(join(folder, 'kodata.tar.gz'), dataEntries(texts, ko.dataCreated ?? 0))
  return Promise.all(
    settings.platforms.map(async ({ name, files }, at) => {
      const platform = parsePlatform(name)
      const [file] = files
      if (platform === undefined || file === undefined)
        throw new TagonceError('manifest', `${settings.at} has no program for ${name}`)
      const path = await contextFile(given.hub, settings, texts, file.path, folder)
      const layer = await writeLayer(join(folder, `program-${at}.tar.gz`), await programEntries(path, ko.app))
      const below = bases.get(`${ko.base} ${name}`)
      const created = ko.created === undefined ? given.hub.manifest.date : timeText(ko.created)
      const digest = pins[`base:${ko.base} ${name}`]
      return imageOf(platform, {
        below,
        layers: [data, layer],
        annotations: {
          ...given.annotations,
          ...(digest === undefined || digest === STAND_IN ? {} : { 'org.opencontainers.image.base.digest': digest }),
        },
        config: {
          created,
          author: 'github.com/ko-build/ko',
          ...platform,
          config: runConfig(below?.config.config ?? {}, ko, given.labels),
          history: [
            ...(below?.config.history ?? []),
            historyOf(
              ko,
              ko.dataCreated === undefined ? created : timeText(ko.dataCreated),
              'kodata contents, at $KO_DATA_PATH',
            ),
            historyOf(ko, created, `go build output, at /ko-app/${ko.app}`),
          ],
        },
      })
    }),
  )
}

const historyOf = (ko: KoSettings, created: string, comment: string): Record<string, string> => ({
  created,
  created_by: `ko build ${ko.importPath}`,
  author: 'ko',
  comment,
})

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

/** What the base starts with, but for the program, where its data lie, and the PATH. */
function runConfig(base: OciRunConfig, ko: KoSettings, labels: Record<string, string>): OciRunConfig {
  const { Cmd: _, Env = [], ...rest } = base
  const hasPath = Env.some((one) => one.startsWith('PATH='))
  const env = hasPath ? Env.map((one) => (one.startsWith('PATH=') ? `${one}:/ko-app` : one)) : [...Env, 'PATH=/ko-app']
  const all = { ...base.Labels, ...labels }
  return {
    ...rest,
    Env: [...env, `KO_DATA_PATH=/${DATA}`],
    Entrypoint: [`/ko-app/${ko.app}`],
    ...(ko.user === '' ? {} : { User: ko.user }),
    ...(Object.keys(all).length === 0 ? {} : { Labels: all }),
  }
}

const directory = (name: string, mtime: number): TarEntry => ({
  name,
  mode: 0o555,
  mtime,
  body: { type: 'directory' },
})

function dataEntries(texts: ProjectText[], mtime: number): TarEntry[] {
  const folders = new Set(['var', 'var/run', DATA])
  for (const { path } of texts)
    for (let up = posix.dirname(path); up !== '.'; up = posix.dirname(up)) folders.add(`${DATA}/${up}`)
  const files = texts.map(({ path, bytes }): TarEntry => {
    const content = async function* content(): AsyncGenerator<Uint8Array> {
      yield bytes
    }
    return { name: `${DATA}/${path}`, mode: 0o555, mtime, body: { type: 'file', size: bytes.length, content } }
  })
  return [...[...folders].map((one) => directory(one, mtime)), ...files]
}

async function programEntries(path: string, app: string): Promise<TarEntry[]> {
  const { size } = await stat(path)
  const body = { type: 'file' as const, size, content: () => fileChunks(path, size) }
  return [directory('ko-app', 0), { name: `ko-app/${app}`, mode: 0o555, mtime: 0, body }]
}
