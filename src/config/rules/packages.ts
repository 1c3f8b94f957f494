import type { Diagnostic } from '../../core/errors.ts'
import { showPath } from '../path.ts'
import { at } from './rule.ts'
import type { Rule, RuleInput } from './rule.ts'

/** Keys without which an entry is of no use, and GoReleaser refuses the config. */
const REQUIRED = [
  ['snapcrafts', ['summary', 'description'], 'the Snap Store shows it'],
  ['flatpak', ['app_id', 'runtime', 'runtime_version', 'sdk'], 'flatpak-builder asks for it'],
  ['blobs', ['bucket', 'provider'], 'there is nowhere to upload to without it'],
] as const

export const requiredKeys: Rule = (input) =>
  REQUIRED.flatMap(([list, keys, why]) => {
    const entries: readonly Record<string, unknown>[] = input.config[list] ?? []
    return entries.flatMap((entry, index) =>
      keys.flatMap((key): Diagnostic[] => {
        if (entry[key] !== undefined && entry[key] !== '') return []
        const message = `\`${showPath([list, index])}\` has no \`${key}\``
        return [at(input, [list, index], 'error', 'missing-key', message, `add \`${key}: …\`; ${why}`)]
      }),
    )
  })

/** An SBOM of one artifact is one document. */
export const sbomDocuments: Rule = (input) =>
  (input.config.sboms ?? []).flatMap(({ artifacts, documents = [] }, index) => {
    if (artifacts === 'any' || documents.length < 2) return []
    const message = `several documents need \`artifacts: any\`, not \`${artifacts || 'archive'}\``
    return [
      at(input, ['sboms', index, 'documents', 1], 'error', 'bad-value', message, 'keep one, or make an entry for each'),
    ]
  })

/** ko builds what a build describes, and pushes it to somewhere. */
export const koBuilds: Rule = (input) => {
  const project = input.config.project_name
  const builds = (input.config.builds ?? [{}]).map((build) => build.id || project || '')
  return (input.config.kos ?? []).flatMap((ko, index) => {
    const wanted = ko.build || ko.id || project || ''
    const problems: Diagnostic[] = []
    if (wanted !== '' && builds.every((id) => id !== '' && id !== wanted)) {
      const message = `no build has the id \`${wanted}\``
      problems.push(at(input, ['kos', index, ko.build ? 'build' : 'id'], 'error', 'unknown-id', message))
    }
    if ((ko.repositories ?? []).length === 0 && !input.env['KO_DOCKER_REPO']) {
      const mend = 'add `repositories`, or set KO_DOCKER_REPO'
      problems.push(
        at(input, ['kos', index], 'error', 'missing-key', `\`kos[${index}]\` has no \`repositories\``, mend),
      )
    }
    return [...problems, ...koMain(input, index, ko.main ?? '')]
  })
}

function koMain(input: RuleInput, index: number, main: string): Diagnostic[] {
  if (main === '' || (/^\.?(\.\/[^/]?.*)?$/.test(main) && !main.endsWith('.go'))) return []
  const message = `\`kos[${index}].main\` must be a package, like \`./cmd/hello\``
  return [at(input, ['kos', index, 'main'], 'error', 'bad-value', message)]
}

/** The old way to build images: works, and will go. Not a deprecation yet, so `check` does not end with 2 for it. */
export const dockersPhasedOut: Rule = (input) =>
  (['dockers', 'docker_manifests'] as const).flatMap((key) =>
    (input.config[key] ?? []).length === 0
      ? []
      : [
          at(
            input,
            [key],
            'info',
            'phased-out',
            `GoReleaser is phasing out \`${key}\``,
            'use `dockers_v2` for new images; `--fix` leaves these, since `dockers_v2` builds and tags all platforms as one image',
          ),
        ],
  )

/** Homebrew looks for casks in `Casks`. */
export const caskDirectory: Rule = (input) =>
  (input.config.homebrew_casks ?? []).flatMap(({ directory }, index) =>
    directory === undefined || directory === '' || directory === 'Casks'
      ? []
      : [
          at(
            input,
            ['homebrew_casks', index, 'directory'],
            'warning',
            'cask-directory',
            `Homebrew looks for casks in \`Casks\`, not in \`${directory}\``,
            'leave `directory` out',
          ),
        ],
  )
