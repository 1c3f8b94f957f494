import type { ArtifactName } from '../../core/artifact.ts'
import { assetAddress } from '../../hub/address.ts'
import { artifactFields } from './artifact-fields.ts'
import type { Path, Renderer } from './renderer.ts'

/** The keys that decide whether an entry is published. */
interface SkippableEntry {
  repository?: { name?: string | undefined } | undefined
  skip_upload?: string | boolean | undefined
}

/** The reason of an entry that says not where to. */
export const NO_REPOSITORY = 'repository.name is not set'

/** Why an entry is not published, when it is not; by GoReleaser's rules. */
export function skipReason(renderer: Renderer, entry: SkippableEntry): string | undefined {
  if (!entry.repository?.name) return NO_REPOSITORY
  const raw = entry.skip_upload ?? ''
  const value = typeof raw === 'boolean' ? String(raw) : renderer.text(raw, ['skip_upload']).trim()
  if (value === 'true') return 'skip_upload is set'
  const { prerelease } = renderer.config.plan.source.semver
  if (value === 'auto' && prerelease !== '') return `skip_upload is auto, and this is a pre-release (${prerelease})`
  return undefined
}

/** The URL of every chosen artifact, rendered, with what else a template says of it. */
export function packageUrls<A extends ArtifactName>(
  renderer: Renderer,
  artifacts: A[],
  template: string | undefined,
  key: Path,
): { artifact: string; url: string; fields: Record<string, unknown> }[] {
  const { plan } = renderer.config
  return artifacts.map((one) => {
    const fields = artifactFields(plan, one)
    const url = template ? renderer.text(template, key, fields) : assetAddress(plan.hub, plan.source.tag, one.name)
    return { artifact: one.name, url, fields }
  })
}
