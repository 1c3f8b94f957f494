import { TagonceError } from '../../core/errors.ts'
import type { Diagnostic } from '../../core/errors.ts'
import type { NpmTarball } from '../../external/npm-registry.ts'
import type { SigstoreBundle } from '../../formats/sigstore-bundle.ts'
import { attestAsWorkflow, signingClaims, slsaProvenance } from '../shared/provenance.ts'
import type { WorkflowClaims } from '../shared/workflow-identity.ts'
import type { ChannelIO } from '../spoke.ts'
import { gitUrl } from './git-url.ts'
import type { NpmSettings } from './settings.ts'

type Wanted = Pick<NpmSettings, 'name' | 'provenance' | 'repository'>

/** The name of a package version in a statement. @example packageUrl('@acme/hello', '1.2.3') // 'pkg:npm/%40acme/hello@1.2.3' */
export function packageUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`
}

/**
 * Signs where a tarball comes from; undefined where that is not wanted, or npm would not do so by itself. Throws `credentials` before
 * anything is signed where the registry would refuse it: what is signed stands in a public log.
 */
export async function provenanceOf(
  settings: Wanted,
  tarball: NpmTarball,
  io: ChannelIO,
): Promise<SigstoreBundle | undefined> {
  if (settings.provenance === 'off') return undefined
  const [found] = judged(settings, await signingClaims(io))
  if (found?.severity === 'error') {
    throw new TagonceError('credentials', found.message, found.mend === undefined ? {} : { hint: found.mend })
  }
  if (found !== undefined) return undefined
  const { name, version } = tarball.manifest
  const sha512 = Buffer.from(tarball.integrity.replace('sha512-', ''), 'base64').toString('hex')
  const subject = [{ name: packageUrl(name, version), digest: { sha512 } }]
  return attestAsWorkflow(slsaProvenance(subject, await signingClaims(io)), io)
}

/** What lacks for provenance, before anything is built. Reads only. */
export async function probeProvenance(settings: Wanted, io: ChannelIO): Promise<Diagnostic[]> {
  if (settings.provenance === 'off') return []
  try {
    return judged(settings, await signingClaims(io))
  } catch (error) {
    if (!(error instanceof TagonceError) || error.code !== 'credentials') throw error
    const mend = error.hint === undefined ? {} : { mend: error.hint }
    return [{ severity: 'error', code: 'npm-provenance', message: `npm ${settings.name}: ${error.message}`, ...mend }]
  }
}

/**
 * What the registry would refuse, in the words of its 422: a runner of one's own, a private repository, a package that names another
 * repository. Where nobody asked for provenance, the first two are the reason to publish without.
 */
function judged({ name, provenance, repository }: Wanted, claims: WorkflowClaims): Diagnostic[] {
  const without = provenance === 'auto'
  const say = (severity: Diagnostic['severity'], what: string, mend?: string): Diagnostic[] => [
    {
      severity,
      code: 'npm-provenance',
      message: `npm ${name}: ${without && severity !== 'error' ? 'it is published without provenance, since ' : ''}${what}`,
      ...(mend === undefined ? {} : { mend }),
    },
  ]
  const { repository_visibility: visibility, runner_environment: runner, repository: source } = claims
  if (visibility !== 'public') {
    const what = `the repository ${source} is ${visibility ?? 'of unknown visibility'}, and provenance tells the public where a package is built`
    return say(without ? 'info' : 'error', what, without ? undefined : 'set `provenance: false`')
  }
  if (runner !== 'github-hosted') {
    const what = `the registry takes provenance from GitHub's own runners only, and this one is ${runner ?? 'unknown'}`
    return say(without ? 'warning' : 'error', what, 'run the job on ubuntu-latest, or set `provenance: false`')
  }
  const built = `https://github.com/${source}`
  if (gitUrl(repository) !== gitUrl(built)) {
    return say(
      'error',
      `the package says that it comes from ${repository}, but the workflow runs in ${built}: the registry compares the two`,
      `set npms[].repository to ${built}`,
    )
  }
  return []
}
