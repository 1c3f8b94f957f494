import { TagonceError } from '../core/errors.ts'
import type { Manifest } from './manifest.ts'
import { MANIFEST_NAME, MANIFEST_SCHEMA } from './manifest.ts'
import { validManifest } from './validate.ts'

/**
 * Reads `tagonce.json`, which comes from outside: a newer schema, a fault of form and an unsafe name are refused, and the
 * message names the JSON path.
 * @throws TagonceError `manifest`
 * @example const manifest = readManifest(await readFile('tagonce.json', 'utf8'))
 */
export function readManifest(text: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new TagonceError('manifest', `${MANIFEST_NAME} is not JSON: ${why}`, { hint: DAMAGED, cause: error })
  }
  const schema = member(value, 'schema')
  const version = member(member(value, 'tool'), 'version')
  if (typeof schema === 'number' && schema > MANIFEST_SCHEMA) {
    const made = typeof version === 'string' ? ` (made by tagonce ${version})` : ''
    throw new TagonceError(
      'manifest',
      `${MANIFEST_NAME} has schema ${schema}${made}; this tagonce reads up to ${MANIFEST_SCHEMA}`,
      { hint: 'use a newer tagonce' },
    )
  }
  return validManifest(value, DAMAGED)
}

const DAMAGED = 'the file was changed or cut short after it was sealed, or made by another version of tagonce'

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}
