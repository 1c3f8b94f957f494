import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import type { Entry } from './entries.ts'
import type { Facts } from './facts.ts'
import { fatText } from './fat.ts'
import { fieldFacts } from './fields.ts'
import { mtreeFacts } from './mtree.ts'

const when = { root: '/tmp/clone', began: 1_800_000_000, ended: 1_800_000_010, commit: 1_700_000_000 }

/** <mach-o/fat.h>: the magic, the number of parts, then for each its processor, kind, place, size and alignment. */
function fat(parts: [cpu: number, content: string][]): Buffer {
  const head = Buffer.alloc(8 + parts.length * 20)
  head.writeUInt32BE(0xcafebabe, 0)
  head.writeUInt32BE(parts.length, 4)
  let end = head.length
  for (const [index, [cpu, content]] of parts.entries()) {
    for (const [word, value] of [cpu, 0, end, content.length, 14].entries())
      head.writeUInt32BE(value, 8 + index * 20 + word * 4)
    end += content.length
  }
  return Buffer.concat([head, ...parts.map(([, content]) => Buffer.from(content))])
}

it('takes universal binaries whose parts stand in another order for the same, and those with other parts not', () => {
  const one = fatText(
    fat([
      [7, 'intel'],
      [12, 'arm'],
    ]),
  )
  expect(one).toMatch(/^cpu 12\/0 align 14 [0-9a-f]{64}\ncpu 7\/0 align 14 /)
  expect(
    fatText(
      fat([
        [12, 'arm'],
        [7, 'intel'],
      ]),
    ),
  ).toBe(one)
  expect(
    fatText(
      fat([
        [12, 'arm'],
        [7, 'other'],
      ]),
    ),
  ).not.toBe(one)
  // A class of Java 8.
  expect(fatText(Buffer.from('cafebabe00000034000f', 'hex'))).toBeUndefined()
})

it('tells each field of a text, and lines that are none', () => {
  const facts: Facts = new Map()
  fieldFacts('file › a', 'pkgbase = hello\n\tarch = x86_64\n\t\n\tarch = aarch64\nnonsense\n', facts)
  expect([...facts]).toEqual([
    ['file › a › other lines', 'nonsense'],
    ['file › a › pkgbase', 'hello'],
    ['file › a › arch', 'x86_64\naarch64'],
  ])
})

it('puts the digests of .PKGINFO in .MTREE aside only where they are right', () => {
  const content = Buffer.from('pkgname = hello\n')
  const hash = (algorithm: string): string => createHash(algorithm).update(content).digest('hex')
  const line = (md5: string): string =>
    `./.PKGINFO time=1700000000.0 mode=644 size=${content.length} type=file md5digest=${md5} sha256digest=${hash('sha256')}\n`
  const told = (md5: string): string | undefined => {
    const facts: Facts = new Map()
    const entry = (name: string, bytes: Buffer): Entry => ({ name, attributes: '', time: '', content: bytes })
    const mtree = gzipSync(`#mtree\n${line(md5)}./usr time=1700000000.0 mode=755 type=dir\n`)
    mtreeFacts('a.pkg.tar.zst', [entry('.PKGINFO', content), entry('.MTREE', mtree)], when, facts)
    expect(facts.get('package › a.pkg.tar.zst › .MTREE › folders')).toBe('without a slash')
    return facts.get('package › a.pkg.tar.zst › .MTREE › ./.PKGINFO')
  }
  expect(told(hash('md5'))).toBe('time=<time>.0 mode=644 <that of the file>')
  expect(told('0'.repeat(32))).toContain(`md5digest=${'0'.repeat(32)}`)
})
