import type { FullConfig } from '../config/defaults.ts'
import type { ProjectFiles } from './go-source.ts'
import type { Plan } from './plan.ts'
import { Problems, type Renderer } from './renderer.ts'
import type { SpokeConfig } from './spoke-config.ts'

/**
 * What spokes see while they resolve their entries.
 * @example spokeConfig(renderer, config, plan).render('{{ .Tag }}', ['npms', 0, 'tag']) // 'v1.2.3'
 */
export function spokeConfig(
  renderer: Renderer,
  config: FullConfig,
  plan: Omit<Plan, 'spokes'>,
  files: ProjectFiles,
): SpokeConfig {
  return {
    files,
    config,
    plan,
    env: renderer.data['Env'] as Record<string, string>,
    render: (text, path, extra) => renderer.render(text, path, extra),
    isTrue: (value, path) => renderer.isTrue(value, path),
    secretEnv(text, path) {
      if (text.trim() === '') return undefined
      const name = /^\{\{-?\s*\.Env\.([A-Za-z_][A-Za-z0-9_]*)\s*-?\}\}$/.exec(text.trim())?.[1]
      if (name !== undefined) return name
      const message = 'a secret does not stand in a config: name the variable that holds it, and nothing else'
      renderer.problem('secret-in-config', path, message, 'write "{{ .Env.NAME_OF_THE_TOKEN }}"')
      return undefined
    },
    position: (path) => renderer.position(path),
    problem: (diagnostic) => renderer.problems.add(diagnostic),
    aside() {
      const problems = new Problems()
      return { config: spokeConfig(renderer.noting(problems), config, plan, files), found: problems.found }
    },
  }
}
