import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { Exchange } from '../request-log.ts'
import { matchPath } from './route.ts'

interface Operation {
  query: object
  body?: object
  /** Status → schema of the JSON, `null` when it has none. */
  answers: Record<string, object | null>
}

interface Document {
  operations: Record<string, Operation>
  schemas: Record<string, object>
}

const file = new URL('openapi.generated.json', import.meta.url)
let loaded: { document: Document; ajv: Ajv } | undefined

/**
 * Holds recorded API exchanges against GitHub's published description: path, query, request body, status, answer.
 * @param log `world.exchanges()` of a world started with `record`
 * @returns one line for each problem; `[]` when all is as GitHub says
 * @example expect(checkAgainstOpenApi(world.exchanges())).toEqual([])
 */
export function checkAgainstOpenApi(log: Exchange[]): string[] {
  return [...new Set(log.flatMap(check))]
}

function check(exchange: Exchange): string[] {
  const { document } = load()
  const url = new URL(exchange.path.replace(/^\/api\/(v3|uploads)(?=\/)/, ''), 'https://api.github.com')
  const method = exchange.method === 'HEAD' ? 'GET' : exchange.method
  const candidates = Object.keys(document.operations).filter((name) => {
    const [its = '', path = ''] = name.split(' ')
    // The root of the contents is described as an empty path.
    return its === method && matchPath(path, url.pathname.replace(/\/contents\/?$/, '/contents/.')) !== undefined
  })
  // Of `releases/latest` and `releases/{release_id}`, the one with fewer blanks.
  const name = candidates.sort((a, b) => a.split('{').length - b.split('{').length)[0]
  const head = `${exchange.method} ${exchange.path} → ${exchange.status}`
  const operation = name === undefined ? undefined : document.operations[name]
  if (name === undefined || operation === undefined) {
    return exchange.status === 404
      ? []
      : [`${head}: GitHub describes no such call; is it in scripts/github-openapi.ts?`]
  }
  const problems: string[] = []
  if (exchange.status < 400) {
    problems.push(...validate(`${name} query`, operation.query, queryOf(url, operation)))
    if (operation.body !== undefined && exchange.body !== undefined) {
      problems.push(...validate(`${name} body`, operation.body, exchange.body))
    }
  }
  const schema = operation.answers[String(exchange.status)]
  if (schema === undefined && exchange.status < 400 && exchange.status !== 304)
    problems.push('the status is not described')
  if (schema !== undefined && schema !== null && exchange.answer !== undefined) {
    problems.push(...validate(`${name} ${exchange.status}`, schema, exchange.answer))
  }
  if (exchange.status >= 400 && typeof (exchange.answer as { message?: unknown } | undefined)?.message !== 'string') {
    problems.push('a refusal without a message')
  }
  return problems.map((problem) => `${head}: ${problem}`)
}

/** Query values are text; the description says which are numbers. */
function queryOf(url: URL, operation: Operation): Record<string, unknown> {
  const properties = (operation.query as { properties: Record<string, { type?: string }> }).properties
  return Object.fromEntries(
    [...url.searchParams].map(([name, value]) => {
      const type = properties[name]?.type
      if (type === 'integer') return [name, Number(value)]
      return [name, type === 'boolean' ? value === 'true' : value]
    }),
  )
}

function load(): { document: Document; ajv: Ajv } {
  if (loaded === undefined) {
    const document = JSON.parse(readFileSync(file, 'utf8')) as Document
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false, verbose: true })
    addFormats.default(ajv)
    for (const [name, schema] of Object.entries(document.schemas)) ajv.addSchema(withRefs(schema), `schema:${name}`)
    loaded = { document, ajv }
  }
  return loaded
}

function validate(key: string, schema: object, value: unknown): string[] {
  const { ajv } = load()
  const id = `call:${encodeURIComponent(key)}`
  if (ajv.getSchema(id) === undefined) ajv.addSchema(withRefs(schema), id)
  const run = ajv.getSchema(id) as ValidateFunction
  if (run(value)) return []
  return (run.errors ?? [])
    .filter((error) => !isStarter(error) && !isOverlap(error))
    .map((error) => `${error.instancePath} ${error.message}`)
}

/** References by the ids under which the schemas are added. */
function withRefs(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/schemas/', '"schema:')) as object
}

/** `starter`, the state of an asset whose upload was cut, is real and seen, though the description lacks it. */
function isStarter(error: ErrorObject): boolean {
  return error.keyword === 'enum' && error.data === 'starter'
}

/** The alternatives of some refusals overlap in the description: an answer that fits both is right. */
function isOverlap(error: ErrorObject): boolean {
  return error.keyword === 'oneOf' && error.params['passingSchemas'] !== null
}
