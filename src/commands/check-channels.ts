import type { Loaded } from '../config/load.ts'
import type { Diagnostic } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { planAndRenderer } from '../plan/make.ts'
import type { Plan } from '../plan/plan.ts'
import { projectFiles } from '../plan/project-files.ts'
import type { SpokeConfig } from '../plan/spoke-config.ts'
import { tagRules } from '../plan/tag-rules.ts'
import { channelRules, proofread } from '../release/preflight.ts'
import { planSpokes } from '../release/spokes.ts'
import { inspect } from '../source/inspect.ts'
import type { Source } from '../source/source.ts'

interface CheckIO {
  root: string
  env: Record<string, string | undefined>
  signal?: AbortSignal
}

/**
 * What the channels say of a valid config: their own rules, and every text that would be published as the channel's schema or parser
 * reads it. Without a tag at this commit, a plain version stands in for it; a variable that is not set has a made-up value. No channel
 * is asked. All are warnings: it is a release that stops at them, and GoReleaser's `check` does not.
 * @example await checkChannels(await readConfig('/repo'), { root: '/repo', env: process.env })
 */
export async function checkChannels(loaded: Loaded, io: CheckIO): Promise<Diagnostic[]> {
  const env = { ...madeUp(loaded), ...io.env }
  const signal = io.signal ?? new AbortController().signal
  const files = projectFiles(io.root)
  const rules = tagRules(loaded, env, io.root, files)
  const source = standIn(await inspect(io.root, { ...rules, env, signal, snapshot: true }))
  let resolved: Diagnostic[] = []
  const { plan } = planAndRenderer(loaded, source, {
    root: io.root,
    env,
    files,
    planSpokes(config: SpokeConfig) {
      const aside = config.aside?.()
      const planned = planSpokes(aside?.config ?? config, new Set())
      resolved = aside?.found ?? []
      return planned
    },
  })
  const stop = unplanned(plan)
  if (stop !== undefined) return [stop]
  await using folder = await tempFolder('check')
  const texts = await proofread(plan, loaded, { env, signal, folder: folder.path })
  return [...resolved, ...channelRules(plan, loaded), ...texts].flatMap(asWarning).sort(byPlace)
}

function byPlace({ where: a }: Diagnostic, { where: b }: Diagnostic): number {
  if (a === undefined || b === undefined || a.file !== b.file) return 0
  return a.line - b.line || a.column - b.column
}

function asWarning(one: Diagnostic): Diagnostic[] {
  if (one.severity === 'info') return []
  if (one.severity === 'warning') return [one]
  return [{ ...one, severity: 'warning', message: `${one.message}; a release stops here` }]
}

/** Without a plan there is nothing that channels could be held against. */
function unplanned({ diagnostics }: Plan): Diagnostic | undefined {
  const first = diagnostics.find((one) => one.severity === 'error' && one.code !== 'not-built')
  if (first === undefined) return undefined
  const message = `what the channels say is not checked, since there is no plan yet: ${first.message}`
  return { ...first, severity: 'warning', message }
}

/** A variable that only the release has is no reason to say nothing. */
function madeUp({ config }: Loaded): Record<string, string> {
  const named = JSON.stringify(config).matchAll(/\.Env\.(\w+)/g)
  return Object.fromEntries([...named].map(([, name = '']) => [name, name.toLowerCase().replaceAll('_', '-')]))
}

/** The release of this commit where it has a tag; else one of a plain version, wherever there is no remote. */
function standIn(found: Source): Source {
  const source = found.url === '' ? { ...found, url: 'https://github.com/owner/project' } : found
  const { major, minor, patch, prerelease } = source.semver
  const here = source.tagFrom === 'env' || source.tagFrom === 'ref' || source.tagFrom === 'commit'
  if (here || (source.semverValid !== false && prerelease === '')) return { ...source, snapshot: false }
  const version = `${major}.${minor}.${patch}`
  const semver = { ...source.semver, prerelease: '', metadata: '' }
  const tag = `${source.tagPrefix ?? ''}v${version}`
  return { ...source, snapshot: false, tag, version, rawVersion: version, semver, semverValid: true }
}
