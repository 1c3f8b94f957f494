import type { Path } from '../config/path.ts'
import { TagonceError } from '../core/errors.ts'
import type { TemplateData } from './context.ts'
import { Problems, type Renderer } from './renderer.ts'

/** Renders templates of the config when the files of the release exist. */
export interface LateRenderer {
  /** Throws `template`, with the place in the config. */
  render(text: string | undefined, path: Path, extra?: TemplateData): string
  isTrue(value: string | boolean | undefined, path: Path, extra?: TemplateData): boolean
  /** The whole environment that templates see. */
  env: Readonly<Record<string, string>>
}

/**
 * The renderer of a plan for what comes after planning: here a failing template ends the work.
 * @example lateRenderer(renderer).render('{{ .ArtifactName }}.sig', ['signs', 0, 'signature'], { ArtifactName: 'a' }) // 'a.sig'
 */
export function lateRenderer(renderer: Renderer): LateRenderer {
  const strictly = <T>(run: (one: Renderer) => T): T => {
    const problems = new Problems()
    const result = run(renderer.noting(problems))
    const [first] = problems.found
    if (first === undefined) return result
    throw new TagonceError('template', first.message, { diagnostics: problems.found })
  }
  return {
    render: (text, path, extra = {}) => strictly((one) => one.render(text, path, extra)),
    isTrue: (value, path, extra = {}) => strictly((one) => one.isTrue(value, path, extra)),
    env: renderer.data['Env'] as Record<string, string>,
  }
}
