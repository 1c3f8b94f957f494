import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The real GoReleaser: `GORELEASER`, or the one on the PATH. */
export function findGoreleaser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'goreleaser'))
  return [process.env['GORELEASER'] ?? '', ...folders].find((path) => path !== '' && isProgram(path))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
