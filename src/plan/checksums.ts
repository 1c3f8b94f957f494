import { basename } from 'node:path/posix'
import type { FullConfig } from '../config/defaults.ts'
import type { ArtifactName } from '../core/artifact.ts'
import type { Named } from './archives.ts'
import { artifactData } from './context.ts'
import type { PlannedFlatpak, PlannedMakeself, PlannedSrpm } from '../packages/planned-bundles.ts'
import type { PlannedPackage } from '../packages/planned.ts'
import { planExtraFiles } from './files.ts'
import type { Plan, PlannedArchive, PlannedSourceArchive } from './plan.ts'
import type { PlannedUpload } from './archives.ts'
import type { Renderer } from './renderer.ts'

type Bundle = PlannedSrpm | PlannedMakeself | PlannedFlatpak

const ALGORITHMS =
  'sha256 sha512 sha1 sha224 sha384 sha3-256 sha3-512 sha3-224 sha3-384 blake2b blake2s blake3 crc32 md5'

/** The checksum file (or files); null where it is disabled, or where there is nothing to sum. */
export function planChecksums(
  renderer: Renderer,
  config: FullConfig,
  covered: (PlannedArchive | PlannedUpload | PlannedPackage | PlannedSourceArchive | Bundle)[],
  names: Named[],
): Plan['checksums'] {
  const { checksum } = config
  if (checksum.disable === true) return null
  const ids = checksum.ids ?? []
  // The source archive is always covered, whatever `ids` says.
  const files = covered.filter((one) => ids.length === 0 || one.kind === 'source' || ids.includes(one.id))
  const extraFiles = planExtraFiles(renderer, checksum.extra_files, checksum.templated_extra_files, ['checksum'])
  const later = [config.nfpms, config.sboms, config.makeselfs].some((one) => (one ?? []).length > 0)
  if (files.length === 0 && extraFiles.length === 0 && !later) return null
  const { algorithm } = checksum
  if (!ALGORITHMS.split(' ').includes(algorithm)) {
    const mend = `it can be ${ALGORITHMS.replaceAll(' ', ', ')}`
    renderer.problem('bad-algorithm', ['checksum', 'algorithm'], `${algorithm} is no algorithm for checksums`, mend)
  }
  const at = ['checksum', 'name_template']
  const base: Omit<ArtifactName, 'name'> & { algorithm: string; ids: string[]; extraFiles?: typeof extraFiles } = {
    kind: 'checksums',
    id: '',
    algorithm,
    ids,
    ...(extraFiles.length === 0 ? {} : { extraFiles }),
  }
  if (checksum.split !== true) {
    const name = renderer.render(checksum.name_template, at)
    names.push({ name, at })
    return { ...base, name, split: false }
  }
  const split: Record<string, string> = {}
  for (const file of files) {
    const place = file.platform ?? { goos: '', goarch: '', target: '' }
    const extra = {
      ...artifactData(place, { name: file.name, ext: '', path: file.name }),
      Binary: file.kind === 'binary' && 'path' in file ? basename(file.path) : config.project_name,
      Algorithm: algorithm,
    }
    const name = renderer.try(checksum.name_template, at, extra)
    if (name === undefined) break
    split[file.name] = name
    names.push({ name, at })
  }
  return { ...base, name: '', split: true, names: split }
}
