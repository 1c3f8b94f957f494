import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Facts, fact, note } from './facts.ts'
import { type Circumstances, plainText } from './put-aside.ts'

/** Calls that only ask: both ask what they need to know. */
const QUERIES =
  /^(go (list|env|version)|docker (info|version|buildx (inspect|version)|build --help|context)|upx --version|node --version)\b/

/** Variables that the shell of a recorder sets by itself. */
const SHELL = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL', 'CALLS', 'NODE_COMPILE_CACHE'])

/**
 * What the recorders noted (see `conformance/tools/record`): a folder with a file a call, its parts ended by NUL: name, folder,
 * number of arguments, arguments, then the environment. Variables that the tool was itself given are left out.
 */
export async function callFacts(
  folder: string,
  given: Record<string, string | undefined>,
  when: Circumstances,
  facts: Facts,
): Promise<void> {
  const calls: [name: string, value: string][] = []
  for (const file of await readdir(folder).catch(() => [])) {
    const [tool = '', cwd = '', count = '0', ...rest] = (await readFile(join(folder, file), 'utf8')).split('\0')
    const args = rest.slice(0, Number(count))
    const line = [tool, ...args].join(' ')
    if (QUERIES.test(line)) continue
    const variables = rest
      .slice(Number(count), -1)
      .filter((one) => {
        const [name = '', ...value] = one.split('=')
        return !SHELL.has(name) && given[name] !== value.join('=')
      })
      .toSorted()
    const output = args[args.indexOf('-o') + 1]
    const name = tool === 'go' && args.includes('-o') ? `go ${args[0]} -o ${output}` : line
    const value = [`in ${cwd}`, ...args.map((one) => `arg ${one}`), ...variables.map((one) => `env ${one}`)].join('\n')
    calls.push([plainText(name, when), plainText(value, when)])
  }
  for (const [name, value] of calls.toSorted((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1)))
    note(facts, fact('call', name), value)
}
