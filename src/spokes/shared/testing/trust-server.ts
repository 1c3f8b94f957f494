import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WorldServer } from '../../world.ts'
import { trustedRoot } from './trusted-root.ts'

const HOST = 'tuf-repo-cdn.sigstore.dev'

/** Where clients fetch what they trust, and how a client is told to trust this one. */
export interface TrustServer {
  server: WorldServer
  /** Puts the root of trust where npm keeps it, as a first visit to the real place would. @param cache npm's cache folder */
  trustedBy(cache: string): void
}

/** The update framework's repository (https://theupdateframework.github.io/specification/latest/) that holds `trusted_root.json`. */
export async function trustServer(): Promise<TrustServer> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex')
  const key = { keytype: 'ed25519', keyval: { public: raw }, scheme: 'ed25519' }
  const keyid = createHash('sha256').update(canonical(key)).digest('hex')
  const role = { keyids: [keyid], threshold: 1 }
  const signed = (type: string, more: object): string => {
    const expires = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z/, 'Z')
    const content = { _type: type, spec_version: '1.0.31', version: 1, expires, ...more }
    const sig = sign(null, Buffer.from(canonical(content)), privateKey).toString('hex')
    return JSON.stringify({ signatures: [{ keyid, sig }], signed: content })
  }
  const target = JSON.stringify(await trustedRoot())
  const sha256 = createHash('sha256').update(target).digest('hex')
  const root = signed('root', {
    consistent_snapshot: false,
    keys: { [keyid]: key },
    roles: { root: role, snapshot: role, targets: role, timestamp: role },
  })
  const files: Record<string, string> = {
    '/timestamp.json': signed('timestamp', { meta: { 'snapshot.json': { version: 1 } } }),
    '/snapshot.json': signed('snapshot', { meta: { 'targets.json': { version: 1 } } }),
    '/targets.json': signed('targets', {
      targets: { 'trusted_root.json': { hashes: { sha256 }, length: Buffer.byteLength(target) } },
    }),
    '/targets/trusted_root.json': target,
  }
  return {
    server: {
      hosts: [HOST],
      handle: async ({ path }) => {
        const file = files[path]
        return file === undefined ? new Response('Not Found', { status: 404 }) : new Response(file)
      },
    },
    trustedBy(cache) {
      const folder = join(cache, '_tuf', HOST)
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'root.json'), root)
    },
  }
}

/** Keys in order, no space: what is signed. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`
}
