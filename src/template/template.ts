import { Evaluation } from './evaluate.ts'
import type { TemplateFunction } from './function.ts'
import type { Parsed } from './parser.ts'
import { parseText } from './parser.ts'
import { toOutput } from './utf8.ts'

export { TemplateError } from './error.ts'
export { func } from './function.ts'
export type { TemplateFunction } from './function.ts'
export { goreleaserFunctions } from './goreleaser-functions.ts'
export { float64, int64, uint64 } from './numbers.ts'
export { GoTime } from './time.ts'

/** A template that was read and can be rendered many times. */
export interface Template {
  readonly text: string
}

const parsed = new WeakMap<Template, Parsed>()

/**
 * Reads a template. Throws TemplateError with the place of what is wrong; that a function does not exist shows when
 * it is rendered. `name` is what `{{ template }}` calls the whole by.
 * @example render(parse('{{ .ProjectName }}_{{ .Version }}'), { ProjectName: 'hello', Version: '1.0.0' })
 */
export function parse(text: string, name = 'tmpl'): Template {
  const template = Object.freeze({ text })
  parsed.set(template, parseText(text, name))
  return template
}

/**
 * Renders as Go's text/template with `missingkey=error`. Data may hold text, numbers (whole ones are Go's int),
 * bigints, booleans, null, lists, plain objects and the Go types made by `uint64`, `int64`, `float64` and `GoTime`;
 * anything else is refused when a template touches it. Functions come on top of Go's own. Throws TemplateError.
 * @example render('{{ with .Arm }}v{{ . }}{{ end }}', { Arm: '6' }) // 'v6'
 */
export function render(
  template: Template | string,
  data: Record<string, unknown>,
  functions: Readonly<Record<string, TemplateFunction>> = {},
): string {
  const text = typeof template === 'string' ? template : template.text
  if (typeof template === 'string' && !template.includes('{{')) return template
  const tree = (typeof template === 'string' ? undefined : parsed.get(template)) ?? parseText(text, 'tmpl')
  return toOutput(new Evaluation(text, tree, functions).run(data))
}
