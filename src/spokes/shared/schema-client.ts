import type { z } from 'zod'
import { TagonceError } from '../../core/errors.ts'
import type { TextFile, Unit } from '../spoke.ts'
import type { ClientResult } from '../world.ts'
import type { GitUnit } from './git-unit.ts'

/** How the texts of a channel are held against its schema, where its client runs on no machine of ours. */
export interface SchemaOf {
  /** Name and version of the schema: `Scoop schema`, `draft-07`. */
  name: string
  version: string
  read(text: string): unknown
  /** The schema of a file, by its path. */
  schemaFor(path: string): z.ZodType
}

/**
 * A client that only reads: each text is parsed, held against the channel's schema, and must name every download with
 * its digest. Throws `spoke` with the place of what is wrong.
 */
export function schemaClient(schema: SchemaOf): (units: Unit[]) => Promise<ClientResult> {
  return async (units) => {
    const files = (units as GitUnit[]).flatMap((unit) => {
      for (const file of unit.files) holdAgainst(schema, file)
      namesDownloads(unit)
      return unit.files
    })
    const what = `${files.map((one) => one.path).join(', ')} held against the schema; its client runs on Windows or in a cluster`
    return { client: schema.name, version: schema.version, proof: 'schema only', what }
  }
}

/** Throws `spoke` with the place of what breaks the schema. */
export function holdAgainst(schema: SchemaOf, { path, content }: TextFile): void {
  const parsed = schema.schemaFor(path).safeParse(read(schema, path, content))
  if (parsed.success) return
  const [first] = parsed.error.issues
  const place = first?.path.map(String).join('.') || 'the whole'
  throw new TagonceError('spoke', `${path} breaks the ${schema.name} at ${place}: ${first?.message ?? 'unknown'}`)
}

function read(schema: SchemaOf, path: string, content: string): unknown {
  try {
    return schema.read(content)
  } catch (cause) {
    throw new TagonceError('spoke', `${path} can't be parsed`, { cause })
  }
}

function namesDownloads({ files, downloads }: GitUnit): void {
  const whole = files.map((one) => one.content).join('\n')
  for (const { url, sha256, artifact } of downloads) {
    if (whole.includes(url) && whole.includes(sha256)) continue
    throw new TagonceError('spoke', `${files[0]?.path ?? ''} does not name ${artifact} with its digest`)
  }
}
