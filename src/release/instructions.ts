import { entriesOf } from '../converge/entries.ts'
import type { HubReader } from '../hub/hub.ts'
import type { Loaded } from '../config/load.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Plan } from '../plan/plan.ts'
import { provisionalManifest, spokeNamed } from './spokes.ts'
import { spokes } from '../spokes/registry.ts'
import type { Instruction } from '../spokes/spoke.ts'

/** What a user types to install a published release, channel by channel. */
export function instructionsOf(hub: HubReader, only: string[]): Instruction[] {
  return entriesOf(hub, spokes, only).flatMap(({ spoke, settings, skip, failure }) =>
    spoke === undefined || skip !== undefined || failure !== undefined
      ? []
      : spoke.instructions(hub.manifest, settings),
  )
}

/** The same, before there is a release. */
export function plannedInstructions(plan: Plan, only: string[] = []): Instruction[] {
  const manifest: Manifest = provisionalManifest(plan)
  return plan.spokes
    .filter(({ spoke, skip }) => skip === undefined && (only.length === 0 || only.includes(spoke)))
    .flatMap(({ spoke, settings }) => spokeNamed(spoke).instructions(manifest, settings))
}

/** Notes with how to install from each channel below them, where `install_notes` of `tagonce.yaml` asks for it. */
export function withInstructions(plan: Plan, loaded: Pick<Loaded, 'own'>, notes: string): string {
  if (loaded.own.install_notes !== true || plan.source.snapshot) return notes
  return [notes, instructionsText(plannedInstructions(plan))].filter((one) => one !== '').join('\n')
}

/**
 * A section of Markdown, as it goes into a README or into release notes.
 * @example instructionsText([{ channel: 'npm', command: 'npm install -g hello' }])
 */
export function instructionsText(all: Instruction[]): string {
  const channels = [...new Set(all.map((one) => one.channel))]
  const sections = channels.map((channel) => {
    const own = all.filter((one) => one.channel === channel)
    const lines = own.map(({ command, note }) => (note === undefined ? command : `${command} # ${note}`))
    return `**${channel}**\n\n\`\`\`sh\n${[...new Set(lines)].join('\n')}\n\`\`\`\n`
  })
  return sections.length === 0 ? '' : `## Install\n\n${sections.join('\n')}`
}
