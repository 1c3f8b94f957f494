import { readFile, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import { inside } from '../core/paths.ts'
import { keepSecret } from '../core/secrets.ts'
import type { Http } from '../external/http.ts'
import { lipo } from '../formats/lipo.ts'
import { isFat, slicesOf } from '../formats/macho-fat.ts'
import { zip } from '../formats/zip.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { PlannedBinary, PlannedNotarize } from '../plan/plan.ts'
import { type AppleIdentity, readIdentity } from './apple/identity.ts'
import { type NotaryKey, notarizeZip } from './apple/notary.ts'
import { type AppleSigning, isSignedAs, signProgram } from './apple/sign-program.ts'

export interface NotarizeIO {
  root: string
  late: LateRenderer
  http: Http | undefined
  signal: AbortSignal
  task: Task
  /** A rehearsal: nobody's key is used. */
  stripSecrets: boolean
  /** The same program, as a run before this one published it: another signature would be other bytes. */
  earlier?: (binary: PlannedBinary) => Promise<string | undefined>
  clock?: () => Date
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/**
 * Signs a program for macOS where it was built, with each entry of `notarize.macos` that is meant for it, and has Apple notarize it where
 * the key for that is given. Other programs stay as they are.
 * @throws TagonceError `credentials`, `spoke` where Apple says no, `network`
 */
export async function notarizeBinary(planned: PlannedNotarize[], binary: PlannedBinary, io: NotarizeIO): Promise<void> {
  if (binary.platform.goos !== 'darwin' || binary.product !== undefined) return
  for (const one of planned.filter(({ ids }) => ids.includes(binary.id))) {
    await io.task.task(`sign ${basename(binary.path)} for macOS`, async (task) => {
      if (io.stripSecrets) return task.skip('a rehearsal does not sign: that needs a key')
      await signAndNotarize(one, binary, { ...io, task })
    })
  }
}

/** What of certificates and keys would stop the release, before anything is built. */
export async function checkNotarize(
  planned: PlannedNotarize[],
  io: Pick<NotarizeIO, 'root' | 'late'>,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = []
  for (const one of planned) {
    for (const read of [identityOf, notaryKey]) {
      try {
        await read(one, io)
      } catch (error) {
        if (!(error instanceof TagonceError)) throw error
        if (error.diagnostics.length > 0) found.push(...error.diagnostics)
        else {
          const mend = error.hint === undefined ? {} : { mend: error.hint }
          found.push({ severity: 'error', code: 'notarize', message: `${one.at.join('.')}: ${error.message}`, ...mend })
        }
      }
    }
  }
  return found
}

async function signAndNotarize(one: PlannedNotarize, binary: PlannedBinary, io: NotarizeIO): Promise<void> {
  const { http, clock = () => new Date() } = io
  if (http === undefined) throw new TagonceError('internal', 'signing for macOS needs a timestamp server')
  const path = inside(io.root, binary.path)
  const name = basename(binary.path)
  const identity = await identityOf(one, io)
  const entitlements = text(one, 'entitlements', ['sign', 'entitlements'], io)
  const signing: AppleSigning = {
    identity,
    http,
    signal: io.signal,
    now: clock(),
    ...(entitlements === '' ? {} : { entitlements: await readFile(resolve(io.root, entitlements)) }),
  }
  const bytes = await readFile(path)
  const published = await publicProgram(binary, bytes, name, signing, io)
  if (published !== undefined) {
    await writeFile(path, published)
    return io.task.note('taken as it is public: it was signed by an earlier run')
  }
  const signed = isFat(bytes)
    ? await joined(await Promise.all(slicesOf(bytes).map((slice) => signProgram(slice, name, signing))))
    : await signProgram(bytes, name, signing)
  await writeFile(path, signed)
  const key = await notaryKey(one, io)
  if (key === undefined) return io.task.note('signed, not notarized: that needs issuer_id, key_id and key')
  const outcome = await notarizeZip(name, await zipped(name, signed), key, one.wait ? one.timeout : undefined, {
    http,
    signal: io.signal,
    clock,
    ...(io.sleep === undefined ? {} : { sleep: io.sleep }),
  })
  io.task.note(outcome === 'accepted' ? 'signed and notarized' : 'signed; Apple has not decided yet')
}

/** What an earlier run published, when it is this very program, signed as this one would be. */
async function publicProgram(
  binary: PlannedBinary,
  bytes: Buffer,
  name: string,
  signing: AppleSigning,
  io: NotarizeIO,
): Promise<Buffer | undefined> {
  const path = await io.earlier?.(binary)
  if (path === undefined) return undefined
  const found = await readFile(path)
  const parts = (one: Buffer): Buffer[] => (isFat(one) ? slicesOf(one) : [one])
  const [theirs, ours] = [parts(found), parts(bytes)]
  const same = theirs.length === ours.length && ours.every((part, at) => isSignedAs(theirs[at]!, part, name, signing))
  return same ? found : undefined
}

async function identityOf(one: PlannedNotarize, io: Pick<NotarizeIO, 'root' | 'late'>): Promise<AppleIdentity> {
  const password = text(one, 'password', ['sign', 'password'], io)
  keepSecret(password)
  const certificate = text(one, 'certificate', ['sign', 'certificate'], io)
  return readIdentity(await bytesOf(certificate, 'the certificate', io.root), password)
}

async function notaryKey(one: PlannedNotarize, io: Pick<NotarizeIO, 'root' | 'late'>): Promise<NotaryKey | undefined> {
  const at = (key: string): string[] => ['notarize', key]
  const issuer = text(one, 'issuer', at('issuer_id'), io)
  const id = text(one, 'keyId', at('key_id'), io)
  const given = text(one, 'key', at('key'), io)
  if (issuer === '' || id === '' || given === '') return undefined
  const key = (await bytesOf(given, 'the key of the notary', io.root)).toString()
  keepSecret(key)
  return { issuer, id, key }
}

type Texts = 'certificate' | 'password' | 'entitlements' | 'issuer' | 'keyId' | 'key'

function text(one: PlannedNotarize, key: Texts, at: string[], io: Pick<NotarizeIO, 'late'>): string {
  return io.late.render(one[key], [...one.at, ...at])
}

/** A file, or its bytes in base64. */
async function bytesOf(given: string, what: string, root: string): Promise<Buffer> {
  const file = await readFile(resolve(root, given)).catch(() => undefined)
  if (file !== undefined) return file
  keepSecret(given)
  if (/^[A-Za-z0-9+/=\s]{64,}$/.test(given)) return Buffer.from(given, 'base64')
  throw new TagonceError('credentials', `${what} is neither a file nor base64`, { hint: 'look at notarize.macos' })
}

async function joined(slices: Buffer[]): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  const all = slices.map((bytes, at) => ({
    name: String(at),
    size: bytes.length,
    head: bytes.subarray(0, 12),
    content: () => once(bytes),
  }))
  for await (const chunk of lipo(all)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

async function zipped(name: string, bytes: Buffer): Promise<Buffer> {
  const body = { type: 'file' as const, size: bytes.length, content: () => once(bytes) }
  const chunks: Buffer[] = []
  for await (const chunk of zip([{ name, mode: 0o755, mtime: 0, body }])) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}
