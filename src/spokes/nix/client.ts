import type { ClientResult } from '../world.ts'

export async function nixClient(): Promise<ClientResult | { skipped: string }> {
  return { skipped: 'TODO' }
}
