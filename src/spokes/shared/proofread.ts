import { TagonceError } from '../../core/errors.ts'
import type { Diagnostic } from '../../core/errors.ts'
import { run } from '../../external/process.ts'
import type { ProofreadIO, TextFile, Unit } from '../spoke.ts'
import { holdAgainst, type SchemaOf } from './schema-client.ts'

/**
 * Holds texts against the channel's schema, before there are digests.
 * @example proofread: schemaProofread(scoopSchema)
 */
export function schemaProofread(schema: SchemaOf): (units: Unit[]) => Promise<Diagnostic[]> {
  return async (units) =>
    filesOf(units).flatMap((file) => {
      try {
        holdAgainst(schema, file)
        return []
      } catch (error) {
        if (!(error instanceof TagonceError)) throw error
        return [{ severity: 'error', code: 'unreadable-text', message: error.message }]
      }
    })
}

/**
 * Lets a channel's own parser read each text from standard input, with `more` in its environment; of all paths, or of `only` some. Where the parser is not on this machine, nothing is said: the texts are
 * written by us, and a release does not depend on it.
 * @example proofread: parserProofread('Ruby', ['ruby', '-c'])
 */
export function parserProofread(
  language: string,
  argv: string[],
  { more = () => ({}), only = /(?:)/ }: { more?: (folder: string) => Record<string, string>; only?: RegExp } = {},
): (units: Unit[], io: ProofreadIO) => Promise<Diagnostic[]> {
  return async (units, io) => {
    const env = { ...io.env, ...more(io.folder) }
    const files = filesOf(units).filter(({ path }) => only.test(path))
    const found = await Promise.all(
      files.map(async ({ path, content }): Promise<Diagnostic[]> => {
        const said = await refusal(argv, content, { env, signal: io.signal })
        if (said === undefined) return []
        return [{ severity: 'error', code: 'unreadable-text', message: `${language} can't read ${path}: ${said}` }]
      }),
    )
    return found.flat()
  }
}

function filesOf(units: Unit[]): TextFile[] {
  return units.flatMap((unit) => unit.files ?? [])
}

/** What a parser says against a text; undefined when nothing, or when there is no such parser here. */
async function refusal(
  argv: string[],
  input: string,
  io: { env: Record<string, string | undefined>; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { code, stderr } = await run(argv, { ...io, input, timeout: 20_000 })
    const lines = stderr.trim().split('\n')
    return code === 0 ? undefined : (lines.find((line) => line.includes('error')) ?? lines[0])
  } catch (error) {
    if (error instanceof TagonceError && error.code === 'tool-missing') return undefined
    throw error
  }
}
