import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../config/load.ts'
import { tempFolder } from '../core/temp.ts'
import { archives } from '../spokes/shared/testing/units.ts'
import { renderArtifacts, renderContext, renderManifests, type RenderedFile } from './render.ts'

const HEAD = 'version: 2\nproject_name: hello\nrelease:\n  github: { owner: acme, name: hello }\n'
const BUCKET = 'scoops:\n  - repository: { owner: acme, name: bucket }\n'

async function rendered(yaml: string, context: object = {}): Promise<RenderedFile[]> {
  await using folder = await tempFolder('render')
  await writeFile(join(folder.path, '.goreleaser.yaml'), HEAD + yaml)
  const config = await readConfig(folder.path)
  return renderManifests({ config, context: { tag: 'v1.2.3', ...context }, artifacts: archives() })
}

describe('rendering from a config, a context and artifacts', () => {
  it('needs no more than a tag', async () => {
    const files = await rendered(BUCKET)
    expect(files.map((one) => one.path)).toEqual(['scoop/hello.json'])
    const manifest = JSON.parse(files[0]?.content ?? '') as Record<string, unknown>
    expect(manifest['version']).toBe('1.2.3')
    expect(Object.keys(manifest['architecture'] as object)).toEqual(['64bit', 'arm64'])
    expect(files[0]?.content).toContain(
      'https://github.com/acme/hello/releases/download/v1.2.3/hello_windows_amd64.zip',
    )
  })

  it('takes what git would say from the context', async () => {
    const description =
      "    description: '{{ .Version }} {{ .PreviousTag }} {{ .Branch }} {{ .Env.WHO }} {{ .Date }}'\n"
    const date = '2026-01-02T03:04:05Z'
    const context = { version: '1.2.3-x', previousTag: 'v1.2.2', branch: 'next', date, env: { WHO: 'ann' } }
    const [file] = await rendered(BUCKET + description, context)
    expect(file?.content).toContain('"description": "1.2.3-x v1.2.2 next ann 2026-01-02T03:04:05Z"')
  })

  it('puts the notes where the changelog is named', async () => {
    const files = await rendered("chocolateys:\n  - release_notes: 'New: {{ .Changelog }}'\n", { notes: 'all & more' })
    expect(files.find((one) => one.path.endsWith('.nuspec'))?.content).toContain('New: all &amp; more')
  })

  it('tells what is wrong with a template, and where', async () => {
    await expect(rendered(`${BUCKET}    description: '{{ .Nope }}'\n`)).rejects.toMatchObject({
      code: 'plan',
      diagnostics: [{ code: 'template', where: { file: '.goreleaser.yaml', line: 7 } }],
    })
  })

  it('takes no secret, and no template that would be one', async () => {
    await expect(rendered("scoops:\n  - repository: { owner: a, name: b, token: 'abc' }\n")).rejects.toMatchObject({
      diagnostics: [{ code: 'secret-in-config' }],
    })
  })

  it('refuses a context or artifacts of another shape', () => {
    expect(renderContext.safeParse({ tag: 'v1', tga: 'x' }).success).toBe(false)
    expect(renderContext.safeParse({}).success).toBe(false)
    expect(renderArtifacts.safeParse([{ name: 'x' }]).success).toBe(false)
    expect(renderArtifacts.parse({ artifacts: archives(), more: 1 })).toHaveLength(6)
  })
})
