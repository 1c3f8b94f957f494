import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assert, constantFrom, nat, property } from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { TagonceError } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { planOf } from '../plan/test-plan.ts'
import { readManifest } from './read.ts'
import { manifestJsonSchema } from './json-schema.ts'
import { manifestText, seal } from './seal.ts'
import { sealInput } from './testing.ts'

let text: string
beforeAll(async () => {
  text = manifestText(
    seal(
      sealInput(await planOf('version: 2\nproject_name: hello\nrelease: { github: { owner: ann, name: hello } }\n')),
    ),
  )
})

type Path = (string | number)[]
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The text with one value replaced (or removed), as somebody would tamper with it. */
function changed(path: Path, value: Json | undefined): string {
  const whole = JSON.parse(text) as Json
  let place = whole as Record<string | number, Json>
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, Json>
  const last = path.at(-1) ?? ''
  if (value === undefined) delete place[last]
  else place[last] = value
  return JSON.stringify(whole)
}

function problemOf(input: string): string {
  try {
    readManifest(input)
  } catch (error) {
    if (error instanceof TagonceError) return `${error.code}: ${error.message}`
    throw error
  }
  return ''
}

const CASES: [path: Path, value: Json | undefined, message: string][] = [
  [['artifacts', 1, 'sha256'], 'ABC', 'artifacts[1].sha256 is no sha256 (64 hex digits)'],
  [['artifacts', 0, 'size'], -1, 'artifacts[0].size'],
  [['artifacts', 0, 'size'], 1.5, 'artifacts[0].size'],
  [['artifacts', 0, 'size'], undefined, 'artifacts[0].size'],
  [['artifacts', 0, 'name'], '../evil', 'artifacts[0].name has a slash'],
  [['artifacts', 0, 'name'], 'b.tar.gz', 'artifacts[1].name is there twice: b.tar.gz'],
  [['artifacts', 0, 'name'], 'z.tar.gz', 'artifacts[1].name is out of order: b.tar.gz'],
  [['artifacts', 0, 'name'], '..', 'artifacts[0].name begins or ends with a dot'],
  [['artifacts', 1, 'name'], 'tagonce.json', "artifacts[1].name is the manifest's own"],
  [['artifacts', 0, 'kind'], 'program', 'artifacts[0].kind'],
  [['artifacts', 0, 'binaries', 0, 'path'], '../../bin/sh', 'artifacts[0].binaries[0].path leaves its archive'],
  [['artifacts', 0, 'binaries', 0, 'mode'], '4755', 'artifacts[0].binaries[0].mode is no mode such as 0755'],
  [['artifacts', 0, 'binaries', 0, 'header', 'format'], 'coff', 'artifacts[0].binaries[0].header.format'],
  [['artifacts', 0, 'files', 0], '/etc/passwd', 'artifacts[0].files[0] leaves its archive'],
  [['artifacts', 0, 'wrapDirectory'], '..', 'artifacts[0].wrapDirectory leaves its archive'],
  [['artifacts', 0, 'extra'], 1, 'artifacts[0]: Unrecognized key: "extra"'],
  [['artifacts'], {}, 'artifacts: Invalid input: expected array'],
  [['hub', 'download'], 'https://user:pass@github.com', 'hub.download is no public address'],
  [['hub', 'download'], 'file:///etc', 'hub.download is no public address'],
  [['hub', 'repo'], 'a/../b', 'hub.repo is no name on the hub'],
  [['tag'], '', 'tag is empty, or has a blank'],
  [['date'], 'yesterday', 'date is no time in UTC'],
  [['schema'], 0, 'schema'],
  [['schema'], undefined, 'schema'],
  [['tool', 'name'], 'other', 'tool.name'],
  [['spokes', 0, 'pins'], { a: 1 }, 'spokes[0].pins.a'],
]

test.each(CASES)('%j = %j: %s', (path, value, message) => {
  expect(problemOf(changed(path, value))).toContain(`manifest: tagonce.json is not right: ${message}`)
})

test('a newer schema is refused with a clear message', () => {
  const newer = JSON.stringify({
    ...(JSON.parse(text) as object),
    schema: 2,
    tool: { name: 'tagonce', version: '9.0.0' },
  })
  expect(problemOf(newer)).toBe(
    'manifest: tagonce.json has schema 2 (made by tagonce 9.0.0); this tagonce reads up to 1',
  )
})

test('what is no JSON, or no object, is told', () => {
  expect(problemOf('')).toContain('tagonce.json is not JSON')
  expect(problemOf(text.slice(0, 500))).toContain('tagonce.json is not JSON')
  for (const other of ['null', '[]', '"x"', '1']) expect(problemOf(other)).toContain('the whole: Invalid input')
})

test('all faults are told at once', () => {
  const whole = JSON.parse(text) as { tag: string; commit: string }
  const problem = (): unknown => readManifest(JSON.stringify({ ...whole, tag: '', commit: '../x' }))
  expect(problem).toThrow(expect.objectContaining({ diagnostics: [expect.anything(), expect.anything()] }))
})

test('any damage to the text ends in a manifest or in a TagonceError', () => {
  assert(
    property(
      nat(5000),
      constantFrom('', '"', '{', '}', '[', ',', '0', '-1', '\u0000', 'null', '__proto__', '\uD800'),
      (at, put) => {
        const place = at % text.length
        problemOf(text.slice(0, place) + put + text.slice(place + 1))
        return true
      },
    ),
    { numRuns: 400 },
  )
})

test("the published JSON Schema takes what we seal and refuses what we refuse, judged by Python's jsonschema", async () => {
  const { code } = await run(['python3', '-c', 'import jsonschema'])
  if (code !== 0) {
    process.stderr.write("skipped: Python's jsonschema is not here\n")
    return
  }
  await using folder = await tempFolder('schema-test')
  const schema = join(folder.path, 'schema.json')
  await writeFile(schema, JSON.stringify(manifestJsonSchema()))
  const script = `import json,sys,jsonschema
v=jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
print(json.dumps([v.is_valid(json.loads(t)) for t in json.load(sys.stdin)]))`
  const bySchema = CASES.filter(([, , message]) => !/leaves|slash|twice|order|own|dot/.test(message))
  const input = JSON.stringify([text, ...bySchema.map(([path, value]) => changed(path, value))])
  const { stdout, stderr } = await run(['python3', '-c', script, schema], { input })
  if (stdout === '') throw new Error(stderr)
  expect(JSON.parse(stdout)).toEqual([true, ...bySchema.map(() => false)])
})

test('the schema says which draft it is, where it can be had, and is closed', () => {
  expect(manifestJsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://unpkg.com/tagonce/schema/manifest-1.json',
    additionalProperties: false,
  })
})
