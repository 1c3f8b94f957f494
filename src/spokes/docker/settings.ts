import { z } from 'zod'
import { parseSettings as parseWith } from '../shared/parse-settings.ts'

const text = z.string()
const texts = z.array(text)
const pairs = z.record(text, text)

/** A file of the build context that comes from the hub. */
const contextFile = z.strictObject({
  /** Its path in the context. */
  path: text,
  /** The artifact of the hub that it is, or that holds it. */
  artifact: text,
  /** Name of the program in it; absent where the artifact itself is meant. */
  program: text.optional(),
})

/** What an entry of `kos` says in the place of a Dockerfile. */
const ko = z.strictObject({
  base: text,
  importPath: text,
  /** The program's name below `/ko-app`. */
  app: text,
  user: text,
  /** The folder that goes to `/var/run/ko`, relative to the project. */
  data: text,
  /** Seconds since the epoch. */
  created: z.number().optional(),
  dataCreated: z.number().optional(),
})

/** A base image, and the line that names it: of the Dockerfile, or of the config. */
const namedBase = z.strictObject({
  name: text,
  platform: text,
  where: z.strictObject({ file: text, line: z.number(), column: z.number() }).optional(),
})

const image = z.strictObject({
  role: z.literal('image'),
  /** Where it stands in the config: `dockers_v2[0]`. */
  at: text,
  id: text,
  /** Names with their tags: `ghcr.io/octo/hello:v1.2.3`. */
  names: texts,
  platforms: z.array(z.strictObject({ name: text, files: z.array(contextFile) })).min(1),
  /** Relative to the project; empty with `ko`. */
  dockerfile: text,
  ko: ko.optional(),
  extraFiles: texts,
  labels: pairs,
  buildArgs: pairs,
  target: text,
  /** What the manifests and the index are annotated with. */
  annotations: z.strictObject({ manifest: pairs, index: pairs }),
  /** Whether there is an index even for one platform. */
  index: z.boolean(),
  sbom: z.boolean(),
  provenance: z.boolean(),
  /** Base images as far as they are known before anything is built. */
  bases: z.array(namedBase),
  /** What in the Dockerfile only an engine carries out, as far as it is known by then. */
  engine: z.strictObject({ what: text, file: text, line: z.number(), column: z.number() }).optional(),
})

const list = z.strictObject({
  role: z.literal('list'),
  at: text,
  id: text,
  names: texts,
  /** Names of the images that it is made of. */
  members: texts.min(1),
  annotations: pairs,
})

const schema = z.discriminatedUnion('role', [image, list])

/** One entry of `dockers` or `dockers_v2`: an image for some platforms. */
export type ImageSettings = z.infer<typeof image>
/** One entry of `docker_manifests`: an index over images. */
export type ListSettings = z.infer<typeof list>
export type NamedBase = z.infer<typeof namedBase>
export type KoSettings = z.infer<typeof ko>
export type DockerSettings = z.infer<typeof schema>

/** Settings from a manifest, which is input from outside. */
export function parseSettings(settings: unknown): DockerSettings {
  return parseWith(schema, 'docker', settings)
}
