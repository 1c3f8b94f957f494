import { X509Certificate } from 'node:crypto'
import { TagonceError } from '../../core/errors.ts'
import { SIGSTORE_AUDIENCE, sigstoreSigner } from '../../external/sigstore.ts'
import type { SigstoreSigner } from '../../external/sigstore.ts'
import type { SigstoreBundle, Statement } from '../../formats/sigstore-bundle.ts'
import type { ChannelIO } from '../spoke.ts'
import { ACTIONS_VARIABLES, claimsOf, workflowIdentity } from './workflow-identity.ts'
import type { WorkflowClaims } from './workflow-identity.ts'

export const SLSA_PROVENANCE = 'https://slsa.dev/provenance/v1'

type IO = Pick<ChannelIO, 'http' | 'credentials' | 'clock'>

const known = new WeakMap<ChannelIO['credentials'], Promise<WorkflowClaims>>()
const signers = new WeakMap<ChannelIO['credentials'], { signer: Promise<SigstoreSigner>; until: number }>()

/** How long a certificate is used. It is good for ten minutes, and the log has to take the signature in that time. */
const USED = 5 * 60_000

/** What GitHub says of this workflow; asked once in a run. Throws `credentials` where there is none. */
export function signingClaims(io: IO): Promise<WorkflowClaims> {
  const before = known.get(io.credentials)
  if (before !== undefined) return before
  const asked = identity(io).then(claimsOf)
  known.set(io.credentials, asked)
  asked.catch(() => known.delete(io.credentials))
  return asked
}

/**
 * Signs a statement as this workflow. A key and its certificate serve all statements of some minutes; neither is kept. What is signed
 * stands in a public log for ever, so ask `signingClaims` first whether it may be told.
 */
export async function attestAsWorkflow(statement: Statement, io: IO): Promise<SigstoreBundle> {
  const now = io.clock().getTime()
  let held = signers.get(io.credentials)
  if (held === undefined || held.until <= now) {
    const made = identity(io).then((token) => sigstoreSigner(io.http, token))
    held = { signer: made, until: now + USED }
    signers.set(io.credentials, held)
    made.catch(() => signers.delete(io.credentials))
  }
  return (await held.signer).attest(statement)
}

async function identity(io: IO): Promise<string> {
  if (!ACTIONS_VARIABLES.every((name) => io.credentials.has(name))) {
    throw new TagonceError(
      'credentials',
      'provenance is the word of a workflow of GitHub Actions, and this run is none',
      {
        hint: 'run it in a job with `permissions: id-token: write`, or set `provenance: false`',
      },
    )
  }
  return workflowIdentity(SIGSTORE_AUDIENCE, io)
}

/**
 * SLSA provenance of what this workflow publishes, in the form that npm's client gives it
 * (https://github.com/slsa-framework/github-actions-buildtypes/tree/main/workflow/v1). All of it stands in the certificate, too.
 */
export function slsaProvenance(subject: Statement['subject'], claims: WorkflowClaims): Statement {
  const server = 'https://github.com'
  const repository = `${server}/${claims.repository}`
  const [, workflow = '', ref = ''] = /^([^@]*)@(.*)$/.exec(claims.workflow_ref ?? '') ?? []
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject,
    predicateType: SLSA_PROVENANCE,
    predicate: {
      buildDefinition: {
        buildType: 'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
        externalParameters: { workflow: { ref, repository, path: workflow.replace(`${claims.repository}/`, '') } },
        internalParameters: {
          github: {
            event_name: claims.event_name,
            repository_id: claims.repository_id,
            repository_owner_id: claims.repository_owner_id,
          },
        },
        resolvedDependencies: [{ uri: `git+${repository}@${claims.ref}`, digest: { gitCommit: claims.sha } }],
      },
      runDetails: {
        builder: { id: `https://github.com/actions/runner/${claims.runner_environment}` },
        metadata: { invocationId: `${repository}/actions/runs/${claims.run_id}/attempts/${claims.run_attempt}` },
      },
    },
  }
}

/** Who signed, who vouches for that, and where it is logged. A rehearsal's certificate says itself that its identity is made up. */
export function signerOf({ verificationMaterial: material }: Partial<SigstoreBundle>): string {
  try {
    const { subjectAltName, issuer } = new X509Certificate(Buffer.from(material?.certificate.rawBytes ?? '', 'base64'))
    const names = issuer.split('\n').map((one) => one.replace(/^\w+=/, ''))
    const workflow = (subjectAltName ?? '').replace(/^URI:/, '')
    return `signed as ${workflow}, certified by ${names.join(', ')}, entry ${material?.tlogEntries[0]?.logIndex ?? '?'} of the log`
  } catch {
    return 'its certificate cannot be read'
  }
}
