import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findTool } from '../builders/tools.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { readGoBuildInfo, type GoBuildInfo } from '../formats/binary/go-build-info.ts'
import { askedOf, ownDocument } from './own.ts'

// The judge is go itself: `go version -m` tells what it wrote into a program.
const GO = findTool('go', process.env, '.')
if (GO === undefined) console.log('skipped: no go on the PATH; what it writes into programs is not read')
const GORELEASER = process.env['GORELEASER'] ?? findTool('goreleaser', process.env, '.')

const MAIN = `package main

import (
	"example.org/hello/inner"
	_ "example.org/other"
)

func main() { inner.Say() }
`
const TREE: Record<string, string> = {
  'go.mod': `module example.org/hello

go 1.24

require example.org/other v1.2.3

replace example.org/other => ./other
`,
  'main.go': MAIN,
  'inner/inner.go':
    'package inner\n\nimport "debug/buildinfo"\n\nfunc Say() { _, _ = buildinfo.ReadFile("x"); println("hi") }\n',
  'other/go.mod': 'module example.org/other\n\ngo 1.24\n',
  'other/other.go': 'package other\n',
}

let folder: Awaited<ReturnType<typeof tempFolder>>
beforeAll(async () => {
  folder = await tempFolder('sbom')
  for (const [name, text] of Object.entries(TREE)) {
    await mkdir(join(folder.path, name, '..'), { recursive: true })
    await writeFile(join(folder.path, name), text)
  }
})
afterAll(() => folder[Symbol.asyncDispose]())

/** What `go version -m` prints, as lines without the path of the file. */
async function told(path: string): Promise<string[]> {
  const { stdout } = await run(['go', 'version', '-m', path], { limit: 2 ** 24 })
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(`${path}: `, ''))
    .filter((line) => line.trim() !== '')
}

