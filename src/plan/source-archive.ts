import type { Config } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import type { Named } from './archives.ts'
import { planFile, planTemplated } from './files.ts'
import { leavesRoot } from './names.ts'
import type { PlannedSourceArchive } from './plan.ts'
import type { Renderer } from './renderer.ts'

/** The archive of the sources; undefined where it is not asked for (it is off by default). */
export function planSourceArchive(
  renderer: Renderer,
  config: Config,
  names: Named[],
): PlannedSourceArchive | undefined {
  const source = config.source
  if (source?.enabled !== true) return undefined
  const format = source.format ?? 'tar.gz'
  const at: Path = ['source', 'name_template']
  const stem = renderer.try(source.name_template || '{{ .ProjectName }}-{{ .Version }}', at)
  if (stem === undefined) return undefined
  const prefix = renderer.render(source.prefix_template, ['source', 'prefix_template'])
  if (leavesRoot(prefix)) {
    const mend = 'write it as "{{ .ProjectName }}-{{ .Version }}/"'
    renderer.problem('leaves-root', ['source', 'prefix_template'], `${prefix} would lie outside the archive`, mend)
  }
  const name = `${stem}.${format}`
  names.push({ name, at })
  return {
    name,
    kind: 'source',
    id: '',
    format,
    prefix,
    files: (source.files ?? []).flatMap((file, index) => planFile(renderer, file, ['source', 'files', index], {})),
    templated: (source.templated_files ?? []).flatMap((file, index) =>
      planTemplated(renderer, file, ['source', 'templated_files', index], {}),
    ),
  }
}
