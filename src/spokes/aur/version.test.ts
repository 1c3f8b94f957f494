import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { run } from '../../external/process.ts'
import { lacks } from '../../rehearsal/testing.ts'
import { fullVersionIn, vercmp } from './version.ts'

const part = fc.stringMatching(/^[a-z0-9]{0,3}(?:[._+~]{0,2}[a-z0-9]{1,3}){0,3}$/).filter((text) => text !== '')
const version = fc
  .tuple(fc.option(fc.nat(3)), part, fc.option(fc.integer({ min: 1, max: 12 })))
  .map(([epoch, text, rel]) => `${epoch === null ? '' : `${epoch}:`}${text}${rel === null ? '' : `-${rel}`}`)

describe('versions of Arch', () => {
  it.skipIf(lacks('vercmp'))('are compared as vercmp of pacman compares them', async () => {
    await fc.assert(
      fc.asyncProperty(version, version, async (a, b) => {
        const { stdout } = await run(['vercmp', a, b])
        expect([a, b, Math.sign(vercmp(a, b))]).toEqual([a, b, Number(stdout)])
      }),
      { numRuns: 300 },
    )
  })

  it('are read out of either file', () => {
    expect(fullVersionIn("pkgname='x'\npkgver=1.2.3\npkgrel=2\n")).toBe('1.2.3-2')
    expect(fullVersionIn('pkgbase = x\n\tpkgver = 1.2.3\n\tpkgrel = 1\n\tepoch = 2\n')).toBe('2:1.2.3-1')
    expect(fullVersionIn('pkgver=$(git describe)\npkgrel=1\n')).toBeUndefined()
    expect(fullVersionIn('hello')).toBeUndefined()
  })

  it.each([
    // pacman takes a candidate for newer than its release; the project does not.
    ['1.2.3_rc.1-1', '1.2.3-1', -1],
    ['1.2.3-2', '1.2.3-1', 1],
    ['1:1.0-1', '2.0-1', 1],
    ['1.10.0-1', '1.9.0-1', 1],
  ])('%s beside %s is %s', (a, b, order) => {
    expect(Math.sign(fullVersionIn.order?.(a, b) ?? 0)).toBe(order)
  })
})
