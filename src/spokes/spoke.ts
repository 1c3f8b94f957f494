import type { Credentials } from '../core/credentials.ts'
import type { Diagnostic } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import type { Observation } from '../core/states.ts'
import type { Http } from '../external/http.ts'
import type { HubReader } from '../hub/hub.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Plan } from '../plan/plan.ts'
import type { SpokeConfig } from '../plan/spoke-config.ts'
import type { Unit } from './unit.ts'
import type { World } from './world.ts'

export type { TextFile, Unit } from './unit.ts'

/** What a spoke may use of the outside. */
export interface ChannelIO {
  /**
   * `http.outside` reads what a build reads (a base image) from where it always is: in a release the same, in a rehearsal the real
   * place. It is absent with `--offline`, where a stand-in takes its place; `http` then reaches the local world only.
   */
  http: Http
  credentials: Credentials
  signal: AbortSignal
  /** A rehearsal: nothing of the user's is run that may send something. */
  stripSecrets?: boolean
  /** Now, for evidence and waits; never for content. */
  clock: () => Date
  task: Task
  /** A private folder of this run. */
  folder: string
}

/** An image that a snapshot made, as `artifacts.json` tells of it. */
export interface DistImage {
  name: string
  /** By which key of the config: `dockers`, `dockers_v2`, or `kos`. */
  type: 'v1' | 'v2' | 'manifest'
  platform?: { goos: string; goarch: string; goarm?: string }
  extra: Record<string, unknown>
}

/** An entry of the config, every text rendered. */
export interface SpokeEntry<Settings> {
  /** Distinguishes two entries of one spoke: the package's name. */
  entry: string
  settings: Settings
  /** Why it will not be published, when it will not. */
  skip?: string
  /** Where it stands in the config: `['scoops', 0]`. */
  at: (string | number)[]
}

/** What a channel says of an entry. Its place in the config is looked up by `key`, below the entry: `['license']`. */
export interface Finding extends Diagnostic {
  key?: (string | number)[]
}

/** What reading texts with a parser needs. */
export interface ProofreadIO {
  env: Record<string, string | undefined>
  signal: AbortSignal
  /** A private folder. */
  folder: string
}

/** What a user types to get the program from a channel. */
export interface Instruction {
  channel: string
  command: string
  note?: string
}

/**
 * Units that have to be published in one act: all files of a tap in one commit. Spokes that share a channel (formulas
 * and casks of one tap) hold the same object; units with the same key then go together.
 */
export interface Together<U extends Unit> {
  key(unit: U): string
  /** Like `publish`, for all of them at once. */
  publish(units: { unit: U; seen: Observation }[], hub: HubReader, io: ChannelIO): Promise<void>
}

/** One package manager. Adding one is a folder and a line in registry.ts. */
export interface Spoke<Settings, U extends Unit> {
  name: string
  /** `after`: its units come when those of package managers have ended; `last`: when all others are settled. */
  stage?: 'after' | 'last'
  /** Its entries of the config, every text rendered; [] = not enabled. Problems go to `config.problem`. */
  settings(config: SpokeConfig): SpokeEntry<Settings>[]
  /** Reads settings back from a manifest, which is input from outside. Throws with the place of the fault. */
  parse(settings: unknown): Settings
  /** The channel's own rules, before anything is built. Pure. */
  check(settings: Settings, plan: Plan): Finding[]
  /**
   * Holds its texts against the channel's own schema or parser, before anything is built: digests in them are made up then. Reads and
   * writes nothing but `io.folder`.
   */
  proofread?(units: U[], io: ProofreadIO): Promise<Diagnostic[]>
  /** Names of variables that hold the credentials it needs; each must be set before anything is built. */
  credentials(settings: Settings): string[]
  /** Reads only: do the credentials work, is the version burnt, whose is the name. */
  probe(settings: Settings, io: ChannelIO): Promise<Finding[]>
  /** Outside facts, frozen at seal, and small texts of the project, which is whole by then. `root`: its folder. */
  pin?(settings: Settings, io: ChannelIO & { root: string }): Promise<Record<string, string>>
  /** Pure. */
  units(manifest: Manifest, settings: Settings): U[]
  /** Makes the package's bytes in `io.folder`: same input, same bytes. Path and digest (`sha512:…`). */
  assemble?(unit: U, hub: HubReader, io: ChannelIO): Promise<{ path: string; digest: string }>
  /** For a snapshot: writes what would be published into a folder of `dist`. What it gives stands in `artifacts.json`. */
  snapshot?(settings: Settings, hub: HubReader, io: ChannelIO, dist: string): Promise<DistImage[]>
  /** Reads only. */
  observe(unit: U, hub: HubReader, io: ChannelIO): Promise<Observation>
  /** Compare-and-set against what was seen; may be repeated. */
  publish(unit: U, seen: Observation, hub: HubReader, io: ChannelIO): Promise<void>
  /** Set where units go together; `publish` then is not called. */
  together?: Together<U>
  /**
   * Fetches what a user would get and compares it with the hub's digest. `seen`: what `observe` gave a moment ago, after the last
   * write; who has it need not look a second time.
   */
  verify(unit: U, hub: HubReader, io: ChannelIO, seen?: Observation): Promise<Observation>
  retract?: {
    plan(unit: U, seen: Observation): RetractStep[]
    act(step: RetractStep, io: ChannelIO): Promise<Observation>
  }
  instructions(manifest: Manifest, settings: Settings): Instruction[]
  /** A local server that behaves like the channel, and the real clients that prove it. */
  world: World
}

export interface RetractStep {
  unit: string
  /** What will be done, in words. */
  what: string
  /** Whether it can be undone. */
  final: boolean
}

/** A spoke whose types are forgotten, as the registry holds it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the registry is the one place where spokes of all types meet
export type AnySpoke = Spoke<any, any>
