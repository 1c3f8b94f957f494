import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findTool } from '../builders/tools.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { signMachO } from './macho-sign.ts'

const GO = findTool('go', process.env, '.')
if (GO === undefined)
  console.log('skipped: no go on the PATH; Mach-O signatures are not compared with those of its linker')

/** What Go's linker says of its own signatures (cmd/internal/codesign): ad-hoc, and made by a linker. */
const LINKER_SIGNED = 0x20002

describe.skipIf(GO === undefined)('signMachO', () => {
  it.each(['arm64', 'amd64'])('signs as Go’s linker does, byte for byte: %s', { timeout: 300_000 }, async (arch) => {
    await using folder = await tempFolder('sign')
    await writeFile(join(folder.path, 'go.mod'), 'module hello\n\ngo 1.21\n')
    await writeFile(join(folder.path, 'main.go'), 'package main\n\nfunc main() {}\n')
    const env = { ...process.env, GOOS: 'darwin', GOARCH: arch, CGO_ENABLED: '0', GOFLAGS: '' }
    const built = await run([GO ?? '', 'build', '-trimpath', '-o', 'hello', '.'], { cwd: folder.path, env })
    expect(built.stderr).toBe('')
    const signed = await readFile(join(folder.path, 'hello'))
    // For amd64 it writes no signature: there the load command has to be made.
    expect(signMachO(signed, 'a.out', LINKER_SIGNED).equals(signed)).toBe(arch === 'arm64')
    const own = signMachO(signed, 'hello')
    expect(signMachO(own, 'hello').equals(own)).toBe(true)
    // Go's reader still finds everything in its place.
    await mkdir(join(folder.path, 'judge'))
    await writeFile(join(folder.path, 'own'), own)
    const seen = await run([GO ?? '', 'version', '-m', 'own'], { cwd: folder.path })
    expect(seen.stdout).toContain('path\thello')
  })
})

it('refuses what is no program', () => {
  expect(() => signMachO(Buffer.from('#!/bin/sh'), 'x')).toThrow('no 64-bit Mach-O')
  const cut = Buffer.alloc(32)
  cut.writeUInt32LE(0xfeedfacf, 0)
  expect(() => signMachO(cut, 'x')).toThrow('no __LINKEDIT')
  cut.writeUInt32LE(1, 16)
  expect(() => signMachO(cut, 'x')).toThrow('cut short')
  cut.writeUInt32LE(99, 20)
  expect(() => signMachO(cut, 'x')).toThrow('cut short')
})
