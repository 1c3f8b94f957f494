import type { AnySpoke } from '../spokes/spoke.ts'
import { announce } from './announce/index.ts'
import { blobs } from './blobs/index.ts'
import { mcp } from './mcp.ts'
import { milestones } from './milestones.ts'
import { publishers } from './publishers.ts'
import { artifactories, uploads } from './uploads.ts'

/** What is done when the package managers have been served; `announce` comes last of all. */
export const afters: AnySpoke[] = [blobs, uploads, artifactories, mcp, milestones, publishers, announce]
