import type { ClientResult } from '../world.ts'

export async function krewClient(): Promise<ClientResult | { skipped: string }> {
  return { skipped: 'TODO' }
}
