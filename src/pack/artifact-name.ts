import type { ArtifactName } from '../core/artifact.ts'
import { TagonceError } from '../core/errors.ts'
import { assetNameFault } from '../plan/names.ts'

/** Only what an artifact's name has: a plan knows more. */
export function artifactName(planned: ArtifactName): ArtifactName {
  const { name, kind, id, platform, format, wrapDirectory } = planned
  return {
    name,
    kind,
    id,
    ...(platform === undefined ? {} : { platform }),
    ...(format === undefined ? {} : { format }),
    ...(wrapDirectory === undefined ? {} : { wrapDirectory }),
  }
}

/** The name, when it can be that of an asset: it becomes a file here and a part of a URL there. */
export function safeAsset(name: string): string {
  const fault = assetNameFault(name)
  if (fault === undefined) return name
  throw new TagonceError('pack', `${JSON.stringify(name)} cannot be the name of an artifact: it ${fault}`, {
    hint: 'mend its name template',
  })
}
