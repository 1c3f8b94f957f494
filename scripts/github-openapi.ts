/**
 * Cuts GitHub's published OpenAPI description down to the calls that the local GitHub answers, without its prose, as JSON
 * Schemas. Run by hand when a call is added or the version moves: `npm run openapi`. The whole description has
 * 399 MB; it is installed into a temporary folder and thrown away.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from '../src/core/temp.ts'
import { run } from '../src/external/process.ts'
import { ROUTES } from '../src/rehearsal/github/api.ts'

const PACKAGE = '@octokit/openapi@23.0.2'
const MORE = ['GET /user', 'GET /users/{username}', 'GET /rate_limit']
const TARGET = new URL('../src/rehearsal/github/openapi.generated.json', import.meta.url)

/** What says which values are right; all else is prose. */
const KEPT = [
  'type',
  'format',
  'enum',
  'pattern',
  'required',
  'properties',
  'additionalProperties',
  'items',
  'anyOf',
  'oneOf',
  'allOf',
  'not',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
]

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Obj = { [key: string]: Json }

await using folder = await tempFolder('openapi')
const from = process.argv[2] ?? folder.path
if (process.argv[2] === undefined) {
  const npm = ['npm', 'install', '--prefix', folder.path, '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE]
  const installed = await run(npm)
  if (installed.code !== 0) throw new Error(installed.stderr)
}
const file = join(from, 'node_modules/@octokit/openapi/generated/api.github.com.json')
const whole = JSON.parse(readFileSync(file, 'utf8')) as Obj
const used = new Set<string>()

const operations: Obj = {}
for (const name of [...ROUTES.map((one) => `${one.method} ${one.path}`), ...MORE]) {
  const [method = '', path = ''] = name.split(' ')
  const found = objectAt(objectAt(whole, 'paths'), path)[method.toLowerCase()]
  // The root of the contents is a call of ours; GitHub's description has it as an empty path.
  if (found === undefined && path.endsWith('/contents')) continue
  if (found === undefined) throw new Error(`GitHub has no ${name}`)
  operations[name] = operation(found as Obj)
}
const schemas: Obj = {}
for (const name of used) schemas[name] = schema(objectAt(whole, 'components', 'schemas')[name] ?? null)

writeFileSync(TARGET, `${JSON.stringify({ source: PACKAGE, operations, schemas })}\n`)
console.log(`${Object.keys(operations).length} calls, ${Object.keys(schemas).length} schemas`)

function operation(value: Obj): Obj {
  const query: Obj = {}
  const wanted: string[] = []
  for (const parameter of (value['parameters'] ?? []) as Json[]) {
    const one = resolved(parameter)
    const name = one['name']
    if (one['in'] !== 'query' || typeof name !== 'string') continue
    query[name] = schema(one['schema'] ?? {})
    if (one['required'] === true) wanted.push(name)
  }
  const body = value['requestBody'] === undefined ? undefined : content(resolved(value['requestBody']))
  const answers: Obj = {}
  for (const [status, answer] of Object.entries(objectAt(value, 'responses'))) {
    answers[status] = content(resolved(answer)) ?? null
  }
  return {
    query: { type: 'object', properties: query, ...(wanted.length > 0 ? { required: wanted } : {}) },
    ...(body === undefined ? {} : { body }),
    answers,
  }
}

/** The schema of a JSON body; `undefined` where there is none. */
function content(value: Obj): Json | undefined {
  const types = objectAt(value, 'content')
  const json = types['application/json'] as Obj | undefined
  return json?.['schema'] === undefined ? undefined : schema(json['schema'])
}

function resolved(value: Json): Obj {
  const one = value as Obj
  const ref = one['$ref']
  if (typeof ref !== 'string') return one
  return objectAt(whole, ...ref.slice(2).split('/'))
}

/** OpenAPI 3.0 to JSON Schema: no prose, references kept, `nullable` as a type. */
function schema(value: Json): Json {
  if (Array.isArray(value)) return value.map(schema)
  if (typeof value !== 'object' || value === null) return value
  if (typeof value['$ref'] === 'string') {
    const name = value['$ref'].slice('#/components/schemas/'.length)
    used.add(name)
    return { $ref: `#/schemas/${name}` }
  }
  const out: Obj = {}
  for (const key of KEPT) {
    const part = value[key]
    if (part === undefined) continue
    if (key === 'properties') {
      out[key] = Object.fromEntries(Object.entries(part as Obj).map(([name, one]) => [name, schema(one)]))
    } else out[key] = ['enum', 'required', 'type', 'format', 'pattern'].includes(key) ? part : schema(part)
  }
  if (value['nullable'] !== true) return out
  return { anyOf: [out, { type: 'null' }] }
}

function objectAt(value: Obj, ...path: string[]): Obj {
  let at: Obj = value
  for (const part of path) at = (at[part] ?? {}) as Obj
  return at
}
