import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { lines, readFiles } from './testing/read.ts'

test('the config of the deployment plan, as it stands there', async () => {
  const text = await readFile(new URL('testdata/deployment-plan.yaml', import.meta.url), 'utf8')
  expect(lines(await readFiles(text))).toEqual([
    '.goreleaser.yaml:1:1+1 warning no-version: the config does not say which version it is written for → put `version: 2` at the top',
    '.goreleaser.yaml:11:5+6 warning deprecated: `archives[0].format` is deprecated → write `formats: [tar.gz]`',
    '.goreleaser.yaml:14:9+6 warning deprecated: `archives[0].format_overrides[0].format` is deprecated → write `formats: [zip]`',
    '.goreleaser.yaml:27:1+5 warning deprecated: `brews` is deprecated → write a cask under `homebrew_casks`; who has the formula has to install anew, see docs/config.md',
    '.goreleaser.yaml:34:5+17 error missing-key: `snapcrafts[0]` has no `description` → add `description: …`; the Snap Store shows it',
    '.goreleaser.yaml:37:1+7 info phased-out: GoReleaser is phasing out `dockers` → use `dockers_v2` for new images; `--fix` leaves these, since `dockers_v2` builds and tags all platforms as one image',
  ])
})
