import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { redact } from '../core/secrets.ts'
import { TagonceError } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { type Peer, peerProject } from './testing/peer.ts'

const TREE = {
  'go.mod': 'module example.org/hello\n\ngo 1.24\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  '.gitignore': 'dist/\n',
}
const BUILDS = 'version: 2\nproject_name: hello\nbuilds: [{ targets: [linux_amd64] }]\narchives: [{ formats: [zip] }]\n'

let peer: Peer
beforeEach(async () => {
  peer = await peerProject((await tempFolder('signing')).path, TREE)
})
afterEach(() => peer[Symbol.asyncDispose]())

const failure = async (yaml: string, more: Parameters<Peer['ours']>[1] = {}): Promise<TagonceError> => {
  const error: unknown = await peer.ours(`${BUILDS}${yaml}`, more).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(TagonceError)
  return error as TagonceError
}
const words = (error: TagonceError): string =>
  [error.message, ...error.diagnostics.map((one) => one.message)].join('\n')

describe('a tool that signs', () => {
  it('is told with its output when it fails, without the password that it was given', async () => {
    const sh = `signs: [{ cmd: sh, artifacts: checksum, args: ["-c", "cat; echo no key for $artifact; exit 3"], stdin: hunter2-hunter2 }]\n`
    const error = await failure(sh)
    expect(error.message).toMatch(/^sh could not sign hello_.*_checksums.txt \(status 3\)$/)
    expect(error.output).toMatch(/^\*\*\*no key for dist\/hello_0.0.0-SNAPSHOT-[0-9a-f]{7}_checksums.txt$/)
    expect(redact('hunter2-hunter2')).toBe('***')
  })

  it('that is missing is told before anything is built', async () => {
    const error = await failure('signs: [{ cmd: no-such-tool, artifacts: all }]\nbinary_signs: [{ cmd: nor-this }]\n')
    expect(words(error)).toContain('no-such-tool is not on the PATH; it is needed by signs (default)')
    expect(words(error)).toContain('nor-this is not on the PATH; it is needed by binary_signs (default)')
    await expect(readFile(join(peer.root, 'dist/artifacts.json'))).rejects.toThrow('ENOENT')
  })

  it('whose templates or password file would fail is told before anything is built, with the place', async () => {
    const { diagnostics } = await failure(
      'signs:\n  - { cmd: "true", artifacts: all, args: ["{{ .Env.NOT_SET }}"] }\n  - { id: b, cmd: "true", artifacts: all, stdin_file: nope }\n',
    )
    expect(diagnostics.map((one) => `${one.where?.line ?? ''} ${one.message}`)).toEqual([
      expect.stringMatching(/^6 the template of signs\[0\]\.args\[0\]: .*NOT_SET/),
      ' nope could not be read (ENOENT)',
    ])
  })

  it('is not run where nothing is to be signed, or --skip=sign says so, and `if` chooses', async () => {
    const signs = `signs:
  - { id: none, cmd: no-such-tool }
  - { cmd: stand-in-sign, artifacts: all, if: '{{ eq .ArtifactExt "" }}{{ if eq .Os "linux" }}{{ end }}', args: [--out, $signature] }
  - { id: not, cmd: stand-in-sign, artifacts: all, if: '{{ eq .Os "linux" }}', signature: "\${artifact}.l", args: [--out, $signature] }
`
    const { sealed } = await peer.ours(`${BUILDS}${signs}`)
    const made = sealed.files
      .filter((one) => one.kind === 'signature')
      .map((one) => one.name.replace(/.*-[0-9a-f]{7}_/, ''))
    expect(made).toEqual(['linux_amd64.zip.sig', 'checksums.txt.sig', 'linux_amd64.zip.l'])
    const skipped = await peer.ours(`${BUILDS}${signs}`, { skip: new Set(['sign']) })
    expect(skipped.sealed.files.filter((one) => one.kind === 'signature')).toEqual([])
  })

  it('that writes nothing is an error at a release, and a warning in a snapshot', async () => {
    const signs = 'signs: [{ cmd: "true", artifacts: checksum }]\n'
    const { events } = await peer.ours(`${BUILDS}${signs}`)
    const told = events.flatMap((one) => (one.type === 'diagnostic' ? [one.diagnostic.message] : []))
    expect(told.some((one) => one.startsWith('true wrote no file dist/hello_'))).toBe(true)
    await peer.repository.commit('Config')
    await peer.repository.git('tag', 'v1.0.0')
    const error = await failure(signs, { snapshot: false, skip: new Set(['publish']) })
    expect(error.message).toBe('true wrote no file dist/hello_1.0.0_checksums.txt.sig')
  })

  it('is passed over in a rehearsal with its reason, when it needs a key; others are run', async () => {
    const signs = `signs:
  - { artifacts: checksum }
  - { id: b, cmd: cosign, artifacts: checksum, args: [sign-blob] }
  - { id: c, cmd: stand-in-sign, artifacts: checksum, stdin: "x" }
  - { id: d, cmd: stand-in-sign, artifacts: checksum, args: ["{{ .Env.MY_TOKEN }}"] }
  - { id: e, cmd: not-there, artifacts: checksum }
  - { id: f, cmd: stand-in-sign, artifacts: checksum, args: [--out, $signature] }
`
    const { events, sealed } = await peer.ours(`${BUILDS}${signs}`, { stripSecrets: true })
    const skipped = events.flatMap((one) => (one.type === 'task.end' && one.state === 'skipped' ? [one.note] : []))
    expect(skipped).toEqual([
      'gpg signs with a key, which a rehearsal does not have',
      'cosign signs with a key, which a rehearsal does not have',
      'stand-in-sign reads a password, which a rehearsal does not have',
      'stand-in-sign needs MY_TOKEN, which a rehearsal does not have',
      'not-there is not on the PATH',
    ])
    expect(sealed.files.filter((one) => one.kind === 'signature').map((one) => one.id)).toEqual(['f'])
  })

  it('changes a program where it was built, and the archive has the changed one', async () => {
    const signs = `binary_signs: [{ cmd: sh, args: ["-c", "echo signed >> $artifact; echo s > $signature"] }]\n`
    const { sealed } = await peer.ours(`${BUILDS}${signs}`)
    const archive = sealed.files.find((one) => one.kind === 'archive')
    expect(archive?.binaries[0]?.size).toBe('linux/amd64\nsigned\n'.length)
    expect(sealed.files.find((one) => one.kind === 'signature')?.name).toBe('hello_linux_amd64')
  })

  const gpg = { GNUPGHOME: '' }
  it('may be gpg, and gpg accepts what it signed', { timeout: 60_000 }, async () => {
    // The path of gpg's socket must be short.
    await using home = await tempFolder('g')
    gpg.GNUPGHOME = home.path
    const env = { ...process.env, ...gpg }
    const made = await run(['gpg', '--batch', '--passphrase', '', '--quick-gen-key', 'Ann <ann@example.org>'], {
      env,
    }).catch(() => undefined)
    if (made?.code !== 0) return console.log('skipped: no gpg that can make a key')
    peer.env['GNUPGHOME'] = home.path
    const { sealed } = await peer.ours(`${BUILDS}signs: [{ artifacts: all }]\n`)
    const signed = sealed.files.filter((one) => one.kind === 'signature')
    expect(signed).toHaveLength(2)
    for (const { path } of signed) {
      const judge = await run(['gpg', '--verify', path, path.replace(/\.sig$/, '')], { cwd: peer.root, env })
      expect(judge.stderr).toContain('Good signature from "Ann <ann@example.org>"')
    }
    await run(['gpgconf', '--kill', 'all'], { env })
  })
})

describe('a list of what is inside', () => {
  it('that no tool makes and we cannot is told before anything is built', async () => {
    const sboms = `sboms:
  - { cmd: no-such-tool, args: [$artifact] }
  - { id: any, artifacts: any, documents: [a.json], args: [scan] }
  - { id: table, args: [$artifact, "-o", "table=$document"] }
  - { id: own }
`
    const { diagnostics } = await failure(sboms)
    expect(diagnostics.map((one) => one.message)).toEqual([
      'no-such-tool is not on the PATH; it is needed by sboms (default)',
      'syft is not on the PATH; it is needed by sboms (any)',
      'syft is not on the PATH; it is needed by sboms (table); without it the formats spdx-json and cyclonedx-json can be written',
    ])
  })

  it('that the tool does not write is an error', async () => {
    const error = await failure('sboms: [{ cmd: "true", args: [] }]\n')
    expect(error.message).toMatch(/^true wrote none of the documents hello_.*\.zip\.sbom\.json$/)
  })

  it('stays below dist', async () => {
    const error = await failure('sboms: [{ cmd: stand-in-syft, documents: ["../out.json"], args: ["x=$document"] }]\n')
    expect(error.message).toContain('leaves the folder it belongs to')
  })
})
