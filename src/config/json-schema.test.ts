import { expect, test } from 'vitest'
import { jsonSchema } from './json-schema.ts'

test('the schema for editors says what the checker takes', () => {
  const schema = jsonSchema('config') as { properties: Record<string, unknown> }
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
  expect(schema.properties['build']).toBeUndefined()
  expect(schema.properties['brews']).toMatchObject({ type: 'array', deprecated: true })
  expect(schema.properties['npms']).toMatchObject({ description: 'A key of GoReleaser Pro.' })
  expect(schema.properties['changelog']).toMatchObject({
    properties: { sort: { enum: ['asc', 'desc', ''] }, abbrev: { type: 'integer' } },
  })
  expect(schema.properties['archives']).toMatchObject({
    items: {
      properties: {
        formats: { anyOf: [{ type: 'array' }, { type: ['string', 'number', 'boolean'] }] },
        wrap_in_directory: { type: ['string', 'boolean'] },
        files: { items: { anyOf: [{ type: 'object' }, { type: ['string', 'number', 'boolean'] }] } },
      },
    },
  })
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
})

test('tagonce.yaml has one too', () => {
  expect(jsonSchema('own')).toMatchObject({ title: 'tagonce.yaml', properties: { npms: { type: 'array' } } })
})
