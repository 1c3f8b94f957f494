import type { Spoke } from '../../spoke.ts'
import { docker } from '../index.ts'
import type { DockerSettings } from '../settings.ts'
import type { DockerUnit } from '../units.ts'
import { resolveKos } from './resolve.ts'

/** Images of Go programs without a Dockerfile: `kos`. They differ from those of `dockers_v2` in how they are made, and in nothing else. */
export const ko: Spoke<DockerSettings, DockerUnit> = { ...docker, name: 'ko', settings: resolveKos }
