import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { renderArtifacts, renderContext, renderManifests, type RenderedFile } from '../commands/render.ts'
import { loadConfig } from '../config/load.ts'
import { ExitCode, TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { projectFiles } from '../plan/project-files.ts'
import { outsideOf } from '../release/outside.ts'
import type { Context } from './context.ts'
import { httpOf } from './http.ts'

export interface RenderCliOptions {
  artifacts: string
  context: string
  config?: string | undefined
  output?: string | undefined
}

/** `tagonce render`: the texts of every package manager, printed or written to a folder. */
export async function renderCommand(cli: Context, options: RenderCliOptions): Promise<ExitCode> {
  const { root, reporter } = cli
  const [artifacts, context, config] = await Promise.all([
    readJson(resolve(root, options.artifacts), renderArtifacts, options.artifacts),
    readJson(resolve(root, options.context), renderContext, options.context),
    loadConfig(root, {
      outside: outsideOf(httpOf(cli), cli.env),
      ...(options.config === undefined ? {} : { file: options.config }),
    }),
  ])
  const files = renderManifests({ config, context, artifacts, files: projectFiles(root) })
  if (options.output !== undefined) await writeAll(files, resolve(root, options.output))
  if (reporter.json) reporter.print(JSON.stringify({ type: 'render', files }))
  else for (const file of files) reporter.print(options.output === undefined ? shown(file) : file.path)
  return ExitCode.ok
}

/** As `head` shows several files. */
function shown({ path, content }: RenderedFile): string {
  return `==> ${path} <==\n${content}`
}

async function writeAll(files: RenderedFile[], folder: string): Promise<void> {
  for (const { path, content } of files) {
    const file = inside(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
}

/** A file of JSON in a known shape; `name` is how the user calls it. */
async function readJson<T>(path: string, schema: z.ZodType<T>, name: string): Promise<T> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    const why = cause instanceof SyntaxError ? `is no JSON: ${cause.message}` : 'can not be read'
    throw new TagonceError('usage', `${name} ${why}`, { cause, hint: 'see docs/render.md' })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [first] = parsed.error.issues
  const place = first?.path.map(String).join('.') || 'the whole'
  throw new TagonceError('usage', `${name} is not right at ${place}: ${first?.message ?? 'unknown'}`, {
    cause: parsed.error,
    hint: 'see docs/render.md',
  })
}
