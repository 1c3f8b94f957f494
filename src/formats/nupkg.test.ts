import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseXml, XmlElement } from '@rgrove/parse-xml'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { isOpcPart, nupkg, type NupkgFacts, type NupkgFile } from './nupkg.ts'
import { zipMember, zipMembers } from './zip-reader.ts'

const FACTS: NupkgFacts = { id: 'hello', version: '1.2.3', authors: 'Ann', description: 'Greets', tags: 'cli' }
const FILES: NupkgFile[] = [{ name: 'tools/chocolateyinstall.ps1', content: 'exit\n' }]

async function bytesOf(
  facts: NupkgFacts,
  nuspec = '<package/>',
  files = FILES,
  mtime = 1_700_000_000,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of nupkg(facts, nuspec, files, mtime)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('holds the parts of OPC around the content; every part has a type, every relation a target', async () => {
  await using folder = await tempFolder('nupkg')
  const path = join(folder.path, 'a.nupkg')
  await pipeline(
    nupkg(FACTS, '<package/>', [...FILES, { name: 'tools/LICENSE', content: '' }], 0),
    createWriteStream(path),
  )
  const names = (await zipMembers(path)).map((one) => one.name)
  expect(names.filter((one) => !isOpcPart(one))).toEqual([
    'hello.nuspec',
    'tools/chocolateyinstall.ps1',
    'tools/LICENSE',
  ])
  expect(names.at(-1)).toMatch(/^package\/services\/metadata\/core-properties\/[0-9a-f]{32}\.psmdcp$/)
  const read = async (name: string): Promise<XmlElement[]> => {
    const chunks: Buffer[] = []
    for await (const chunk of zipMember(path, name)) chunks.push(chunk)
    const { root } = parseXml(Buffer.concat(chunks).toString())
    return root?.children.filter((one) => one instanceof XmlElement) ?? []
  }
  const types = await read('[Content_Types].xml')
  const typed = (name: string): boolean =>
    types.some(
      ({ attributes }) => attributes['PartName'] === `/${name}` || name.endsWith(`.${attributes['Extension']}`),
    )
  expect(names.filter((name) => name !== '[Content_Types].xml' && !typed(name))).toEqual([])
  const targets = (await read('_rels/.rels')).map((one) => one.attributes['Target'])
  expect(targets).toHaveLength(2)
  for (const target of targets) expect(names.map((name) => `/${name}`)).toContain(target)
})

test('the same input gives the same bytes; another id, version, content or time gives others', async () => {
  const same = await bytesOf(FACTS)
  expect((await bytesOf(FACTS)).equals(same)).toBe(true)
  const others = [
    await bytesOf({ ...FACTS, version: '1.2.4' }),
    await bytesOf({ ...FACTS, id: 'hallo' }),
    await bytesOf(FACTS, '<package />'),
    await bytesOf(FACTS, '<package/>', FILES, 1_700_000_002),
  ]
  expect(new Set([same, ...others].map((one) => one.toString('hex'))).size).toBe(5)
})

test('whatever stands in the texts, the properties are well-formed and say it', async () => {
  await using folder = await tempFolder('nupkg')
  const path = join(folder.path, 'a.nupkg')
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(text, text, text, async (authors, description, tags) => {
      await pipeline(nupkg({ ...FACTS, authors, description, tags }, '<package/>', FILES, 0), createWriteStream(path))
      const name = (await zipMembers(path)).at(-1)?.name ?? ''
      const chunks: Buffer[] = []
      for await (const chunk of zipMember(path, name)) chunks.push(chunk)
      const elements = parseXml(Buffer.concat(chunks).toString()).root?.children.filter(
        (one) => one instanceof XmlElement,
      )
      const said = elements?.find((one) => one.name === 'dc:description')?.text
      // XML has no place for control characters and halves of letters, and reads \r\n as \n.
      const told = description
        .toWellFormed()
        .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
        .replaceAll(/\r\n?/g, '\n')
      expect(said).toBe(told)
    }),
    { numRuns: 60 },
  )
})
