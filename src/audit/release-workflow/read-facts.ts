import { TagonceError } from '../../core/errors.ts'
import type { Plan } from '../../plan/plan.ts'
import { candidatesOf } from '../clean/candidates.ts'
import type { Workflow } from '../model.ts'
import type { AuditInput } from '../rules/rule.ts'
import type { ReleaseFacts } from './facts.ts'

/** Set by the runner in a job with `permissions: id-token: write`: for trusted publishing, and for provenance. */
const IDENTITY = 'ACTIONS_ID_TOKEN_REQUEST_URL'

/** What the spokes of the plan need; the audit knows no spoke itself. */
export type ChannelNeeds = ReleaseFacts['channels']

/**
 * Reads the facts of the release workflow from the repository: its file, the config, and what the channels need.
 * @param version the tagonce that the workflow shall run
 */
export function readFacts(
  input: AuditInput,
  plan: Plan,
  channels: ChannelNeeds,
  options: { version: string; file?: string },
): ReleaseFacts {
  const path = workflowPath(input, options.file)
  const before = input.workflows.find((one) => one.path === path)
  const { hub } = plan
  const config = input.config
  const texts = [config?.loaded.text ?? '', input.snapshot.read('tagonce.yaml') ?? '']
  const wanted = new Set([hub.tokenEnv, ...channels.flatMap((one) => one.credentials), ...envNames(texts)])
  const goMod = goModOf(plan, input)
  const spokes = new Set(channels.map((one) => one.spoke))
  const addresses = plan.spokes.flatMap((one) => one.units.map((unit) => unit.address))
  return {
    path,
    name: before === undefined || before.name === before.path ? 'Release' : before.name,
    config: config?.loaded.file ?? '.goreleaser.yaml',
    version: options.version,
    tagPrefix: /^\D*/.exec(input.tag)?.[0] ?? 'v',
    otherBuilders: [...new Set(plan.binaries.map((one) => one.builder))]
      .filter((one) => one !== 'go' && one !== 'prebuilt')
      .sort(),
    env: envOf([...wanted], before),
    permissions: {
      ...(channels.some((one) => one.credentials.includes(IDENTITY)) ? { 'id-token': 'write' as const } : {}),
      ...(addresses.some((one) => one.includes('ghcr.io')) ? { packages: 'write' as const } : {}),
    },
    squashfs: spokes.has('snap'),
    hub: `${hub.owner}/${hub.repo}`,
    channels,
    ...(goMod === undefined ? {} : { goMod }),
  }
}

/** The file that releases now: its name is what registries may be bound to. */
function workflowPath(input: AuditInput, file: string | undefined): string {
  if (file !== undefined) {
    const path = file.includes('/') ? file : `.github/workflows/${file}`
    if (/^\.github\/workflows\/[\w.-]+\.ya?ml$/.test(path)) return path
    throw new TagonceError('usage', `${file} is no file that GitHub reads as a workflow`, {
      hint: 'name a .yml file in .github/workflows',
    })
  }
  const candidates = candidatesOf(input, []).filter((one) => one.startedBy !== 'release published')
  if (candidates.length > 1) {
    throw new TagonceError(
      'audit',
      `${candidates.length} workflows release on one tag: ${candidates.map((one) => one.path).join(', ')}`,
      {
        hint: 'first `tagonce clean`, which keeps one of them; or name the file with --file',
      },
    )
  }
  return candidates[0]?.path ?? '.github/workflows/release.yml'
}

/** Names of the variables that the templates of these texts read. */
export function envNames(texts: string[]): string[] {
  return texts.flatMap((text) =>
    [...text.matchAll(/\.Env\.([A-Za-z_]\w*)|isEnvSet\s+"(\w+)"|envOrDefault\s+"(\w+)"/g)].map(
      (one) => one[1] ?? one[2] ?? one[3] ?? '',
    ),
  )
}

/**
 * Values as the step that releases has them now (a secret may have another name than its variable), else the secret of
 * that name. What that step has and nobody is known to read is kept: a hook may.
 */
function envOf(names: string[], before: Workflow | undefined): Record<string, string> {
  const jobs = (before?.jobs ?? []).flatMap((job) =>
    job.steps
      .filter((step) => /\b(goreleaser|tagonce)\b/.test(`${step.uses ?? ''} ${step.run ?? ''}`))
      .flatMap((step) => [job.env, step.env]),
  )
  const known: Record<string, string> = Object.assign({}, before?.env, ...jobs)
  // What a step of that file worked out is not there any more.
  const held = Object.entries(known).filter(([, value]) => /^\$\{\{\s*(secrets|vars)\.\w+\s*\}\}$/.test(value))
  // Names that the runner itself sets need no line.
  const own = names.filter((name) => !/^(GITHUB_(?!TOKEN$)|ACTIONS_|RUNNER_|HOME$|PATH$|USER$|CI$)/.test(name))
  const values = {
    ...Object.fromEntries(own.map((name) => [name, `\${{ secrets.${name} }}`])),
    ...Object.fromEntries(held),
  }
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function goModOf(plan: Plan, { snapshot }: AuditInput): string | undefined {
  const dirs = new Set(plan.binaries.filter((one) => one.builder === 'go').map((one) => one.command?.dir ?? '.'))
  const files = [...dirs].map((dir) => (dir === '.' || dir === '' ? 'go.mod' : `${dir.replace(/^\.\//, '')}/go.mod`))
  const paths = new Set(snapshot.paths)
  return [...files, ...(dirs.size > 0 ? ['go.mod', 'go.work'] : [])].find((file) => paths.has(file))
}
