import { z } from 'zod'
import { schemaClient, type SchemaOf } from '../shared/schema-client.ts'

const texts = z.array(z.string()).min(1)
const resource = z.strictObject({
  url: z.url().refine((one) => !one.includes('$'), 'has a $'),
  bin: texts,
  hash: z.string().regex(/^[a-fA-F0-9]{64}$/),
})

/** The part of Scoop's schema.json that we write; what else it knows is refused. */
const manifest = z.strictObject({
  version: z.string().regex(/^[\w.+-]+$/),
  architecture: z
    .strictObject({ '32bit': resource.optional(), '64bit': resource.optional(), arm64: resource.optional() })
    .refine((one) => Object.keys(one).length > 0, 'has no architecture'),
  homepage: z.url().optional(),
  license: z.string().optional(),
  description: z.string().optional(),
  persist: texts.optional(),
  pre_install: texts.optional(),
  post_install: texts.optional(),
  depends: texts.optional(),
  shortcuts: z.array(z.array(z.string()).min(2).max(4)).min(1).optional(),
})

/** Scoop needs PowerShell on Windows: its schema stands in for it. */
export const scoopSchema: SchemaOf = {
  name: 'Scoop schema',
  version: 'draft-07',
  read: (text) => JSON.parse(text) as unknown,
  schemaFor: () => manifest,
}

export const scoopClient = schemaClient(scoopSchema)
