import { posix } from 'node:path'
import { z } from 'zod'
import type { Artifact, ArtifactKind } from '../core/artifact.ts'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { run } from '../external/process.ts'
import { splitCommand } from '../plan/shell-words.ts'
import type { AnySpoke } from '../spokes/spoke.ts'
import type { Unit } from '../spokes/unit.ts'
import { saw } from '../spokes/shared/evidence.ts'
import { afterSpoke } from './after-spoke.ts'
import { type DoneMark, observeMark, setMark } from '../spokes/shared/done-mark.ts'
import { problemAt } from '../spokes/shared/problem.ts'
import { openText, sealFileText, secretsIn } from '../spokes/shared/sealed-text.ts'
import { fieldsOf, selected } from './select.ts'

const schema = z.strictObject({
  name: z.string(),
  cmd: z.string(),
  dir: z.string(),
  env: z.array(z.string()),
  kinds: z.array(z.string()),
  ids: z.array(z.string()),
  tokenEnv: z.string(),
})
type Settings = z.infer<typeof schema>
interface PublisherUnit extends Unit {
  settings: Settings
  artifact: Artifact
  mark: DoneMark
}

/** All that a command sees of the environment beside its own `env`, as with GoReleaser. */
const PASSED = ['HOME', 'USER', 'USERPROFILE', 'TMPDIR', 'TMP', 'TEMP', 'PATH', 'SYSTEMROOT']
const NOT_REHEARSED = 'a rehearsal does not run it: nobody knows where it sends'

/** `publishers`: a command of the user's for each file. */
export const publishers: AnySpoke = afterSpoke<Settings, PublisherUnit>({
  name: 'publishers',
  schema,
  settings: (config) =>
    (config.config.publishers ?? []).flatMap((one, index) => {
      const path = ['publishers', index]
      if (config.plan.source.snapshot || config.isTrue(one.disable, [...path, 'disable'])) return []
      const name = config.render(one.name ?? '', [...path, 'name']) || String(index)
      if (!one.cmd) problemAt(config, path, `publishers[${index}] needs a \`cmd\``, 'set `cmd`')
      if ((one.extra_files ?? []).length > 0) {
        const mend = 'list them in `release.extra_files`: then they are files of the release'
        problemAt(
          config,
          [...path, 'extra_files'],
          '`extra_files` of publishers is not carried out yet',
          mend,
          'not-built',
        )
      }
      const kinds: ArtifactKind[] = [
        ...(['archive', 'file', 'package', 'binary', 'source', 'sbom'] as const),
        ...(one.checksum === true ? (['checksums'] as const) : []),
        ...(one.meta === true ? (['metadata'] as const) : []),
        ...(one.signature === true ? (['signature', 'certificate'] as const) : []),
      ]
      const settings: Settings = {
        name,
        cmd: sealFileText(config, one.cmd, [...path, 'cmd']),
        dir: sealFileText(config, one.dir, [...path, 'dir']),
        env: (one.env ?? []).map((text, at) => sealFileText(config, text, [...path, 'env', at])),
        kinds,
        ids: one.ids ?? [],
        tokenEnv: config.plan.hub.tokenEnv,
      }
      return [{ entry: name, settings, at: path }]
    }),
  credentials: (settings) => [...secretsIn(settings), settings.tokenEnv],
  units: (manifest, settings) =>
    selected(manifest, { kinds: settings.kinds as ArtifactKind[], ids: settings.ids, exts: [] }).map((artifact) => ({
      id: `publishers:${settings.name}/${artifact.name}`,
      address: `${manifest.hub.download}/${manifest.hub.owner}/${manifest.hub.repo}`,
      needs: [],
      settings,
      artifact,
      mark: { name: `publisher-${settings.name}-${artifact.name}`, tokenEnv: settings.tokenEnv },
    })),
  observe: async ({ mark, address }, hub, io) =>
    io.stripSecrets === true
      ? saw(io, 'staged', 'a rehearsal', address, NOT_REHEARSED)
      : observeMark(mark, hub.manifest, io),
  async publish({ settings, artifact, mark }, _, hub, io) {
    const path = await hub.file(artifact.name)
    const fields = fieldsOf(artifact, hub.manifest.project, path)
    const open = (text: string): string => openText(text, io.credentials, fields)
    const env = Object.fromEntries(
      [
        ...PASSED.map((name) => `${name}=${io.credentials.plain?.(name) ?? ''}`).filter((one) => !one.endsWith('=')),
        ...settings.env.map(open),
      ].map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    )
    const argv = splitCommand(open(settings.cmd))?.argv ?? []
    const dir = open(settings.dir)
    const where = dir === '' ? {} : { cwd: posix.isAbsolute(dir) ? dir : inside(process.cwd(), dir) }
    const lines: string[] = []
    const { code } = await run(argv, { env, signal: io.signal, ...where, onLine: (line) => void lines.push(line) })
    if (code !== 0) {
      throw new TagonceError('spoke', `${settings.name}: ${argv[0]} ended with ${code} for ${artifact.name}`, {
        output: lines.join('\n'),
      })
    }
    await setMark(mark, hub.manifest, io)
  },
})
