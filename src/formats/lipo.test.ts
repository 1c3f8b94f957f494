import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findTool } from '../builders/tools.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { readMachO } from './binary/macho.ts'
import { sourceOfBuffer } from './byte-source.ts'
import { lipo, type Slice } from './lipo.ts'

const CPU = { amd64: [0x01000007, 3], arm64: [0x0100000c, 0], arm64e: [0x0100000c, 2], i386: [7, 3] } as const

/** A Mach-O program with no load commands (<mach-o/loader.h>): header, then anything. */
function program(arch: keyof typeof CPU, rest: Uint8Array = Buffer.alloc(0)): Buffer {
  const wide = arch !== 'i386'
  const header = Buffer.alloc(wide ? 32 : 28)
  header.writeUInt32LE(wide ? 0xfeedfacf : 0xfeedface, 0)
  header.writeUInt32LE(CPU[arch][0], 4)
  header.writeUInt32LE(CPU[arch][1], 8)
  header.writeUInt32LE(2, 12)
  return Buffer.concat([header, rest])
}

const slice = (name: string, bytes: Buffer, step = 7): Slice => ({
  name,
  size: bytes.length,
  head: bytes.subarray(0, 12),
  async *content() {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
  },
})

async function joined(slices: Slice[]): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of lipo(slices)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const GO = findTool('go', process.env, '.')
if (GO === undefined) console.log('skipped: no go on the PATH; universal programs are not judged by debug/macho')

describe('lipo', () => {
  it('holds each program unchanged, at a page of its own, whatever its length', async () => {
    const arches = fc.uniqueArray(fc.constantFrom(...(Object.keys(CPU) as (keyof typeof CPU)[])), { minLength: 1 })
    const parts = arches.chain((all) =>
      fc.tuple(...all.map((arch) => fc.uint8Array({ maxLength: 40_000 }).map((rest) => program(arch, rest)))),
    )
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 1, max: 50_000 }), async (programs, step) => {
        const fat = await joined(programs.map((bytes, index) => slice(String(index), bytes, step)))
        expect(fat.readUInt32BE(0)).toBe(0xcafebabe)
        expect(fat.readUInt32BE(4)).toBe(programs.length)
        for (const [index, bytes] of programs.entries()) {
          const at = 8 + 20 * index
          const offset = fat.readUInt32BE(at + 8)
          expect(offset % 2 ** fat.readUInt32BE(at + 16)).toBe(0)
          expect([fat.readUInt32BE(at), fat.readUInt32BE(at + 4)]).toEqual([
            bytes.readUInt32LE(4),
            bytes.readUInt32LE(8),
          ])
          expect(fat.subarray(offset, offset + fat.readUInt32BE(at + 12)).equals(bytes)).toBe(true)
        }
        expect((await readMachO(sourceOfBuffer(fat)))?.format).toBe('macho')
      }),
      { numRuns: 40 },
    )
  })

  it('refuses what is no program, two for one architecture, and one that changes underway', async () => {
    const amd64 = program('amd64')
    await expect(joined([])).rejects.toThrow('at least one')
    await expect(joined([slice('a script', Buffer.from('#!/bin/sh\necho hello\n'))])).rejects.toThrow(
      'a script is no Mach-O',
    )
    await expect(joined([slice('short', amd64.subarray(0, 8))])).rejects.toThrow('short is no Mach-O')
    const fat = await joined([slice('a', amd64)])
    await expect(joined([slice('fat', fat)])).rejects.toThrow('fat is no Mach-O')
    await expect(joined([slice('a', amd64), slice('b', amd64)])).rejects.toThrow('a and b are for one architecture')
    await expect(joined([{ ...slice('a', amd64), size: 99 }])).rejects.toThrow('a changed')
  })

  it.skipIf(GO === undefined)('is read by Go’s debug/macho', { timeout: 120_000 }, async () => {
    await using folder = await tempFolder('lipo')
    const parts = [program('amd64', Buffer.from('one')), program('arm64', Buffer.alloc(20_000, 1))]
    await writeFile(join(folder.path, 'fat'), await joined(parts.map((bytes, index) => slice(String(index), bytes))))
    await mkdir(join(folder.path, 'judge'))
    await writeFile(join(folder.path, 'judge', 'go.mod'), 'module judge\n')
    await writeFile(
      join(folder.path, 'judge', 'main.go'),
      `package main

import (
	"debug/macho"
	"fmt"
	"os"
)

func main() {
	file, err := macho.OpenFat(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for _, one := range file.Arches {
		fmt.Println(one.FatArchHeader.Cpu, one.Size, one.FileHeader.Cpu, one.Type)
	}
}
`,
    )
    const result = await run([GO ?? '', 'run', '.', join(folder.path, 'fat')], { cwd: join(folder.path, 'judge') })
    expect(result.stdout + result.stderr).toBe('CpuAmd64 35 CpuAmd64 Exec\nCpuArm64 20032 CpuArm64 Exec\n')
  })
})
