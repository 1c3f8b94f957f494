/**
 * What is wrong with a template, and where in it.
 * Lines and columns count from 1, `offset` from 0, all in UTF-16 units of the template's text.
 * `choices` holds what was there to choose from (fields, functions, variables), for a "did you mean".
 * @example render('{{ .Tga }}', { Tag: 'v1' }) // throws: there is no .Tga here; choices: ['Tag']
 */
export class TemplateError extends Error {
  readonly offset: number
  readonly line: number
  readonly column: number
  readonly choices: string[]

  constructor(message: string, text: string, offset: number, choices: readonly string[] = []) {
    super(message)
    this.name = 'TemplateError'
    const before = text.slice(0, offset)
    this.offset = before.length
    this.line = before.split('\n').length
    this.column = before.length - before.lastIndexOf('\n')
    this.choices = [...choices]
  }
}

/** A failure inside a function: it has no place of its own, the evaluator gives it one. */
export class CallError extends Error {
  readonly choices: readonly string[]

  constructor(message: string, choices: readonly string[] = []) {
    super(message)
    this.name = 'CallError'
    this.choices = choices
  }
}
