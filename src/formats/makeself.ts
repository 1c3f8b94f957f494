import { makeselfScript, type MakeselfSettings } from './makeself-script.ts'
import type { Spool } from './package-spool.ts'
import { tar, type TarEntry } from './tar.ts'

export type { MakeselfSettings } from './makeself-script.ts'

/**
 * A self-extracting archive: a shell script with a compressed tar behind it. The script checks the tar's SHA-256, unpacks it into a
 * folder and runs a script in there.
 * @param compress undoes what `settings.unpack` does
 * @example await writeWhole('hello.run', makeself(settings, entries, gzip, spoolIn(folder)), { shown: 'hello.run' })
 */
export async function* makeself(
  settings: MakeselfSettings,
  entries: TarEntry[],
  compress: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
  spool: Spool,
): AsyncGenerator<Uint8Array> {
  let unpacked = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of tar(entries)) {
      unpacked += chunk.length
      yield chunk
    }
  }
  const { size, sha256, content } = await spool(compress(counted()))
  yield Buffer.from(makeselfScript(settings, { size, sha256, unpacked }))
  yield* content()
}
