import { bundleOfAttestation, PYPI_PUBLISH } from '../../formats/pypi-attestation.ts'
import type { PypiAttestation } from '../../formats/pypi-attestation.ts'
import { provenBy } from '../shared/world-provenance.ts'
import type { WorldStore } from '../world.ts'
import type { IndexUser } from './world-state.ts'
import { json, refuse } from './world-state.ts'

/** The words that PyPI's refusals begin with (warehouse, forklift/legacy.py, attestations/services.py). */
const ERROR = 'Invalid attestations supplied during upload: '

/** What goes with a file, after the checks of PyPI; a document for the integrity API. Undefined where nothing came. */
export async function checkedAttestations(
  field: string,
  file: { filename: string; sha256: string },
  user: IndexUser,
): Promise<object | Response | undefined> {
  if (field === '') return undefined
  const no = (why: string): Response => refuse(400, `${ERROR}${why}`)
  if (user.workflow !== true) return no('Attestations are only supported when using Trusted Publishing')
  let attestations: Partial<PypiAttestation>[]
  try {
    attestations = JSON.parse(field) as typeof attestations
  } catch {
    return no('Malformed attestations')
  }
  if (!Array.isArray(attestations) || attestations.length === 0) return no('an empty attestation set is not permitted')
  if (attestations.length > 2) return no(`a maximum of 2 attestations per file are supported`)
  const kinds = new Set<string>()
  let publisher: object = {}
  for (const one of attestations) {
    const bundle = bundleOfAttestation(one)
    if (bundle === undefined) return no('Malformed attestations')
    const proven = await provenBy(bundle)
    if (typeof proven === 'string') return no(`Verification failed: ${proven}`)
    const { statement, by } = proven
    const { predicateType, predicate, subject } = statement
    if (predicateType !== PYPI_PUBLISH) return no(`Attestation with unsupported predicate type: ${predicateType}`)
    if (predicate !== null && predicate !== undefined) return no('invalid predicate')
    if (kinds.has(predicateType)) return no('Multiple attestations for the same file with the same predicate type')
    kinds.add(predicateType)
    if (subject.length !== 1 || subject[0]?.name !== file.filename) {
      return no('Verification failed: subject does not match distribution name')
    }
    if (subject[0].digest['sha256'] !== file.sha256) {
      return no('Verification failed: subject does not match distribution digest')
    }
    const workflow = /\/\.github\/workflows\/([^@/]+)@/.exec(by.workflow)?.[1] ?? ''
    publisher = { kind: 'GitHub', repository: by.repository.replace('https://github.com/', ''), workflow }
  }
  return { version: 1, attestation_bundles: [{ publisher, attestations }] }
}

const documentOf = (host: string, filename: string): string => `integrity/${host}/${filename}`

export function keepAttestations(store: WorldStore, host: string, filename: string, provenance: object): void {
  store.write(documentOf(host, filename), provenance)
}

/** Where a file's statements are; null where there are none, as in the simple page. */
export function provenanceAddress(
  store: WorldStore,
  host: string,
  file: { name: string; version: string; filename: string },
): string | null {
  if (store.read(documentOf(host, file.filename)) === undefined) return null
  return `https://${host}/integrity/${file.name}/${file.version}/${file.filename}/provenance`
}

/** `GET /integrity/NAME/VERSION/FILE/provenance`: https://docs.pypi.org/api/integrity/ */
export function integrity(store: WorldStore, host: string, filename: string): Response {
  const found = store.read<object>(documentOf(host, filename))
  if (found !== undefined) return json(found, 'application/vnd.pypi.integrity.v1+json')
  return json({ message: `No provenance available for ${filename}` }, undefined, 404)
}
