import { GoTime, goreleaserFunctions, render, type TemplateFunction } from '../template/template.ts'
import type { TemplateData } from './context.ts'
import type { ProjectFiles } from './go-source.ts'

/** Renders a text with GoReleaser's functions; throws TemplateError. */
export type Engine = (text: string, data: TemplateData) => string

/**
 * The engine for the templates of a config: `readFile` and the digests read the project's files, `envOrDefault` sees
 * the `.Env` of the data.
 * @example engineOf('/repo', files)('{{ tolower .ProjectName }}', { ProjectName: 'Hello', Env: {} }) // 'hello'
 */
export function engineOf(root: string, files: ProjectFiles): Engine {
  const known = new WeakMap<object, Record<string, TemplateFunction>>()
  const functionsFor = (env: Record<string, string>): Record<string, TemplateFunction> => {
    const made = known.get(env) ?? goreleaserFunctions({ readFile: (path) => files.bytes(path), env, cwd: root })
    known.set(env, made)
    return made
  }
  return (text, data) => render(text, data, functionsFor((data['Env'] ?? {}) as Record<string, string>))
}

/** A time of Go, for `.Now`. */
export function goTime(seconds: number): unknown {
  return new GoTime(new Date(seconds * 1000))
}
