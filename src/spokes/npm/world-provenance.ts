import { createPublicKey, sign } from 'node:crypto'
import type { NpmVersion, Packument } from '../../external/npm-registry.ts'
import { NPM_REGISTRY } from '../../external/npm-registry.ts'
import type { SigstoreBundle } from '../../formats/sigstore-bundle.ts'
import { SLSA_PROVENANCE } from '../shared/provenance.ts'
import { logId, worldKey } from '../shared/world-keys.ts'
import { provenBy } from '../shared/world-provenance.ts'
import type { WorldStore } from '../world.ts'
import { gitUrl } from './git-url.ts'
import { packageUrl } from './provenance.ts'
import { json, refuse } from './world-state.ts'

/** The words that the registry's refusals begin with. */
const ERROR = 'Error verifying sigstore provenance bundle: '

export interface BundleAttachment {
  content_type?: string
  data?: string
  length?: number
}

/**
 * A bundle that comes with a version, checked as the registry does; undefined where none came. The words of refusals are those of
 * logs that stand in public issues: grafana/plugin-tools#2045, 3SVS/simsa#51, jesscss/jess#211.
 */
export async function checkedBundle(
  sent: Packument,
  version: NpmVersion,
  attachment: BundleAttachment | undefined,
): Promise<SigstoreBundle | Response | undefined> {
  if (attachment === undefined) return undefined
  const no = (why: string): Response => refuse(422, `${ERROR}${why}`)
  const { data = '', length, content_type: type } = attachment
  if (data.length !== length) return refuse(400, 'attachment length mismatch')
  let bundle: SigstoreBundle
  try {
    bundle = JSON.parse(data) as SigstoreBundle
  } catch {
    return no('invalid JSON')
  }
  if (type !== bundle.mediaType) return no(`unexpected content type ${type ?? ''}`)
  const proven = await provenBy(bundle)
  if (typeof proven === 'string') return no(proven)
  const { statement, by } = proven
  const [subject] = statement.subject
  if (statement.predicateType !== SLSA_PROVENANCE) return no(`unsupported predicate type ${statement.predicateType}`)
  if (statement.subject.length !== 1 || subject?.name !== packageUrl(version.name, version.version)) {
    return no(`subject ${subject?.name ?? ''} is not the package`)
  }
  const integrity = Buffer.from(subject.digest['sha512'] ?? '', 'hex').toString('base64')
  if (version.dist.integrity !== `sha512-${integrity}`) return no('subject digest does not match the package')
  if (by.runner !== 'github-hosted') {
    return no(
      `Unsupported GitHub Actions runner environment: "${by.runner}". Only "github-hosted" runners are supported when publishing with provenance.`,
    )
  }
  if (by.visibility !== 'public') {
    return no(
      `Unsupported GitHub Actions source repository visibility: "${by.visibility}". Only public source repositories are supported when publishing with provenance.`,
    )
  }
  const url = (version['repository'] as { url?: string } | undefined)?.url ?? ''
  if (url !== gitUrl(by.repository)) {
    return no(
      `Failed to validate repository information: package.json: "repository.url" is "${url}", expected to match "${by.repository}" from provenance`,
    )
  }
  if (sent['access'] === 'restricted') return refuse(422, 'provenance is not supported for restricted packages')
  return bundle
}

/** Keeps a bundle, and gives what stands of it in the packument. */
export function keepBundle(store: WorldStore, { name, version }: NpmVersion, bundle: SigstoreBundle | undefined) {
  if (bundle === undefined) return {}
  store.write(documentOf(`${name}@${version}`), bundle)
  const url = `${NPM_REGISTRY}/-/npm/v1/attestations/${name.replace('/', '%2f')}@${version}`
  return { attestations: { url, provenance: { predicateType: SLSA_PROVENANCE } } }
}

/** What is attested of a version: `NAME@VERSION`. */
export function attestationsOf(store: WorldStore, version: string): Response {
  const bundle = store.read<SigstoreBundle>(documentOf(version))
  if (bundle === undefined) return refuse(404, `No attestations found for ${version}`)
  return json({ attestations: [{ predicateType: SLSA_PROVENANCE, bundle }] })
}

const KEY_ID = `SHA256:${logId('npm').toString('base64')}`

/** The registry's own signature over a version: https://docs.npmjs.com/about-registry-signatures */
export function registrySignature({ name, version, dist }: NpmVersion) {
  const text = `${name}@${version}:${dist.integrity ?? ''}`
  const sig = sign('sha256', Buffer.from(text), worldKey('npm')).toString('base64')
  return { signatures: [{ keyid: KEY_ID, sig }] }
}

/** The keys of those signatures. */
export function registryKeys(): Response {
  const key = createPublicKey(worldKey('npm')).export({ type: 'spki', format: 'der' }).toString('base64')
  return json({
    keys: [{ expires: null, keyid: KEY_ID, keytype: 'ecdsa-sha2-nistp256', scheme: 'ecdsa-sha2-nistp256', key }],
  })
}

function documentOf(version: string): string {
  return `attestations/${version.replace('/', '%2f')}`
}
