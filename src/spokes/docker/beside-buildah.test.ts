import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile, copyFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { hasJudge, judgeRegistry } from '../../external/oci-registry-testing.ts'
import type { JudgeRegistry } from '../../external/oci-registry-testing.ts'
import { run } from '../../external/process.ts'
import type { OciConfig, OciIndex, OciManifest } from '../../formats/oci-types.ts'
import { layerTar } from './base.ts'
import { readTar } from '../../formats/tar-reader.ts'
import { channel, localHttp, program, publishAll, sealed } from './testing/release.ts'
import type { Project } from './testing/release.ts'

const tools = ['buildah', 'skopeo'].filter((tool) =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool))),
)
const able = tools.length === 2 && hasJudge && process.platform === 'linux' && process.getuid?.() === 0
if (!able) console.log('skipped: buildah, skopeo and docker-registry are needed, as root')

const BASE = `FROM scratch
ENV PATH=/usr/bin:/bin LEVEL=base
LABEL from=base
COPY etc /etc
COPY deep /opt/deep
WORKDIR /srv
USER 7
CMD ["base"]
`

const OWN = `# syntax=docker/dockerfile:1
ARG REGISTRY
FROM $REGISTRY/base:1 AS first
COPY notes.txt /made/notes.txt

FROM $REGISTRY/base:1
ARG TARGETARCH
ARG GREETING=hi
MAINTAINER Ann <ann@example.org>
ENV LEVEL="own" WHO=\${GREETING:-nobody}-$TARGETARCH \\
    EMPTY=
ENV OLD form with  blanks
LABEL "a b"="c d" version=$GREETING
COPY --chown=app:crew --chmod=750 hello /usr/bin/
COPY notes.txt renamed.txt
COPY --from=first /made /copied
COPY conf /etc/conf
COPY conf/*.ini /etc/flat/
ADD notes.txt /added/
WORKDIR work
WORKDIR /opt/deep/er
EXPOSE 80 53/udp
VOLUME /data ["x"]
VOLUME ["/more", "/most"]
STOPSIGNAL SIGINT
HEALTHCHECK --interval=1m30s --retries=2 CMD hello --check || exit 1
USER app:crew
ENTRYPOINT hello --serve
CMD ["--port", "80"]
SHELL ["/bin/ash", "-c"]
`

const FILES: Record<string, string> = {
  'notes.txt': 'notes\n',
  'conf/a.ini': 'a=1\n',
  'conf/b.ini': 'b=1\n',
  'conf/sub/c.txt': 'c\n',
}

test.skipIf(!able)(
  'the config and the files are those that buildah makes of the same Dockerfile',
  { timeout: 60_000 },
  async () => {
    await using folder = await tempFolder('buildah')
    await using judge = await judgeRegistry(folder.path)
    await pushBase(folder.path, judge)
    const project: Project = {
      yaml: `dockers:
  - image_templates: ['${judge.host}/acme/hello:{{ .Version }}']
    extra_files: [notes.txt, conf]
    build_flag_templates: ['--build-arg=REGISTRY=${judge.host}', '--build-arg=GREETING=hello', '--label=told=yes', --pull]
`,
      files: { Dockerfile: OWN, ...FILES },
    }
    const io = await channel(localHttp(), folder.path)
    const { hub } = await sealed(project, io)
    const report = await publishAll(hub, io)
    expect(
      report.channels.flatMap((one) => one.units.map((unit) => [unit.observation.state, unit.failure?.message])),
    ).toEqual([['live', undefined]])

    const context = join(folder.path, 'context')
    for (const [name, text] of Object.entries(project.files)) {
      await mkdir(dirname(join(context, name)), { recursive: true })
      await writeFile(join(context, name), text)
    }
    await writeFile(join(context, 'hello'), program('linux_amd64_v1', '1.2.3'), { mode: 0o755 })
    const args = ['--build-arg', `REGISTRY=${judge.host}`, '--build-arg', 'GREETING=hello', '--label', 'told=yes']
    await buildah(folder.path, [
      'bud',
      '--isolation',
      'chroot',
      '--layers',
      '--tls-verify=false',
      '--format',
      'docker',
      ...args,
      '-t',
      'theirs',
      context,
    ])
    await buildah(folder.path, [
      'push',
      '--tls-verify=false',
      '--format',
      'v2s2',
      'theirs',
      `docker://${judge.host}/acme/theirs:1`,
    ])

    const ours = await pulled(folder.path, judge, 'acme/hello:1.2.3')
    const theirs = await pulled(folder.path, judge, 'acme/theirs:1')
    // BuildKit makes the folders of WORKDIR, and buildah leaves that to the engine that starts the container.
    const folders = { 'srv/work': 'directory 755 0:0', 'opt/deep/er': 'directory 755 0:0' }
    expect(ours.files).toEqual({ ...theirs.files, ...folders })
    expect(comparable(ours.config)).toEqual(comparable(theirs.config))
  },
)

