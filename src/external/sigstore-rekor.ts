import { z } from 'zod'
import { TagonceError } from '../core/errors.ts'
import type { DsseEnvelope } from '../formats/dsse.ts'
import type { TlogEntry } from '../formats/sigstore-bundle.ts'
import type { Http } from './http.ts'
import { sigstoreRefusal } from './sigstore-error.ts'

/** Public address of Sigstore's transparency log. */
export const REKOR = 'https://rekor.sigstore.dev'

/** What the log says of an entry: https://github.com/sigstore/rekor/blob/main/openapi.yaml, `LogEntry`. */
const answer = z.record(
  z.string(),
  z.object({
    body: z.string(),
    integratedTime: z.number(),
    /** Hex. */
    logID: z.string(),
    logIndex: z.number(),
    verification: z.object({
      signedEntryTimestamp: z.string(),
      inclusionProof: z.object({
        logIndex: z.number(),
        rootHash: z.string(),
        treeSize: z.number(),
        hashes: z.array(z.string()),
        checkpoint: z.string(),
      }),
    }),
  }),
)

/** The body of an entry of the kind `dsse`, as far as it is read. */
const logged = z.object({
  kind: z.string(),
  apiVersion: z.string(),
  spec: z.object({ payloadHash: z.object({ value: z.string() }) }),
})

export interface Logged {
  entry: TlogEntry
  /** sha256 of the payload that was logged, hex. */
  payloadHash: string
}

/**
 * Writes a signed envelope into the log, and gives the log's proof.
 * @param certificate PEM of who signed
 */
export async function logEntry(http: Http, envelope: DsseEnvelope, certificate: string): Promise<Logged> {
  const url = `${REKOR}/api/v1/log/entries`
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const verifiers = [Buffer.from(certificate).toString('base64')]
  const body = JSON.stringify({
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: { proposedContent: { envelope: JSON.stringify(envelope), verifiers } },
  })
  // The log knows an entry again: what is sent twice stands there once.
  const response = await http.request(url, { method: 'POST', headers, body, retries: 3 })
  if (response.status !== 409) return read(response)
  // An answer of an earlier try was lost.
  await response.body?.cancel()
  const uuid = /\/([0-9a-f]{64,80})$/.exec(response.headers.get('location') ?? '')?.[1]
  if (uuid === undefined) throw sigstoreRefusal('Rekor', 409, 'it does not say where the entry is')
  return read(await http.request(`${url}/${uuid}`, { headers: { accept: 'application/json' } }))
}

async function read(response: Response): Promise<Logged> {
  const text = await response.text()
  if (!response.ok) throw sigstoreRefusal('Rekor', response.status, text)
  const entry = parsed(answer, text)
  const [first] = Object.values(entry ?? {})
  const body = parsed(logged, Buffer.from(first?.body ?? '', 'base64').toString())
  if (first === undefined || body === undefined) {
    throw new TagonceError('network', `${REKOR} answered ${response.status}, but not with an entry of the log`)
  }
  const { signedEntryTimestamp, inclusionProof: proof } = first.verification
  const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
  return {
    payloadHash: body.spec.payloadHash.value,
    entry: {
      logIndex: String(first.logIndex),
      logId: { keyId: base64(first.logID) },
      kindVersion: { kind: body.kind, version: body.apiVersion },
      integratedTime: String(first.integratedTime),
      inclusionPromise: { signedEntryTimestamp },
      inclusionProof: {
        logIndex: String(proof.logIndex),
        rootHash: base64(proof.rootHash),
        treeSize: String(proof.treeSize),
        hashes: proof.hashes.map(base64),
        checkpoint: { envelope: proof.checkpoint },
      },
      canonicalizedBody: first.body,
    },
  }
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
