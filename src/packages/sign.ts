import { createPrivateKey, createPublicKey, sign as rsaSign, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { keepSecret } from '../core/secrets.ts'
import { tempFolder } from '../core/temp.ts'
import { run, type RunResult } from '../external/process.ts'
import type { ApkSigner } from '../formats/apk.ts'
import { spoolIn } from '../formats/package-spool.ts'
import type { PlannedSignature } from './planned.ts'

interface SignIO {
  root: string
  env: Record<string, string | undefined>
  signal: AbortSignal
}

type Signed = () => AsyncIterable<Uint8Array>

/** Signs with a key from a file, as a detached OpenPGP signature. */
export interface GpgSigner {
  armoured: (signed: Signed) => Promise<Uint8Array>
  binary: (signed: Signed) => Promise<Uint8Array>
}

/**
 * gpg with a key ring of its own, which holds the one key and is gone afterwards. The signature's time is the commit's (or the key's, where
 * that is later), so that the same key signs the same bytes alike, if its algorithm does.
 */
export function gpgSigner(signature: PlannedSignature, time: number, io: SignIO): GpgSigner {
  const sign = async (signed: Signed, armour: string[]): Promise<Uint8Array> => {
    await using home = await tempFolder('gpg')
    const data = await spoolIn(home.path)(signed())
    const passphrase = passphraseOf(signature, io)
    const gpg = async (args: string[], input?: string): Promise<RunResult> => {
      const found = await run(['gpg', '--homedir', home.path, '--batch', '--no-tty', '--quiet', ...args], {
        signal: io.signal,
        ...(input === undefined ? {} : { input }),
      })
      if (found.code !== 0) throw fault(signature, 'gpg could not sign with it', { output: found.stderr })
      return found
    }
    try {
      await gpg(['--import', resolve(io.root, signature.keyFile)])
      const { fingerprint, created } = oneKey(await gpg(['--list-secret-keys', '--with-colons']), signature)
      const words = ['--pinentry-mode', 'loopback', '--passphrase-fd', '0', '--digest-algo', 'SHA256']
      const clock = ['--faked-system-time', `${Math.max(time, created)}!`, '--no-emit-version']
      const made = await gpg(
        [...words, ...clock, ...armour, '--local-user', fingerprint, '--output', '-', '--detach-sign', data.path],
        passphrase ?? '',
      )
      return made.bytes
    } finally {
      await run(['gpgconf', '--homedir', home.path, '--kill', 'gpg-agent']).catch(() => undefined)
    }
  }
  return { armoured: (signed) => sign(signed, ['--armor']), binary: (signed) => sign(signed, []) }
}

/** The one secret key of a ring, and when the youngest part of it was made (gpg's doc/DETAILS, "Format of the colon listings"). */
function oneKey({ stdout }: RunResult, signature: PlannedSignature): { fingerprint: string; created: number } {
  const lines = stdout.split('\n').map((line) => line.split(':'))
  const keys = lines.filter(([kind]) => kind === 'sec')
  const fingerprint = lines.find(([kind]) => kind === 'fpr')?.[9]
  if (keys.length !== 1 || fingerprint === undefined)
    throw fault(signature, `it holds ${keys.length} secret keys, not one`)
  const times = lines.filter(([kind]) => kind === 'sec' || kind === 'ssb').map((line) => Number(line[5]))
  return { fingerprint, created: Math.max(...times.filter(Number.isFinite)) }
}

/** Signs the control part of an apk: RSA over SHA-1, which is all that apk can check. */
export function apkSigner(signature: PlannedSignature, io: SignIO): ApkSigner {
  return {
    keyName: signature.keyName,
    async sign(control) {
      const pem = await readFile(resolve(io.root, signature.keyFile), 'utf8').catch((error: unknown) => {
        throw fault(signature, 'it cannot be read', { cause: error })
      })
      const passphrase = passphraseOf(signature, io)
      let key: KeyObject
      try {
        key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) })
      } catch (error) {
        throw fault(signature, 'it is no private key in PEM, or its passphrase is another', { cause: error })
      }
      if (createPublicKey(key).asymmetricKeyType !== 'rsa') throw fault(signature, 'it is no RSA key')
      return rsaSign('sha1', control, key)
    },
  }
}

function passphraseOf({ passphrases }: PlannedSignature, io: SignIO): string | undefined {
  const name = passphrases.find((one) => io.env[one] !== undefined)
  const passphrase = name === undefined ? undefined : io.env[name]
  keepSecret(passphrase)
  return passphrase
}

function fault(
  signature: PlannedSignature,
  why: string,
  more: { cause?: unknown; output?: string } = {},
): TagonceError {
  const hint = `look at the key file, and at ${signature.passphrases[0]} if it has a passphrase`
  return new TagonceError('pack', `the key ${signature.keyFile} does not sign: ${why}`, { hint, ...more })
}
