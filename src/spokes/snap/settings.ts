import { z } from 'zod'

const texts = z.array(z.string())
/** Anything that YAML holds; passed on as it is. */
const anything = z.record(z.string(), z.unknown())

const app = z.object({
  command: z.string(),
  /** Keys of snap.yaml, in the order in which they are written. */
  more: anything,
})

/** A snap, resolved: one package for each architecture. */
export const snapSettings = z.object({
  name: z.string().min(1),
  title: z.string(),
  summary: z.string(),
  description: z.string(),
  icon: z.string(),
  base: z.string(),
  license: z.string(),
  grade: z.string(),
  confinement: z.string(),
  assumes: texts,
  layout: z.record(
    z.string(),
    z.object({ symlink: z.string(), bind: z.string(), bindFile: z.string(), type: z.string() }),
  ),
  /** By name; empty = one for the main program. */
  apps: z.record(z.string(), app),
  hooks: anything,
  plugs: anything,
  channels: texts,
  /** Files of the project that go into the snap. */
  files: z.array(z.object({ source: z.string(), destination: z.string(), mode: z.number() })),
  packages: z.array(
    z.object({
      /** Name of the snap's file without `.snap`. */
      file: z.string(),
      /** In snapd's words: `amd64`, `armhf`. */
      arch: z.string(),
      /** The main program, and the app where the config names none. */
      app: z.string(),
      /** Whether that app goes by the snap's name. */
      named: z.boolean(),
      /** Programs, by the path of their build, and the artifacts of the hub that hold them. */
      programs: z.array(z.object({ name: z.string(), artifact: z.string() })),
    }),
  ),
})

export type SnapSettings = z.infer<typeof snapSettings>
export type SnapApp = z.infer<typeof app>
