import type { ClientResult } from '../world.ts'

export async function scoopClient(): Promise<ClientResult | { skipped: string }> {
  return { skipped: 'TODO' }
}
