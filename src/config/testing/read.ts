import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tempFolder } from '../../core/temp.ts'
import { readConfig } from '../load.ts'
import type { Loaded } from '../load.ts'
import type { Outside } from '../outside.ts'

/** Reads a config from a real folder that holds these files; a text alone is `.goreleaser.yaml`. */
export async function readFiles(
  files: string | Record<string, string | Uint8Array>,
  outside?: Outside,
): Promise<Loaded> {
  await using folder = await tempFolder('config')
  const all = typeof files === 'string' ? { '.goreleaser.yaml': files } : files
  for (const [name, content] of Object.entries(all)) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true })
    await writeFile(join(folder.path, name), content)
  }
  return await readConfig(folder.path, outside === undefined ? {} : { outside })
}

/** The diagnostics as lines: `file:line:column+length severity code: message → mend`. */
export function lines(loaded: Loaded): string[] {
  return loaded.diagnostics.map(({ where, severity, code, message, mend }) => {
    const place = where === undefined ? '' : `${where.file}:${where.line}:${where.column}+${where.length ?? 1} `
    return `${place}${severity} ${code}: ${message}${mend === undefined ? '' : ` → ${mend}`}`
  })
}

/** What is wrong with a config that is version 2, without the name of the file. */
export async function problemsOf(text: string): Promise<string[]> {
  return lines(await readFiles(text)).map((line) => line.replace('.goreleaser.yaml:', ''))
}
