import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Whether a real client is not on this machine; says so, since its test is skipped then. */
export function lacks(tool: string): boolean {
  const found = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)))
  if (!found) console.warn(`skipped: ${tool} is not on this machine`)
  return !found
}
