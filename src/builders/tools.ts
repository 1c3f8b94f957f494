import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

/**
 * Where a program lies that a command line names, or `undefined`. Looks at the PATH as the system would.
 * @example findTool('go', process.env, '/repo') // '/usr/local/go/bin/go'
 */
export function findTool(name: string, env: Record<string, string | undefined>, dir: string): string | undefined {
  const windows = process.platform === 'win32'
  const endings = windows ? ['', ...(env['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';')] : ['']
  const path = Object.entries(env).find(([key]) => (windows ? key.toUpperCase() : key) === 'PATH')?.[1] ?? ''
  const folders = /[/\\]/.test(name) || isAbsolute(name) ? [''] : path.split(delimiter)
  for (const folder of folders) {
    for (const ending of endings) {
      const file = resolve(dir, join(folder, name + ending))
      if (isProgram(file)) return file
    }
  }
  return undefined
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
