import { createHash } from 'node:crypto'
import { TagonceError } from '../../core/errors.ts'
import type { Http } from '../../external/http.ts'
import { type PreparedMachO, prepareMachO } from '../../formats/macho-sign.ts'
import { cmsBlob, entitlementsBlob, requirementsBlob } from '../../formats/macho-requirements.ts'
import { signCms, timestampRequest, timestampToken } from './cms.ts'
import type { AppleIdentity } from './identity.ts'

const TIMESTAMPS = 'http://timestamp.apple.com/ts01'
// xnu, osfmk/kern/cs_blobs.h
const CS_RUNTIME = 0x10000
const SDK = 0x0c0100
const SLOT_REQUIREMENTS = 2
const SLOT_ENTITLEMENTS = 5
const SLOT_CMS = 0x10000
/** For the signature itself, and for a token of Apple's timestamp server with its chain. */
const ROOM = 16_384

export interface AppleSigning {
  identity: AppleIdentity
  /** The property list of entitlements, where there is one. */
  entitlements?: Buffer
  http: Http
  signal: AbortSignal
  now: Date
}

/**
 * A Mach-O program signed with a certificate, for the hardened runtime that the notary asks for.
 * @example await writeFile(path, await signProgram(await readFile(path), 'hello', signing))
 */
export async function signProgram(bytes: Buffer, name: string, signing: AppleSigning): Promise<Buffer> {
  const prepared = prepare(bytes, name, signing)
  const cms = await signCms(prepared.directory, signing.identity, signing.now, (signature) => stamp(signature, signing))
  return prepared.finish([[SLOT_CMS, cmsBlob(cms)]])
}

/** Whether a program is the same as another, and has the signature that the other would get, up to the moment of it. */
export function isSignedAs(signed: Buffer, bytes: Buffer, name: string, signing: AppleSigning): boolean {
  const { code, directory } = prepare(bytes, name, signing)
  return signed.subarray(0, code.length).equals(code) && signed.includes(directory, code.length)
}

function prepare(bytes: Buffer, name: string, signing: AppleSigning): PreparedMachO {
  const { certificates, team, apple } = signing.identity
  const special = new Map([[SLOT_REQUIREMENTS, requirementsBlob({ identity: name, team, apple })]])
  if (signing.entitlements !== undefined) special.set(SLOT_ENTITLEMENTS, entitlementsBlob(signing.entitlements))
  return prepareMachO(bytes, {
    identity: name,
    flags: CS_RUNTIME,
    runtime: SDK,
    special,
    room: ROOM + 2048 * certificates.length,
    ...(team === undefined ? {} : { team }),
  })
}

/** Says when it was signed, so that the signature stays good when the certificate is not any more. */
async function stamp(signature: Buffer, { http, signal }: AppleSigning): Promise<Buffer> {
  const response = await http.request(TIMESTAMPS, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query' },
    body: timestampRequest(signature),
    signal,
    retries: 4,
  })
  const answer = Buffer.from(await response.arrayBuffer())
  const token = response.ok ? timestampToken(answer) : undefined
  if (token !== undefined) {
    if (token.includes(createHash('sha256').update(signature).digest())) return token
    throw new TagonceError('spoke', 'the timestamp server of Apple stamped something else')
  }
  throw new TagonceError('network', `the timestamp server of Apple gives no timestamp (${response.status})`, {
    hint: 'run the same command again later',
  })
}
