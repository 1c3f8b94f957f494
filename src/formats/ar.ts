import { FormatError } from './format-error.ts'

/** A member of an ar archive. */
export interface ArMember {
  /** At most sixteen characters of ASCII. */
  name: string
  /** Seconds since the epoch. */
  mtime: number
  size: number
  content: () => AsyncIterable<Uint8Array>
}

/**
 * An ar archive as deb(5) wants it: the common format, members without a slash after their name, owner 0, mode 0644.
 * @example for await (const chunk of ar([{ name: 'debian-binary', mtime: 0, size: 4, content }])) out.write(chunk)
 */
export async function* ar(members: Iterable<ArMember>): AsyncGenerator<Uint8Array> {
  yield Buffer.from('!<arch>\n')
  for (const member of members) {
    yield Buffer.from(header(member))
    let size = 0
    for await (const chunk of member.content()) {
      size += chunk.length
      yield chunk
    }
    if (size !== member.size) throw new FormatError(`${member.name} should have ${member.size} bytes and has ${size}`)
    if (size % 2 === 1) yield Buffer.from('\n')
  }
}

function header({ name, mtime, size }: ArMember): string {
  if (!/^[\x21-\x7e]{1,16}$/.test(name))
    throw new FormatError(`${name} cannot be the name of a member of an ar archive`)
  const fields: [text: string, width: number][] = [
    [name, 16],
    [String(Math.max(0, mtime)), 12],
    ['0', 6],
    ['0', 6],
    ['100644', 8],
    [String(size), 10],
  ]
  for (const [text, width] of fields) {
    if (text.length > width) throw new FormatError(`${name} is too big for an ar archive: ${size} bytes`)
  }
  return `${fields.map(([text, width]) => text.padEnd(width)).join('')}\`\n`
}
