import { createHash, createPublicKey, sign, verify } from 'node:crypto'
import { FULCIO } from '../../external/sigstore.ts'
import { REKOR } from '../../external/sigstore-rekor.ts'
import { preAuthEncoding } from '../../formats/dsse.ts'
import type { DsseEnvelope } from '../../formats/dsse.ts'
import type { WorldRequest, WorldStore } from '../world.ts'
import { issueCertificate } from './world-certificate.ts'
import { IDENTITY_HOST, madeUpClaims } from './world-identity.ts'
import { logId, worldKey } from './world-keys.ts'
import { inclusionHashes, leafHash, treeHash } from './world-merkle.ts'

const [FULCIO_HOST, REKOR_HOST] = [new URL(FULCIO).host, new URL(REKOR).host]

/** Where a workflow has its statements signed and logged; a local server that checks provenance has these hosts as well. */
export const SIGSTORE_HOSTS = [FULCIO_HOST, REKOR_HOST]

/** Sigstore in the local world: it certifies made-up identities, and logs what was signed with such a certificate. */
export async function sigstore(request: WorldRequest, store: WorldStore): Promise<Response> {
  const { host, method, path } = request
  if (host === FULCIO_HOST && method === 'POST' && path === '/api/v2/signingCert') return certify(request)
  if (host === REKOR_HOST && method === 'POST' && path === '/api/v1/log/entries') return log(request, store)
  const uuid = /^\/api\/v1\/log\/entries\/([0-9a-f]+)$/.exec(path)?.[1]
  if (host === REKOR_HOST && method === 'GET' && uuid !== undefined) {
    const at = leaves(store).findIndex((one) => one.uuid === uuid)
    return at === -1 ? refuse(404, 'entry not found') : Response.json({ [uuid]: entryAt(store, at) })
  }
  return refuse(404, 'Not Found')
}

interface SigningRequest {
  credentials?: { oidcIdentityToken?: string }
  publicKeyRequest?: { publicKey?: { content?: string }; proofOfPossession?: string }
}

async function certify(request: WorldRequest): Promise<Response> {
  const sent = JSON.parse((await request.body()).toString()) as SigningRequest
  const claims = madeUpClaims(sent.credentials?.oidcIdentityToken ?? '')
  if (claims?.aud !== 'sigstore' || claims.iss !== `https://${IDENTITY_HOST}` || claims.sub === undefined) {
    return refuse(400, 'There was an error processing the identity token')
  }
  const { publicKey, proofOfPossession = '' } = sent.publicKeyRequest ?? {}
  const key = createPublicKey(publicKey?.content ?? '')
  if (!verify('sha256', Buffer.from(claims.sub), key, Buffer.from(proofOfPossession, 'base64'))) {
    return refuse(400, 'The signature supplied in the request could not be verified')
  }
  const certificates = await issueCertificate(key, claims)
  return Response.json({ signedCertificateEmbeddedSct: { chain: { certificates } } })
}

interface Leaf {
  uuid: string
  /** The canonical entry, base64. */
  body: string
  /** Seconds since the epoch. */
  time: number
}

const leaves = (store: WorldStore): Leaf[] => store.read<Leaf[]>('rekor') ?? []

interface ProposedEntry {
  kind?: string
  spec?: { proposedContent?: { envelope?: string; verifiers?: string[] } }
}

async function log(request: WorldRequest, store: WorldStore): Promise<Response> {
  const sent = JSON.parse((await request.body()).toString()) as ProposedEntry
  const { envelope: text = '{}', verifiers = [] } = sent.spec?.proposedContent ?? {}
  const envelope = JSON.parse(text) as DsseEnvelope
  const verifier = verifiers[0] ?? ''
  const payload = Buffer.from(envelope.payload ?? '', 'base64')
  const signature = envelope.signatures?.[0]?.sig ?? ''
  const key = createPublicKey(Buffer.from(verifier, 'base64'))
  const signed = preAuthEncoding(envelope.payloadType ?? '', payload)
  if (sent.kind !== 'dsse' || !verify('sha256', signed, key, Buffer.from(signature, 'base64'))) {
    return refuse(400, 'error processing entry: could not verify envelope')
  }
  const hash = (bytes: Buffer | string) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  })
  // Keys are in the order of RFC 8785 already.
  const entry = {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: { envelopeHash: hash(text), payloadHash: hash(payload), signatures: [{ signature, verifier }] },
  }
  const body = Buffer.from(JSON.stringify(entry))
  const uuid = leafHash(body).toString('hex')
  const before = leaves(store)
  if (before.some((one) => one.uuid === uuid)) {
    const headers = { location: `/api/v1/log/entries/${uuid}` }
    return Response.json({ code: 409, message: 'an equivalent entry already exists' }, { status: 409, headers })
  }
  store.write('rekor', [
    ...before,
    { uuid, body: body.toString('base64'), time: Math.floor(Date.now() / 1000) } satisfies Leaf,
  ])
  return Response.json({ [uuid]: entryAt(store, before.length) }, { status: 201 })
}

/** An entry with the log's proofs, as the log is now. */
function entryAt(store: WorldStore, logIndex: number): unknown {
  const all = leaves(store)
  const hashes = all.map((one) => leafHash(Buffer.from(one.body, 'base64')))
  const { body = '', time: integratedTime = 0 } = all[logIndex] ?? {}
  const logID = logId('rekor').toString('hex')
  const root = treeHash(hashes)
  const note = `${REKOR_HOST} - 1\n${all.length}\n${root.toString('base64')}\n`
  const key = worldKey('rekor')
  const mark = Buffer.concat([logId('rekor').subarray(0, 4), sign('sha256', Buffer.from(note), key)])
  const promised = JSON.stringify({ body, integratedTime, logID, logIndex })
  return {
    body,
    integratedTime,
    logID,
    logIndex,
    verification: {
      inclusionProof: {
        checkpoint: `${note}\n\u2014 ${REKOR_HOST} ${mark.toString('base64')}\n`,
        hashes: inclusionHashes(hashes, logIndex).map((one) => one.toString('hex')),
        logIndex,
        rootHash: root.toString('hex'),
        treeSize: all.length,
      },
      signedEntryTimestamp: sign('sha256', Buffer.from(promised), key).toString('base64'),
    },
  }
}

function refuse(code: number, message: string): Response {
  return Response.json({ code, message }, { status: code })
}
