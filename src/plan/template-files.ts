import type { FullConfig } from '../config/defaults.ts'
import { leavesRoot } from './names.ts'
import type { PlannedExtraFile } from './plan.ts'
import type { Renderer } from './renderer.ts'

/** The mode that GoReleaser Pro documents for `template_files`. */
const MODE = 0o655

/** Pro's `template_files`: rendered into dist, and part of the release. Those without `src` or `dst` are passed over. */
export function planTemplateFiles(renderer: Renderer, config: FullConfig): PlannedExtraFile[] {
  return (config.template_files ?? []).flatMap((file, index) => {
    const at = ['template_files', index]
    const src = renderer.render(file.src, [...at, 'src'])
    const dst = renderer.render(file.dst, [...at, 'dst'])
    if (src === '' || dst === '') return []
    for (const [key, path, where] of [
      ['src', src, 'the folder of the project'],
      ['dst', dst, 'dist'],
    ] as const) {
      if (!leavesRoot(path)) continue
      renderer.problem('leaves-root', [...at, key], `${path} lies outside ${where}`, 'use a path below it')
      return []
    }
    return [{ glob: src, name: dst, templated: true, at, inDist: true, mode: file.mode ?? MODE }]
  })
}
