import type { Config } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import type { PlannedSbom, PlannedSign } from './plan.ts'
import type { Renderer } from './renderer.ts'

type Sign = NonNullable<Config['signs']>[number]

const SIGN_ARGS = ['--output', '$signature', '--detach-sig', '$artifact']
const BINARY_SIGNATURE =
  '${artifact}_{{ .Os }}_{{ .Arch }}{{ with .Arm }}v{{ . }}{{ end }}' +
  '{{ with .Mips }}_{{ . }}{{ end }}{{ if not (eq .Amd64 "v1") }}{{ .Amd64 }}{{ end }}'

const KINDS = ['none', 'all', 'checksum', 'source', 'package', 'archive', 'binary', 'sbom'] as const

/** `signs`, with GoReleaser's defaults: nothing is signed unless `artifacts` says what. */
export function planSigns(renderer: Renderer, config: Config): PlannedSign[] {
  return planned(renderer, config.signs, 'signs', { artifacts: 'none', signature: '${artifact}.sig' })
}

/** `binary_signs`: programs are signed where they were built, before they are packed. */
export function planBinarySigns(renderer: Renderer, config: Config): PlannedSign[] {
  return planned(renderer, config.binary_signs, 'binary_signs', { artifacts: 'binary', signature: BINARY_SIGNATURE })
}

function planned(
  renderer: Renderer,
  entries: Sign[] | undefined,
  key: string,
  defaults: { artifacts: string; signature: string },
): PlannedSign[] {
  return (entries ?? []).flatMap((one, index) => {
    const at: Path = [key, index]
    const asked = one.artifacts || defaults.artifacts
    const artifacts = KINDS.find((kind) => kind === asked)
    if (artifacts === undefined) {
      renderer.problem('not-built', [...at, 'artifacts'], `there are no ${asked} to sign`, `use ${KINDS.join(', ')}`)
      return []
    }
    if (artifacts === 'none') {
      const message = `${key}[${index}] signs nothing: \`artifacts\` is none`
      renderer.problem('signs-nothing', at, message, 'set `artifacts: checksum`, or leave the entry out', 'info')
    }
    if ((artifacts === 'checksum' || artifacts === 'source') && (one.ids ?? []).length > 0) {
      renderer.problem(
        'ids',
        [...at, 'ids'],
        `\`ids\` means nothing where ${artifacts} is signed`,
        undefined,
        'warning',
      )
    }
    return {
      id: one.id || 'default',
      cmd: one.cmd ?? '',
      args: one.args === undefined || one.args.length === 0 ? SIGN_ARGS : one.args,
      artifacts,
      ids: one.ids ?? [],
      signature: one.signature || defaults.signature,
      certificate: one.certificate ?? '',
      env: one.env ?? [],
      ...(one.stdin === undefined ? {} : { stdin: one.stdin }),
      stdinFile: one.stdin_file ?? '',
      output: one.output ?? false,
      ...(one.if === undefined ? {} : { if: one.if }),
      at: [...at],
    }
  })
}

/** `sboms`, with GoReleaser's defaults; those that are disabled are left out, which is told. */
export function planSboms(renderer: Renderer, config: Config): PlannedSbom[] {
  return (config.sboms ?? []).flatMap((one, index) => {
    const at: Path = ['sboms', index]
    const asked = one.artifacts || 'archive'
    if (asked === 'none' || renderer.isTrue(one.disable, [...at, 'disable'])) {
      renderer.problem('sbom-disabled', at, `sboms[${index}] is disabled`, undefined, 'info')
      return []
    }
    if (asked === 'diskimage' || asked === 'installer') {
      renderer.problem('not-built', [...at, 'artifacts'], `there are no artifacts of the kind ${asked}`)
      return []
    }
    const documents = (one.documents ?? []).length > 0 ? (one.documents ?? []) : documentsOf(asked)
    if (asked !== 'any' && documents.length > 1) {
      const message = `with \`artifacts: ${asked}\` there is one document for each`
      renderer.problem('sbom-documents', [...at, 'documents'], message, 'leave one, or use `artifacts: any`')
    }
    const cmd = one.cmd || 'syft'
    const own = cmd === 'syft'
    const env = one.env ?? []
    const usual = own && env.length === 0 && (asked === 'source' || asked === 'archive')
    return {
      id: one.id || 'default',
      cmd,
      args:
        own && (one.args ?? []).length === 0
          ? ['$artifact', '--output', 'spdx-json=$document', '--enrich', 'all']
          : (one.args ?? []),
      artifacts: asked,
      ids: one.ids ?? [],
      documents,
      env: usual ? ['SYFT_FILE_METADATA_CATALOGER_ENABLED=true'] : env,
      at: [...at],
    }
  })
}

function documentsOf(artifacts: string): string[] {
  if (artifacts === 'any') return []
  return [
    artifacts === 'binary'
      ? '{{ .Binary }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}.sbom.json'
      : '{{ .ArtifactName }}.sbom.json',
  ]
}
