import { run } from '../src/external/process.ts'
import { parse } from 'yaml'

interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  properties?: Record<string, Schema>
  items?: Schema
  oneOf?: Schema[]
  additionalProperties?: Schema | boolean
}

/** Keys that the schema has, but that GoReleaser refuses: its writer of schemas mixes two structures up. */
const REFUSED = [
  /^srpm\.(summary|group|compression|signature|signature\.key_file|scripts|scripts\.\w+|prefixes|buildhost)$/,
  /^announce\.slack\.\w+\[\]\.Internal$/,
]

/** GoReleaser's own JSON Schema. */
export async function schemaOf(goreleaser: string, cwd: string): Promise<Schema> {
  const { stdout } = await run([goreleaser, 'jsonschema', '-o', '-'], { cwd })
  return JSON.parse(stdout) as Schema
}

/** Every key of the schema, as a path: `nfpms[].rpm.signature.key_file`. */
export function allKeys(root: Schema): Set<string> {
  const found = new Set<string>()
  const visit = (given: Schema, path: string, above: Schema[]): void => {
    const schema = resolve(root, given)
    // A group of something may hold groups.
    if (above.includes(schema)) return
    const inner = [...above, schema]
    for (const one of schema.oneOf ?? []) visit(one, path, inner)
    if (schema.items !== undefined) visit(schema.items, `${path}[]`, inner)
    if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}{}`, inner)
    for (const [key, one] of Object.entries(schema.properties ?? {})) {
      const whole = path === '' ? key : `${path}.${key}`
      found.add(whole)
      visit(one, whole, inner)
    }
  }
  visit(root, '', [])
  return new Set([...found].filter((key) => !REFUSED.some((one) => one.test(key))))
}

/** The keys of the schema that a config sets. */
export function usedKeys(root: Schema, config: string): Set<string> {
  const found = new Set<string>()
  const visit = (given: Schema, path: string, value: unknown): void => {
    const schema = resolve(root, given)
    for (const one of schema.oneOf ?? []) visit(one, path, value)
    if (Array.isArray(value)) {
      for (const one of value) visit(schema.items ?? {}, `${path}[]`, one)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) {
        const known = schema.properties?.[key]
        const whole = path === '' ? key : `${path}.${key}`
        if (known !== undefined) {
          found.add(whole)
          visit(known, whole, one)
        } else if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}{}`, one)
      }
    }
  }
  visit(root, '', parse(config, { merge: true }))
  return found
}

/** Some definitions hold definitions of their own. */
function resolve(root: Schema, schema: Schema): Schema {
  let current = schema
  for (let step = 0; step < 5 && current.$ref !== undefined; step++) {
    const name = current.$ref.replace('#/$defs/', '')
    current = current.$defs?.[name] ?? root.$defs?.[name] ?? {}
  }
  return current
}
