import { expect, it } from 'vitest'
import { planned } from './testing/release.ts'
import type { ImageSettings } from './settings.ts'

const files = { Dockerfile: 'FROM scratch\nCOPY hello /\n' }
const errors = ({ diagnostics }: Awaited<ReturnType<typeof planned>>): string[] =>
  diagnostics.filter((one) => one.severity === 'error').map(({ code, message }) => `${code} ${message}`)

it('an entry of dockers is passed over where nothing is made with its ids, as GoReleaser does', async () => {
  const yaml = `dockers:
  - { ids: [hello], goarch: amd64, image_templates: ["a/b:{{ .Version }}"] }
  - { ids: [hello], goarch: armv7, image_templates: ["a/b:{{ .Version }}- armv7"] }
  - { ids: [hello, other], goarch: arm64, image_templates: ["a/b:both"], dockerfile: Dockerfile.absent }
`
  const plan = await planned({ yaml, files })
  expect(errors(plan)).toEqual([])
  expect(plan.spokes.map((one) => one.skip)).toEqual([
    undefined,
    'nothing is made for linux/armv7 with the id hello',
    'nothing is made for linux/arm64 with the id other',
  ])
})

it('the name of a manifest is taken from an image that would hold it before; two images are told', async () => {
  const amd64 = '{ goarch: amd64, image_templates: ["a/b:latest", "a/b:amd64"] }'
  const manifests = '[{ name_template: "a/b:latest", image_templates: ["a/b:amd64"] }]'
  const shadowed = await planned({ yaml: `dockers: [${amd64}]\ndocker_manifests: ${manifests}\n`, files })
  expect(errors(shadowed)).toEqual([])
  expect(shadowed.spokes.map((one) => (one.settings as ImageSettings).names)).toEqual([['a/b:amd64'], ['a/b:latest']])
  const twice = `dockers: [${amd64}, { goarch: arm64, image_templates: ["a/b:latest"] }]\n`
  const told = await planned({ yaml: twice, files })
  expect(errors(told)).toEqual(['docker-name dockers[1]: dockers[0] makes a/b:latest already'])
  expect(told.diagnostics.find((one) => one.code === 'docker-name')?.mend).toMatch(/^give each a name of its own/)
  // Docker gives the name to the one that was built last.
  expect(errors(await planned({ yaml: twice, files, snapshot: true }))).toEqual([])
})
