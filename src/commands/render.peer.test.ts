import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findGoreleaser } from '../spokes/shared/testing/peer.ts'
import { anyPackages } from './testing/any-packages.ts'
import { build, CASES, zip } from './testing/cases.ts'
import { renderedByBoth } from './testing/render-both.ts'

const goreleaser = findGoreleaser()
if (goreleaser === undefined) console.log('skipped: no goreleaser on this machine (GORELEASER or PATH)')

describe.skipIf(goreleaser === undefined)('the texts beside those of the real GoReleaser', () => {
  it.each(CASES)('$name', async ({ config, files, git }) => {
    const written = await renderedByBoth(goreleaser ?? '', config, git === undefined ? {} : { git })
    expect(written).toHaveLength(files)
    for (const { path, ours, theirs } of written) expect({ path, text: ours }).toEqual({ path, text: theirs })
  })

  it('are equal whatever stands in the entries', async () => {
    expect.hasAssertions()
    const builds = [build]
    await fc.assert(
      fc.asyncProperty(anyPackages, async ({ scoop, winget, krew, nix, aur, chocolatey, snap }) => {
        const entries = { scoops: [scoop], winget: [winget], krews: [krew], nix: [nix], aurs: [aur] }
        const config = { builds, archives: zip, ...entries, chocolateys: [chocolatey], snapcrafts: [snap] }
        for (const { path, ours, theirs } of await renderedByBoth(goreleaser ?? '', config)) {
          expect({ path, text: ours }).toEqual({ path, text: theirs })
        }
      }),
      { numRuns: 20 },
    )
  }, 60_000)
})
