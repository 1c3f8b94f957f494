import type { ZodError } from 'zod'
import { TagonceError } from '../core/errors.ts'
import type { Diagnostic } from '../core/errors.ts'
import { FormatError } from '../formats/format-error.ts'
import { memberName } from '../formats/member-name.ts'
import { assetNameFault } from '../plan/names.ts'
import type { Manifest } from './manifest.ts'
import { MANIFEST_NAME } from './manifest.ts'
import { manifestSchema } from './schema.ts'

/**
 * A value as a manifest, with its keys in the order of the schema. All faults are told at once, each with its JSON path
 * (`artifacts[3].sha256`).
 * @throws TagonceError `manifest`
 */
export function validManifest(value: unknown, hint: string): Manifest {
  const parsed = manifestSchema.safeParse(value)
  const faults = parsed.success ? rules(parsed.data) : shapeFaults(parsed.error)
  const [first] = faults
  if (first === undefined && parsed.success) return parsed.data
  const diagnostics = faults.map((message): Diagnostic => ({ severity: 'error', code: 'bad-manifest', message }))
  throw new TagonceError('manifest', `${MANIFEST_NAME} is not right: ${first ?? ''}`, { hint, diagnostics })
}

/** What a schema cannot say: names are safe and unique, in order, and paths inside archives stay inside. */
function rules(manifest: Manifest): string[] {
  const faults: string[] = []
  let before: string | undefined
  for (const [index, artifact] of manifest.artifacts.entries()) {
    const at = `artifacts[${index}]`
    const fault = assetNameFault(artifact.name)
    if (fault !== undefined) faults.push(`${at}.name ${fault}`)
    if (artifact.name === MANIFEST_NAME) faults.push(`${at}.name is the manifest's own`)
    if (before !== undefined && compareNames(before, artifact.name) >= 0) {
      faults.push(`${at}.name is ${before === artifact.name ? 'there twice' : 'out of order'}: ${artifact.name}`)
    }
    before = artifact.name
    for (const [inner, { path }] of artifact.binaries.entries()) {
      if (!isSafe(path)) faults.push(`${at}.binaries[${inner}].path leaves its archive`)
    }
    for (const [inner, path] of (artifact.files ?? []).entries()) {
      if (!isSafe(path)) faults.push(`${at}.files[${inner}] leaves its archive`)
    }
    if ((artifact.wrapDirectory ?? '') !== '' && !isSafe(artifact.wrapDirectory ?? '')) {
      faults.push(`${at}.wrapDirectory leaves its archive`)
    }
  }
  return faults
}

/** Names in the order of their bytes, as checksum files have them. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function isSafe(path: string): boolean {
  try {
    memberName(path)
    return true
  } catch (error) {
    if (error instanceof FormatError) return false
    throw error
  }
}

function shapeFaults(error: ZodError): string[] {
  return error.issues.map((issue) => {
    const at = jsonPath(issue.path)
    // A pattern has its own words, which go on from the path.
    return issue.code === 'invalid_format' ? `${at} ${issue.message}` : `${at}: ${issue.message}`
  })
}

/** @example jsonPath(['artifacts', 3, 'name']) // 'artifacts[3].name' */
export function jsonPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_$][\w$]*$/.test(String(part))) text += text === '' ? String(part) : `.${String(part)}`
    else text += `[${JSON.stringify(String(part))}]`
  }
  return text === '' ? 'the whole' : text
}
