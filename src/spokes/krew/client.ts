import { parse } from 'yaml'
import { z } from 'zod'
import { schemaClient, type SchemaOf } from '../shared/schema-client.ts'

/** A plugin manifest of Krew, v1alpha2 (krew.sigs.k8s.io/docs/developer-guide/plugin-manifest). */
const plugin = z.strictObject({
  apiVersion: z.literal('krew.googlecontainertools.github.com/v1alpha2'),
  kind: z.literal('Plugin'),
  metadata: z.strictObject({ name: z.string().regex(/^[\w-]+$/) }),
  spec: z.strictObject({
    version: z.string().regex(/^v\d+\.\d+\.\d+(?:[-+].+)?$/),
    platforms: z
      .array(
        z.strictObject({
          bin: z.string().min(1),
          uri: z.url(),
          sha256: z.string().regex(/^[a-f0-9]{64}$/),
          selector: z.strictObject({
            matchLabels: z.strictObject({ os: z.enum(['darwin', 'linux', 'windows']), arch: z.string().min(1) }),
          }),
        }),
      )
      .min(1),
    shortDescription: z.string().regex(/^[^\r\n]+$/),
    homepage: z.url().optional(),
    caveats: z.string().optional(),
    description: z.string().min(1),
  }),
})

/** Krew needs kubectl: its schema stands in for it. */
export const krewSchema: SchemaOf = {
  name: 'Krew schema',
  version: 'v1alpha2',
  read: (text) => parse(text) as unknown,
  schemaFor: () => plugin,
}

export const krewClient = schemaClient(krewSchema)
