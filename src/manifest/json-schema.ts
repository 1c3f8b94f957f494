import { z } from 'zod'
import { MANIFEST_SCHEMA_URL } from './manifest.ts'
import { manifestSchema } from './schema.ts'

/**
 * The published JSON Schema of the manifest (draft 2020-12), for editors and for other tools.
 * @example await writeFile('manifest-1.json', JSON.stringify(manifestJsonSchema(), null, 2))
 */
export function manifestJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(manifestSchema)
  const title = 'tagonce.json: what a release consists of, and what its spokes are to do with it'
  return { $schema, $id: MANIFEST_SCHEMA_URL, title, ...rest }
}