function lines(info: GoBuildInfo): string[] {
  const module = (word: string, one: { path: string; version: string; sum: string }): string =>
    `\t${word}\t${one.path}\t${one.version}\t${one.sum}`.replace(/\t+$/, (tabs) =>
      word === '=>' || one.version === '' ? tabs : '\t',
    )
  const dependencies = info.dependencies.flatMap((one) => [
    one.replace === undefined ? module('dep', one) : `\tdep\t${one.path}\t${one.version}`,
    ...(one.replace === undefined ? [] : [module('=>', one.replace)]),
  ])
  const quoted = (text: string): string => (/[ \t\n"`]|^$/.test(text) && text !== '' ? JSON.stringify(text) : text)
  return [
    info.goVersion,
    `\tpath\t${info.path}`,
    ...(info.main === undefined ? [] : [module('mod', info.main)]),
    ...dependencies,
    ...info.settings.map(([name, value]) => `\tbuild\t${name}=${quoted(value)}`),
  ]
}

describe.skipIf(GO === undefined)('what go wrote into a program', () => {
  it.each(['linux/amd64', 'windows/arm64', 'darwin/arm64'])(
    'is read as go reads it: %s',
    { timeout: 240_000 },
    async (target) => {
      const [GOOS, GOARCH] = target.split('/')
      const path = join(folder.path, `hello-${GOOS}-${GOARCH}`)
      const env = { ...process.env, GOOS, GOARCH, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' }
      const built = await run(
        ['go', 'build', '-trimpath', '-tags', 'one,two', '-ldflags', '-s -w -X main.x=a"b', '-o', path, '.'],
        { cwd: folder.path, env },
      )
      expect(`${built.code} ${built.stderr}`).toBe('0 ')
      const info = await readGoBuildInfo(path)
      // The program itself holds the magic as a constant, since it uses debug/buildinfo.
      expect(info && lines(info).map((one) => one.trimEnd())).toEqual((await told(path)).map((one) => one.trimEnd()))
      expect(info?.dependencies[0]?.replace?.path).toBe('./other')
    },
  )

  it.skipIf(GORELEASER === undefined)('of hundreds of modules', { timeout: 60_000 }, async () => {
    const info = await readGoBuildInfo(GORELEASER ?? '')
    expect(info?.dependencies.length).toBeGreaterThan(200)
    expect(info && lines(info).map((one) => one.trimEnd())).toEqual(
      (await told(GORELEASER ?? '')).map((one) => one.trimEnd()),
    )
  })

  it('is nothing where a program was not made by go', async () => {
    expect(await readGoBuildInfo(process.execPath)).toBeUndefined()
    await writeFile(
      join(folder.path, 'broken'),
      `\xff Go buildinf:\x08\x02${'\0'.repeat(16)}\xff\xff\xff\xff\xff\xff`,
      'latin1',
    )
    expect(await readGoBuildInfo(join(folder.path, 'broken'))).toBeUndefined()
  })
})

describe.skipIf(GORELEASER === undefined)('our own documents', () => {
  const facts = {
    document: 'hello.zip.sbom.json',
    created: '2026-01-01T00:00:00Z',
    artifact: {
      name: 'hello.zip',
      version: '1.0.0',
      address: 'https://github.com/ann/hello/releases/download/v1.0.0/hello.zip',
    },
  }
  const make = async (format: string): Promise<{ text: string; withoutInfo: string[] }> => {
    const link = join(folder.path, 'program')
    await run(['cp', GORELEASER ?? '', link])
    await writeFile(join(folder.path, 'hello.zip'), 'zip')
    const subject = { name: 'hello.zip', path: 'hello.zip', id: 'default', kind: 'archive' as const }
    const programs = [
      { name: 'hello/program', path: 'program' },
      { name: 'hello/script', path: 'main.go' },
    ]
    return ownDocument(format, facts, subject, programs, folder.path)
  }

  it(
    'are SPDX 2.3: each id once, each relation between ids that are there, one package for each module',
    { timeout: 60_000 },
    async () => {
      const { text, withoutInfo } = await make('spdx-json')
      expect(withoutInfo).toEqual(['hello/script'])
      const spdx = JSON.parse(text) as {
        spdxVersion: string
        SPDXID: string
        documentNamespace: string
        packages: {
          SPDXID: string
          name: string
          versionInfo?: string
          externalRefs?: { referenceLocator: string }[]
        }[]
        relationships: { spdxElementId: string; relatedSpdxElement: string }[]
      }
      const ids = [spdx.SPDXID, ...spdx.packages.map((one) => one.SPDXID)]
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/)
      for (const one of spdx.relationships) {
        expect(ids).toContain(one.spdxElementId)
        expect(ids).toContain(one.relatedSpdxElement)
      }
      const info = await readGoBuildInfo(GORELEASER ?? '')
      const modules = spdx.packages.flatMap((one) =>
        one.externalRefs === undefined ? [] : [`${one.name} ${one.versionInfo}`],
      )
      const expected = (info?.dependencies ?? []).map(
        ({ replace, ...own }) => `${(replace ?? own).path} ${(replace ?? own).version}`,
      )
      expect(modules).toEqual(expect.arrayContaining(expected))
      expect(modules).toContain(`stdlib ${info?.goVersion.replace('go', '')}`)
      expect(spdx).toMatchObject({
        spdxVersion: 'SPDX-2.3',
        dataLicense: 'CC0-1.0',
        creationInfo: { created: facts.created },
      })
      expect((await make('spdx-json')).text).toBe(text)
    },
  )

  it(
    'are CycloneDX 1.6: each reference once, each dependency known, a purl for each module',
    { timeout: 60_000 },
    async () => {
      const { text } = await make('cyclonedx-json')
      const bom = JSON.parse(text) as {
        serialNumber: string
        metadata: { component: { 'bom-ref': string } }
        components: { 'bom-ref': string; type: string; purl?: string }[]
        dependencies: { ref: string; dependsOn: string[] }[]
      }
      expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 })
      expect(bom.serialNumber).toMatch(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      )
      const refs = [bom.metadata.component['bom-ref'], ...bom.components.map((one) => one['bom-ref'])]
      expect(new Set(refs).size).toBe(refs.length)
      for (const { ref, dependsOn } of bom.dependencies)
        for (const one of [ref, ...dependsOn]) expect(refs).toContain(one)
      const purls = bom.components.flatMap((one) => one.purl ?? [])
      expect(purls.length).toBeGreaterThan(200)
      for (const purl of purls) expect(purl).toMatch(/^pkg:golang\/[a-z0-9._~/%-]+(@[\w.%+-]+)?$/)
      expect((await make('cyclonedx-json')).text).toBe(text)
    },
  )
})

it('what syft would be asked for is what we write', () => {
  expect(askedOf(['a.zip', '--output', 'spdx-json=a.json', '--enrich', 'all'])).toEqual([
    { format: 'spdx-json', document: 'a.json' },
  ])
  expect(askedOf(['a', '-o', 'cyclonedx-json@1.5=a', '-ospdx-json=b'])).toEqual([
    { format: 'cyclonedx-json', document: 'a' },
    { format: 'spdx-json', document: 'b' },
  ])
  expect(askedOf(['a', '--output=spdx-json', '--file', 'x'])).toEqual([{ format: 'spdx-json', document: 'x' }])
  for (const args of [['a'], ['a', '-o', 'syft-json=x'], ['a', '-o', 'spdx-json'], ['a', '-o', 'constructor=x']]) {
    expect(askedOf(args)).toBeUndefined()
  }
})
