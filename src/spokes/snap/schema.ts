import { parse } from 'yaml'
import { z } from 'zod'
import type { SchemaOf } from '../shared/schema-client.ts'

const text = z.string()
const word = /^[A-Za-z0-9](?:-?[A-Za-z0-9])*$/

const app = z.looseObject({
  // snapd takes no shell characters in what it starts (snapcraft.io/docs/snap-format).
  command: text.regex(/^[A-Za-z0-9/. _#:$-]+$/, 'holds what snapd does not start'),
  daemon: z.enum(['simple', 'oneshot', 'forking', 'notify', 'dbus']).optional(),
  'restart-condition': z
    .enum(['on-failure', 'on-success', 'on-abnormal', 'on-abort', 'on-watchdog', 'always', 'never'])
    .optional(),
  'refresh-mode': z.enum(['restart', 'endure', 'ignore-running']).optional(),
  'stop-mode': text.regex(/^sig(?:term|hup|usr[12]|int)(?:-all)?$/).optional(),
  'install-mode': z.enum(['enable', 'disable']).optional(),
  plugs: z.array(text).optional(),
  slots: z.array(text).optional(),
  aliases: z.array(text.regex(/^[A-Za-z0-9][-_.A-Za-z0-9]*$/)).optional(),
  environment: z.record(text, z.union([text, z.number()])).optional(),
})

const layout = z
  .strictObject({
    symlink: text.optional(),
    bind: text.optional(),
    'bind-file': text.optional(),
    type: z.literal('tmpfs').optional(),
  })
  .refine((one) => Object.values(one).filter((value) => value !== undefined).length === 1, 'names not exactly one kind')

/** `meta/snap.yaml` (snapcraft.io/docs/snap-format), as far as entries of a config can reach it. */
const snapYaml = z.strictObject({
  name: text.regex(/^[a-z0-9](?:-?[a-z0-9])*$/).max(40),
  title: text.max(40).optional(),
  version: text.max(32),
  summary: text.min(1).max(128),
  description: text.min(1).max(4096),
  icon: text.optional(),
  base: text.optional(),
  license: text.optional(),
  grade: z.enum(['stable', 'devel']),
  confinement: z.enum(['strict', 'classic', 'devmode']),
  architectures: z.array(text).length(1),
  assumes: z.array(text).optional(),
  layout: z.record(text.regex(/^\//, 'is no absolute path'), layout).optional(),
  apps: z.record(text.regex(word), app),
  hooks: z.record(text.regex(word), z.unknown()).optional(),
  plugs: z.record(text.regex(/^[a-z](?:-?[a-z0-9])*$/, 'is no name of a plug'), z.unknown()).optional(),
})

/** A snap.yaml as the store reads it. */
export const snapSchema: SchemaOf = {
  name: 'schema of snap.yaml',
  version: 'snap-format',
  read: (content) => parse(content) as unknown,
  schemaFor: () => snapYaml,
}
