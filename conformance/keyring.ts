import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../src/external/process.ts'

/** A folder with new keys of no worth: `pgp.asc` for deb and rpm, `rsa.pem` for apk. */
export async function newKeys(folder: string): Promise<string> {
  const [keys, home] = [join(folder, 'keys'), join(folder, 'gpg')]
  await mkdir(keys)
  await mkdir(home, { mode: 0o700 })
  const gpg = ['gpg', '--homedir', home, '--batch', '--quiet', '--armor']
  try {
    const user = 'Conformance <test@example.org>'
    const made = await run([...gpg, '--passphrase', '', '--quick-gen-key', user, 'rsa2048', 'sign', 'never'])
    if (made.code !== 0) throw new Error(made.stderr)
    const { bytes } = await run([...gpg, '--export-secret-keys'])
    await writeFile(join(keys, 'pgp.asc'), bytes, { mode: 0o600 })
  } finally {
    await run(['gpgconf', '--homedir', home, '--kill', 'gpg-agent']).catch(() => undefined)
  }
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  await writeFile(join(keys, 'rsa.pem'), privateKey, { mode: 0o600 })
  return keys
}
