import { FormatError } from './format-error.ts'

/** A member of a cpio archive. */
export interface CpioMember {
  name: string
  /** With the bits of the kind: `0o100644`, `0o040755`, `0o120777`. */
  mode: number
  mtime: number
  inode: number
  links: number
  /** The bytes of a file, or the target of a link. */
  body: { size: number; content: () => AsyncIterable<Uint8Array> }
}

/**
 * A cpio archive in the "new ASCII" format, magic 070701 (cpio(5)): what an rpm carries.
 * @example for await (const chunk of cpio([{ name: './usr/bin/hello', mode: 0o100755, … }])) out.write(chunk)
 */
export async function* cpio(members: Iterable<CpioMember>): AsyncGenerator<Uint8Array> {
  for (const member of members) {
    yield header(member)
    let size = 0
    for await (const chunk of member.body.content()) {
      size += chunk.length
      yield chunk
    }
    if (size !== member.body.size) {
      throw new FormatError(`${member.name} should have ${member.body.size} bytes and has ${size}`)
    }
    yield Buffer.alloc(-size & 3)
  }
  yield header({ name: 'TRAILER!!!', mode: 0, mtime: 0, inode: 0, links: 1, body: { size: 0, content: none } })
}

async function* none(): AsyncGenerator<Uint8Array> {}

/** The header with the name, padded to a multiple of four. */
function header({ name, mode, mtime, inode, links, body }: CpioMember): Buffer {
  const text = Buffer.from(`${name}\0`)
  const fields = [inode, mode, 0, 0, links, mtime, body.size, 0, 0, 0, 0, text.length, 0]
  if (body.size > 0xffffffff) throw new FormatError(`${name} is too big for a cpio archive: ${body.size} bytes`)
  const hex = fields.map((one) => one.toString(16).padStart(8, '0')).join('')
  const head = Buffer.concat([Buffer.from(`070701${hex}`), text])
  return Buffer.concat([head, Buffer.alloc(-head.length & 3)])
}
