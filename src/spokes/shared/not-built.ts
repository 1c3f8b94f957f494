import { TagonceError } from '../../core/errors.ts'
import type { Spoke, Unit } from '../spoke.ts'

type Lacking = 'credentials' | 'probe' | 'observe' | 'publish' | 'verify' | 'world'

/**
 * What a spoke does whose texts are made, but whose channel can not be spoken to yet. Its `check` says so before
 * anything is built; whoever comes here all the same is told again.
 */
export function notBuilt(channel: string): Pick<Spoke<unknown, Unit>, Lacking> {
  const refuse = async (): Promise<never> => {
    throw new TagonceError('spoke', `publishing to ${channel} is not carried out yet`, {
      hint: 'publish it by hand; its texts are printed by `tagonce render`',
    })
  }
  return {
    credentials: () => [],
    probe: async () => [],
    observe: refuse,
    publish: refuse,
    verify: refuse,
    world: { client: async () => ({ skipped: 'publishing there is not carried out yet' }) },
  }
}
