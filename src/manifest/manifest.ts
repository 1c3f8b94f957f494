import type { Artifact } from '../core/artifact.ts'
import type { HubSettings } from '../plan/plan.ts'

/** Name of the manifest among the hub's assets. */
export const MANIFEST_NAME = 'tagonce.json'

/** Version of the manifest's schema; a reader refuses a higher major. */
export const MANIFEST_SCHEMA = 1

/** Where the schema can be had: it is a file of the package. */
export const MANIFEST_SCHEMA_URL = 'https://unpkg.com/tagonce/schema/manifest-1.json'

/**
 * What one machine made: its artifacts. Fragments of one commit merge; only the merged whole is sealed.
 */
export interface Fragment {
  artifacts: Artifact[]
}

/** A spoke's entry as it is sealed. */
export interface SealedSpoke {
  spoke: string
  entry: string
  settings: unknown
  /** Outside facts frozen at seal (the digest of a base image). */
  pins: Record<string, string>
  skip?: string
}

/** `tagonce.json`: enough to run any spoke on any machine, later, with nothing but the hub. No secret, no path of the machine. */
export interface Manifest {
  $schema: string
  schema: typeof MANIFEST_SCHEMA
  project: string
  tag: string
  version: string
  previousTag: string
  commit: string
  /** ISO 8601, UTC: the commit's time. */
  date: string
  prerelease: boolean
  tool: { name: 'tagonce'; version: string }
  hub: Pick<HubSettings, 'kind' | 'owner' | 'repo' | 'download' | 'api' | 'upload'>
  /** Release notes, as they stand on the hub. */
  notes: string
  /** Sorted by name; the manifest itself is not among them. */
  artifacts: Artifact[]
  spokes: SealedSpoke[]
}
