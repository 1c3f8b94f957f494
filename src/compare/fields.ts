import { type Facts, fact, note } from './facts.ts'

/** A text of lines `name = value` (`.SRCINFO`, `.PKGINFO`), a fact a name: its values in their order. Lines that are no field are told whole. */
export function fieldFacts(above: string, text: string, facts: Facts): void {
  const fields = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, key, value = ''] = /^\s*(\w+) = (.*)$/.exec(line) ?? []
    if (key !== undefined) fields.set(key, [...(fields.get(key) ?? []), value])
    else if (line.trim() !== '') note(facts, fact(above, 'other lines'), line)
  }
  for (const [key, values] of fields) note(facts, fact(above, key), values.join('\n'))
}
