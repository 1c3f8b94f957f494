import type { z } from 'zod'
import type { Observation } from '../core/states.ts'
import { parseSettings } from '../spokes/shared/parse-settings.ts'
import { secretsIn } from '../spokes/shared/sealed-text.ts'
import type { AnySpoke, ChannelIO, Spoke } from '../spokes/spoke.ts'
import type { Unit } from '../spokes/unit.ts'

type Own<Settings, U extends Unit> = Pick<Spoke<Settings, U>, 'name' | 'settings' | 'units' | 'observe' | 'publish'> &
  Partial<Spoke<Settings, U>> & { schema: z.ZodType<Settings> }

/**
 * What is done when the package managers have been served, by the contract of a spoke: it looks before it acts, runs from the
 * manifest alone, and each thing done is a row with its evidence. Nothing is installed from it.
 */
export function afterSpoke<Settings, U extends Unit>({ schema, ...own }: Own<Settings, U>): AnySpoke {
  return {
    stage: 'after',
    parse: (settings: unknown) => parseSettings(schema, own.name, settings),
    check: () => [],
    credentials: (settings: Settings) => secretsIn(settings),
    probe: async () => [],
    verify: async (unit: U, hub: Parameters<Spoke<Settings, U>['observe']>[1], io: ChannelIO, seen?: Observation) =>
      seen ?? own.observe(unit, hub, io),
    instructions: () => [],
    world: { client: async () => ({ skipped: 'nothing is installed from it' }) },
    ...own,
  }
}
