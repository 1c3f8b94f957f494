'use strict'
// Takes one file out of an archive, streaming. Runs on Node.js 16 and later, and needs nothing else.
const fs = require('fs')
const zlib = require('zlib')
const { pipeline } = require('stream/promises')

/** Writes the file at `inside` of an archive to `out`; format as in the release: tar.gz, tgz, tar, gz, zip, binary. */
async function extract(archive, format, inside, out) {
  const read = () => fs.createReadStream(archive)
  if (format === 'binary') return pipeline(read(), fs.createWriteStream(out))
  if (format === 'gz') return pipeline(read(), zlib.createGunzip(), fs.createWriteStream(out))
  if (format === 'zip') return unzip(archive, inside, out)
  const member = (source) => untar(source, inside)
  if (format === 'tar') return pipeline(read(), member, fs.createWriteStream(out))
  return pipeline(read(), zlib.createGunzip(), member, fs.createWriteStream(out))
}

/** The bytes of one member. POSIX.1-2017, pax: 512-byte headers, names in ustar, pax or GNU form. */
async function* untar(source, wanted) {
  let rest = Buffer.alloc(0)
  let left = 0
  let padding = 0
  let member
  let long
  let found = false
  const take = (count) => {
    const taken = rest.subarray(0, count)
    rest = rest.subarray(taken.length)
    return taken
  }
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      if (left > 0) {
        const part = take(left)
        if (part.length === 0) break
        left -= part.length
        if (member.wanted) yield part
        else if (member.text !== undefined) member.text = Buffer.concat([member.text, part])
        if (left > 0) break
        if (member.text !== undefined) long = longName(member) || long
      }
      if (padding > 0) {
        padding -= take(padding).length
        if (padding > 0) break
      }
      if (rest.length < 512) break
      const header = take(512)
      if (header.every((byte) => byte === 0)) continue
      member = readHeader(header)
      left = member.size
      padding = (512 - (left % 512)) % 512
      if (member.text === undefined) {
        member.wanted = !found && (long || member.name).replace(/^\.\//, '') === wanted
        found = found || member.wanted
        long = undefined
      }
    }
  }
  if (!found) throw new Error('the archive has no ' + wanted)
}

function readHeader(header) {
  const text = (from, length) => header.toString('utf8', from, from + length).replace(/\0[\s\S]*$/, '')
  // A size past 8 GiB is binary, with the top bit set.
  const size = header[124] & 0x80 ? Number(header.readBigUInt64BE(128)) : parseInt(text(124, 12).trim() || '0', 8)
  if (!Number.isSafeInteger(size)) throw new Error('the archive is damaged')
  const type = String.fromCharCode(header[156])
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : ''
  const name = (prefix === '' ? '' : prefix + '/') + text(0, 100)
  if ((type === 'x' || type === 'L') && size < 1048576) return { type, size, name, text: Buffer.alloc(0) }
  return { type, size, name }
}

function longName(member) {
  if (member.type === 'L') return member.text.toString('utf8').replace(/\0+$/, '')
  const found = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(member.text.toString('utf8'))
  return found === null ? undefined : found[1]
}

/** APPNOTE.TXT 4.3: the central directory at the end tells where each file lies. */
async function unzip(archive, wanted, out) {
  const handle = await fs.promises.open(archive, 'r')
  let entry
  try {
    entry = await findInZip(handle, wanted)
  } finally {
    await handle.close()
  }
  const raw = fs.createReadStream(archive, { start: entry.start, end: entry.start + Math.max(entry.size, 1) - 1 })
  if (entry.method === 0) return pipeline(raw, fs.createWriteStream(out))
  if (entry.method === 8) return pipeline(raw, zlib.createInflateRaw(), fs.createWriteStream(out))
  throw new Error('the archive is compressed in a way that Node.js does not know')
}

async function findInZip(handle, wanted) {
  const { size } = await handle.stat()
  const tail = await readAt(handle, Math.max(0, size - 65557), Math.min(size, 65557))
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end === -1) throw new Error('the archive is damaged')
  const length = tail.readUInt32LE(end + 12)
  const directory = await readAt(handle, tail.readUInt32LE(end + 16), length)
  for (let at = 0; at + 46 <= directory.length;) {
    const nameLength = directory.readUInt16LE(at + 28)
    if (directory.toString('utf8', at + 46, at + 46 + nameLength) === wanted) {
      const local = directory.readUInt32LE(at + 42)
      const header = await readAt(handle, local, 30)
      const start = local + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
      return { method: directory.readUInt16LE(at + 10), size: directory.readUInt32LE(at + 20), start }
    }
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  throw new Error('the archive has no ' + wanted)
}

async function readAt(handle, position, length) {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

module.exports = { extract }
