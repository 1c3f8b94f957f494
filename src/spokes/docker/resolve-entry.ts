import { problem } from '../shared/renderer.ts'
import type { Renderer } from '../shared/renderer.ts'
import { buildFlags } from './flags.ts'
import type { BuildFlags } from './flags.ts'
import type { SpokeEntry } from '../spoke.ts'
import type { DockerSettings } from './settings.ts'

/** An entry of the config, resolved. */
export type Resolved = SpokeEntry<DockerSettings>

/** The entry, by the first of its names. */
export function entryOf(settings: DockerSettings, names: string[], skip: string | undefined): Resolved {
  const at = pathOf(settings)
  return { entry: names[0] ?? settings.at, settings, at, ...(skip === undefined ? {} : { skip }) }
}

/** Where an entry stands in the config: `['dockers', 0]`. */
export function pathOf({ at }: DockerSettings): [key: string, index: number] {
  const [key = '', index = '0'] = at.replace(']', '').split('[')
  return [key, Number(index)]
}

/** `dockers[0]` */
export function showAt(renderer: Renderer): string {
  const [key, index] = renderer.path
  return `${key}[${index}]`
}

/** Flags of a build; one that would change the image, and that nothing here does, is an error at its place. */
export function flagsOf(renderer: Renderer, raw: string[] | undefined, key: string): BuildFlags {
  const flags = buildFlags(renderer.list(raw, [key]))
  for (const { at, flag, mend } of flags.refused) {
    problem(renderer, [key, at], 'docker-flag', `the flag ${JSON.stringify(flag)} is not carried out`, mend)
  }
  return flags
}

/** Programs that are in no artifact of the release: images take theirs from the hub. */
export function tellLacking(renderer: Renderer, lacking: string[]): void {
  if (lacking.length === 0) return
  const message = `${showAt(renderer)} takes its programs from the release, and no archive in it holds ${lacking.join(', ')}`
  problem(renderer, [], 'docker-hub', message, 'add an archive for it: formats [binary] uploads the program as it is')
}
