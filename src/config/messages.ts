import type { Resolved } from './scalars.ts'
import type { Form } from './schema/kinds.ts'
import { suggest } from './suggest.ts'

/** What a kind takes, in words, and how to write it. */
export function describe(form: Form): { what: string; mend?: string } {
  switch (form.is) {
    case 'text':
      return { what: 'a text' }
    case 'note':
      return { what: 'a text, or `from_file`' }
    case 'flag':
      return { what: '`true` or `false`', mend: 'write `true` or `false`, without quotes' }
    case 'flag-or-text':
      return { what: '`true`, `false` or a template' }
    case 'integer':
      return form.mode
        ? { what: 'a file mode', mend: 'write it in octal, like `0644`, without quotes' }
        : { what: 'a whole number', mend: 'write it in digits, without quotes' }
    case 'duration':
      return { what: 'a duration', mend: 'write it like `90s`, `10m` or `1h30m`' }
    case 'choice':
      return { what: `one of ${quoteAll(form.values)}` }
    case 'list':
      return form.lone === 'refused'
        ? { what: `a list of ${plural(form.of.form)}`, mend: 'put `- ` before each item' }
        : { what: `a list of ${plural(form.of.form)}, or one of them` }
    case 'map':
      return { what: `a mapping of names to ${plural(form.of.form)}`, mend: 'write `name: value`, one on each line' }
    case 'object': {
      const names = Object.keys(form.keys).slice(0, 3)
      const keys = `keys like ${quoteAll(names)}`
      return { what: form.short === undefined ? `a mapping with ${keys}` : `a text, or a mapping with ${keys}` }
    }
    case 'any':
    default:
      return { what: 'anything' }
  }
}

function plural(form: Form): string {
  if (form.is === 'text') return 'texts'
  if (form.is === 'integer') return 'numbers'
  if (form.is === 'choice') return quoteAll(form.values)
  if (form.is === 'list') return 'lists'
  return form.is === 'object' && form.short !== undefined ? 'texts or mappings' : 'mappings'
}

/** What a scalar is, with its text: `the number 3`. */
export function describeScalar(raw: string, resolved: Resolved): string {
  const text = raw.length > 40 ? `${raw.slice(0, 40)}…` : raw
  if (resolved.tag === 'int' || resolved.tag === 'float') return `the number ${text}`
  if (resolved.tag === 'bool') return text
  return `the text "${text.replaceAll('\n', '\\n')}"`
}

export function badChoice(raw: string, path: string, values: readonly string[]): { message: string; mend: string } {
  const near = suggest(raw, values)
  const known = quoteAll(values)
  return {
    message: `\`${path}\` can’t be "${raw}"`,
    mend: near === undefined ? `use one of ${known}` : `did you mean \`${near}\`? It can be ${known}`,
  }
}

/** `a`, `b` or `c`. */
export function quoteAll(values: readonly string[]): string {
  const quoted = values.filter((value) => value !== '').map((value) => `\`${value}\``)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`
}
