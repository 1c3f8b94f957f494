import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import type { Http } from '../../external/http.ts'
import { readWheel } from '../../formats/wheel-reader.ts'
import { pypi } from './index.ts'
import { packed } from './pack.ts'
import { HERE, fixture, platform, withChannel } from './testing/release.ts'

const PLATFORMS = [HERE, platform('windows', 'amd64'), platform('darwin', 'arm64')]

test("the same input gives the same bytes, and what is inside is the hub's", async () => {
  await using folder = await tempFolder('pypi-pack')
  const digests: string[][] = []
  for (const at of ['a', 'b']) {
    const { hub, settings } = await fixture(folder.path, { name: 'hello-same', platforms: PLATFORMS })
    const own = await mkdtemp(join(folder.path, `same-${at}-`))
    const wheels = pypi.units(hub.manifest, settings).flatMap((one) => (one.role === 'wheel' ? [one] : []))
    const made = await withChannel({} as Http, own, (io) => Promise.all(wheels.map((one) => packed(one, hub, io))))
    digests.push(made.map((one) => one.sha256))
    for (const [index, { path }] of made.entries()) {
      // PyPI refuses data descriptors: bit 3 of the flags of a local header (warehouse, utils/zipfiles.py).
      const bytes = await readFile(path)
      for (let at = bytes.indexOf('PK\x03\x04'); at !== -1; at = bytes.indexOf('PK\x03\x04', at + 4))
        expect(bytes.readUInt16LE(at + 6) & 8).toBe(0)
      const { files, metadata } = await readWheel(path)
      const program = [...files].find(([name]) => name.includes('.data/scripts/hello'))
      expect(program?.[1].mode).toBe(0o755)
      const artifact = settings.platforms[index]?.programs[0]?.artifact
      const inHub = hub.manifest.artifacts.find((one) => one.name === artifact)?.binaries[0]
      expect(program?.[1].sha256).toBe(inHub?.sha256)
      expect(metadata).toContain('Author-email: Ann <ann@example.org>\nLicense: MIT\n')
    }
  }
  expect(digests[0]).toEqual(digests[1])
})
