import type { HubReader } from '../hub/hub.ts'
import type { Unit } from './unit.ts'

/** A request as a local server sees it. */
export interface WorldRequest {
  method: string
  /** Public host that was asked for: `registry.npmjs.org`. */
  host: string
  path: string
  query: URLSearchParams
  headers: Headers
  body(): Promise<Buffer>
  /** The body streamed to a file in the world's folder, for uploads that may be big; rejects when the client cuts it. */
  bodyFile(): Promise<{ path: string; size: number; sha256: string }>
}

/** Where a local server keeps its state: JSON documents and blobs on disk, so that it outlives the process. */
export interface WorldStore {
  /** All names are paths with forward slashes; a document is a JSON file, written atomically. */
  read<T>(name: string): T | undefined
  write(name: string, value: unknown): void
  list(prefix: string): string[]
  remove(name: string): void
  /** Absolute path of a blob's file or folder; its parent folder exists. */
  blob(name: string): string
}

/** A server on loopback that behaves like a channel, down to its refusals. */
export interface WorldServer {
  /** Public hosts that are led to it: `registry.npmjs.org`. */
  hosts: string[]
  handle(request: WorldRequest, store: WorldStore): Promise<Response>
  /** Whether a request changes something; without it, all but GET and HEAD do. */
  mutates?(method: string, path: string, contentLength: number | undefined): boolean
  /**
   * Set where the channel takes pushes by git over ssh: its repositories are the blobs `git/NAME.git`. `serve` is a part of a script
   * for sh that sees `verb`, `name` and `base` and may refuse; `update` is git's hook of that name.
   */
  git?: { serve: string; update: string }
}

/** How far the proof goes with a client. */
export type Proof = 'installed by its client' | 'read by its client' | 'schema only'

export interface ClientResult {
  client: string
  version: string
  proof: Proof
  /** What was done, in one line. */
  what: string
  /** sha256 of the program as installed, when it was. */
  sha256?: string
}

/** What a real client needs to run against the local world. */
export interface ClientIO {
  /** A private folder; also HOME. */
  folder: string
  /** An environment that leads every client through the loopback proxy; start clients with this one only. */
  env: Record<string, string>
  /** Public URL → loopback URL, for clients that take a base address. */
  route(url: string): string
  hub: HubReader
  signal: AbortSignal
}

/** What the identity of a workflow tells of a release. */
export interface RehearsedRelease {
  /** `owner/name`. */
  repository: string
  tag: string
  commit: string
}

export interface World {
  /** Absent for spokes whose channel is GitHub itself. */
  server?: WorldServer
  /** Further public hosts that an entry publishes to; in a rehearsal they are led to the server as well. */
  hosts?(settings: unknown): string[]
  /**
   * Repositories on GitHub that an entry publishes to: they stand in the local GitHub before a rehearsal. `owner/name`, or
   * `owner/name#branch` where the entry names the branch that has to be there.
   */
  repositories?(settings: unknown): string[]
  /** What a credential looks like in a rehearsal, where any word will not do: a GUID, a macaroon. `of`: the release that is rehearsed. */
  credential?(name: string, of?: RehearsedRelease): string
  /** Names of further credentials that a rehearsal makes up: a login that elsewhere may also lie in a file of the user's. */
  logins?(settings: unknown): string[]
  /** Git servers that an entry publishes to by plain git: public addresses. They are led to one on loopback. */
  remotes?(settings: unknown): string[]
  /** A program that packages are made with and that this machine has not: a rehearsal passes the spoke over and says so. */
  lacks?(): string | undefined
  /** Runs the real client, when it is on this machine; `null` with the reason when it is not. */
  client(units: Unit[], settings: unknown, io: ClientIO): Promise<ClientResult | { skipped: string }>
}
