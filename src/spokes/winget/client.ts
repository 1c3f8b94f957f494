import type { ClientResult } from '../world.ts'

export async function wingetClient(): Promise<ClientResult | { skipped: string }> {
  return { skipped: 'TODO' }
}