/** What both can be expected to say. buildah names itself in a label, and writes empty lists where there is nothing. */
function comparable({ config, architecture, os, author }: OciConfig): object {
  const { 'io.buildah.version': _, ...labels } = config?.Labels ?? {}
  const { Healthcheck, ...rest } = { ...config, Labels: labels, Hostname: '' }
  const told = Object.entries(rest).filter(([, value]) => !(!value || (Array.isArray(value) && value.length === 0)))
  return { ...Object.fromEntries(told), Healthcheck, architecture, os, author }
}

async function pushBase(folder: string, judge: JudgeRegistry): Promise<void> {
  const context = join(folder, 'base')
  await mkdir(join(context, 'etc'), { recursive: true })
  await mkdir(join(context, 'deep'))
  await writeFile(join(context, 'Dockerfile'), BASE)
  await writeFile(join(context, 'etc', 'passwd'), 'root:x:0:0::/:/bin/sh\napp:x:1000:1001::/:/bin/sh\n')
  await writeFile(join(context, 'etc', 'group'), 'root:x:0:\nstaff:x:1001:\ncrew:x:1002:app\n')
  await writeFile(join(context, 'deep', 'file'), 'deep\n')
  await buildah(folder, ['bud', '--isolation', 'chroot', '-t', 'base', context])
  await buildah(folder, ['push', '--tls-verify=false', 'base', `docker://${judge.host}/base:1`])
}

async function buildah(folder: string, args: string[]): Promise<void> {
  const own = ['--storage-driver', 'vfs', '--root', join(folder, 'storage'), '--runroot', join(folder, 'runroot')]
  const { code, stderr } = await run(['buildah', ...own, ...args], { env: { PATH: process.env['PATH'], HOME: folder } })
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
}

/** Config and files of an image as skopeo copies it. */
async function pulled(
  folder: string,
  judge: JudgeRegistry,
  name: string,
): Promise<{ config: OciConfig; files: object }> {
  const layout = join(folder, `layout-${name.replaceAll(/\W/g, '-')}`)
  const copy = ['skopeo', 'copy', '--src-tls-verify=false', `docker://${judge.host}/${name}`, `oci:${layout}:image`]
  const { code, stderr } = await run(copy, { env: { PATH: process.env['PATH'], HOME: folder } })
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
  const blob = (digest: string): string => join(layout, 'blobs', 'sha256', digest.replace('sha256:', ''))
  const json = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T
  const index = await json<OciIndex>(join(layout, 'index.json'))
  const manifest = await json<OciManifest>(blob(index.manifests[0]?.digest ?? ''))
  const files: Record<string, string> = {}
  for (const layer of manifest.layers) {
    const path = join(folder, 'layer')
    await copyFile(blob(layer.digest), path)
    for await (const { name: member, type, mode, uid, gid, size } of readTar(layerTar({ descriptor: layer, path }))) {
      files[member] = `${type} ${mode.toString(8)} ${uid}:${gid}${type === 'file' ? ` ${size}` : ''}`
    }
  }
  // Copied as OCI, a config of Docker loses what only Docker knows.
  const { stdout } = await run([
    'skopeo',
    'inspect',
    '--tls-verify=false',
    '--config',
    '--raw',
    `docker://${judge.host}/${name}`,
  ])
  return { config: JSON.parse(stdout) as OciConfig, files }
}
