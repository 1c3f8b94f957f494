import type { AnyKind } from './schema/kinds.ts'
import { own } from './own.ts'
import { project } from './schema/project.ts'

/** A JSON Schema; plain data. */
type JsonSchema = { [key: string]: unknown }

/**
 * The schema of `.goreleaser.yaml` (or of `tagonce.yaml`) for editors, made from the table that the checker works from.
 * @example JSON.stringify(jsonSchema('config'), null, 2)
 */
export function jsonSchema(of: 'config' | 'own'): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: of === 'config' ? 'GoReleaser’s config, as tagonce reads it' : 'tagonce.yaml',
    ...schemaOf(of === 'config' ? project : own),
  }
}

const SCALAR = ['string', 'number', 'boolean']

function schemaOf(kind: AnyKind): JsonSchema {
  const notes = {
    ...(kind.deprecated === true ? { deprecated: true } : {}),
    ...(kind.pro === true ? { description: 'A key of GoReleaser Pro.' } : {}),
  }
  return { ...formSchema(kind), ...notes }
}

function formSchema({ form }: AnyKind): JsonSchema {
  if (form.is === 'text') return { type: SCALAR }
  if (form.is === 'note') return { type: [...SCALAR, 'object'] }
  if (form.is === 'flag') return { type: 'boolean' }
  if (form.is === 'flag-or-text') return { type: ['string', 'boolean'] }
  if (form.is === 'integer') return { type: 'integer' }
  if (form.is === 'duration') return { type: 'string' }
  // `compress: 9` is the text `9`.
  if (form.is === 'choice')
    return { enum: form.values.flatMap((value) => (/^\d+$/.test(value) ? [value, Number(value)] : [value])) }
  if (form.is === 'map') return { type: 'object', additionalProperties: schemaOf(form.of) }
  if (form.is === 'list') {
    const list = { type: 'array', items: schemaOf(form.of) }
    return form.lone === 'refused' ? list : { anyOf: [list, { type: SCALAR }] }
  }
  if (form.is === 'object') {
    const known = Object.entries(form.keys).filter(([, kind]) => kind.removed !== true)
    const object = {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(known.map(([key, kind]) => [key, schemaOf(kind)])),
    }
    return form.short === undefined ? object : { anyOf: [object, { type: SCALAR }] }
  }
  return {}
}
