// Packs a folder as tar.gz the way archives are packed, in a process of its own, so that its memory can be measured.
import { createWriteStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { passingChunks } from '../src/formats/file-chunks.ts'
import { gzip } from '../src/formats/gzip.ts'
import { tar } from '../src/formats/tar.ts'

const [from = '', to = ''] = process.argv.slice(2)
const names = (await readdir(from)).sort()
const entries = await Promise.all(
  names.map(async (name) => {
    const path = join(from, name)
    const { size } = await stat(path)
    return {
      name,
      mode: 0o755,
      mtime: 0,
      owner: '',
      group: '',
      body: { type: 'file' as const, size, content: () => passingChunks(path) },
    }
  }),
)
await pipeline(gzip(tar(entries)), createWriteStream(to))
