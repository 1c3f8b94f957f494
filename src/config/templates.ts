import type { Diagnostic } from '../core/errors.ts'
import { TemplateError, parse } from '../template/template.ts'
import type { Place } from './decode.ts'
import { showPath, valueAt } from './path.ts'
import { positionInPlace } from './positions.ts'

/** Parses every text that will be rendered, so that a broken template is known before anything is built. */
export function checkTemplates(config: unknown, places: Map<string, Place>): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const place of places.values()) {
    const { form } = place.kind
    if (!(form.is === 'text' && form.template) && form.is !== 'flag-or-text' && form.is !== 'note') continue
    const value = valueAt(config, place.path)
    if (typeof value !== 'string' || !value.includes('{{')) continue
    const error = parseError(value)
    if (error === undefined) continue
    const where = positionInPlace(place, error.offset)
    diagnostics.push({
      severity: 'error',
      code: 'template-syntax',
      message: `the template of \`${showPath(place.path)}\` can’t be read: ${error.message}`,
      ...(where === undefined ? {} : { where }),
    })
  }
  return diagnostics
}

function parseError(text: string): TemplateError | undefined {
  try {
    parse(text)
    return undefined
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
}
