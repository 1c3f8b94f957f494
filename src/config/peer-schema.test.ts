import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import type { AnyKind } from './schema/kinds.ts'
import { project } from './schema/project.ts'
import { findGoreleaser } from './testing/peer.ts'

// Every key of the JSON schema that GoReleaser itself writes is one of ours, with a kind that takes the same.

interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  properties?: Record<string, Schema>
  items?: Schema
  oneOf?: Schema[]
  type?: string
  enum?: unknown[]
  additionalProperties?: Schema | boolean
}

const goreleaser = findGoreleaser()
if (goreleaser === undefined) console.log('skipped: no goreleaser on this machine (GORELEASER or PATH)')

test.skipIf(goreleaser === undefined)('every key of GoReleaser’s own schema is known, with its type', async () => {
  await using folder = await tempFolder('schema')
  const file = join(folder.path, 'schema.json')
  const { code } = await run([goreleaser ?? '', 'jsonschema', '-o', file], { cwd: folder.path, env: process.env })
  expect(code).toBe(0)
  const root = JSON.parse(await readFile(file, 'utf8')) as Schema
  const found = { keys: 0, unknown: [] as string[], different: [] as string[] }
  compare(root, root, project, '', found)
  expect(found.unknown).toEqual([])
  expect(found.different).toEqual([
    // `before.hooks` takes objects in Pro.
    'before.hooks[]: string, ours object',
    // Their schema says integer, but their reader takes nothing but a text like `10s`.
    'docker_manifests[].retry.delay: integer, ours duration',
    'docker_manifests[].retry.max_delay: integer, ours duration',
    'dockers[].retry.delay: integer, ours duration',
    'dockers[].retry.max_delay: integer, ours duration',
    'dockers_v2[].retry.delay: integer, ours duration',
    'dockers_v2[].retry.max_delay: integer, ours duration',
    'retry.delay: integer, ours duration',
    'retry.max_delay: integer, ours duration',
  ])
  expect(found.keys).toBeGreaterThan(1000)
})

type Found = { keys: number; unknown: string[]; different: string[] }

const SAME: Record<string, string[]> = {
  string: ['text', 'choice', 'duration', 'flag-or-text', 'note'],
  boolean: ['flag'],
  integer: ['integer'],
}

function compare(root: Schema, given: Schema, kind: AnyKind, path: string, found: Found): void {
  const schema = resolve(root, given)
  const { form } = kind
  const alternative = schema.oneOf?.find((one) => one.properties !== undefined || one.type === 'array')
  if (schema.oneOf !== undefined) {
    if (alternative !== undefined) compare(root, alternative, kind, path, found)
  } else if (schema.properties !== undefined) {
    if (form.is === 'any') return
    if (form.is !== 'object') {
      differ(found, path, 'mapping', form.is)
      return
    }
    for (const [key, inner] of Object.entries(schema.properties)) {
      const whole = path === '' ? key : `${path}.${key}`
      const ours = form.keys[key]
      found.keys++
      if (ours === undefined) found.unknown.push(whole)
      else compare(root, inner, ours, whole, found)
    }
  } else if (schema.type === 'array') {
    if (form.is !== 'list') differ(found, path, 'list', form.is)
    else compare(root, schema.items ?? {}, form.of, `${path}[]`, found)
  } else if (schema.type === 'object') {
    if (form.is === 'any') return
    if (form.is !== 'map') differ(found, path, 'map', form.is)
    else if (typeof schema.additionalProperties === 'object') {
      compare(root, schema.additionalProperties, form.of, `${path}{}`, found)
    }
  } else if (SAME[schema.type ?? '']?.includes(form.is) !== true && form.is !== 'any') {
    differ(found, path, schema.type ?? 'anything', form.is)
  } else if (form.is === 'choice') {
    for (const value of schema.enum ?? []) {
      if (!form.values.includes(String(value))) differ(found, path, String(value), form.values.join('|'))
    }
  }
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

function differ(found: Found, path: string, theirs: string, ours: string): void {
  found.different.push(`${path}: ${theirs}, ours ${ours}`)
  found.different.sort()
}
