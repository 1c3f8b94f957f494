import type { Artifact } from '../core/artifact.ts'
import { loadConfig } from '../config/load.ts'
import { projectFiles } from '../plan/project-files.ts'
import { renderManifests as texts } from './render.ts'

export interface RenderOptions {
  /** The folder of the project. */
  root: string
  /** The config to read; looked up unless set. */
  config?: string
  /** What git would say of the release; only the tag is needed. */
  context: {
    tag: string
    version?: string
    date?: string
    commit?: string
    previousTag?: string
    url?: string
    env?: Record<string, string>
    notes?: string
  }
  artifacts: Artifact[]
}

/**
 * What GoReleaser would write for every package manager of a config, from a list of artifacts with their digests. Nothing is
 * built or sent; paths are those below GoReleaser's `dist`.
 * @example await renderManifests({ root: '.', context: { tag: 'v1.2.3' }, artifacts }) // [{ path: 'homebrew/hello.rb', content }]
 */
export async function renderManifests(options: RenderOptions): Promise<{ path: string; content: string }[]> {
  const { root, config, context, artifacts } = options
  const loaded = await loadConfig(root, config === undefined ? {} : { file: config })
  return texts({ config: loaded, context, artifacts, files: projectFiles(root) })
}
