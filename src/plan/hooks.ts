import type { Hook } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import type { TemplateData } from './context.ts'
import type { Command } from './plan.ts'
import { envOf, type Renderer } from './renderer.ts'
import { splitCommand } from './shell-words.ts'

/** Where hooks run: `dir` when they name none, the entries before their own env. */
export interface HookPlace {
  env: string[]
  data?: TemplateData
}

/**
 * Hooks as commands: rendered, split, without a shell.
 * @example planHooks(renderer, [{ cmd: 'go mod tidy' }], ['before', 'hooks'], { env: [] })[0]?.argv // ['go', 'mod', 'tidy']
 */
export function planHooks(renderer: Renderer, hooks: Hook[] | undefined, path: Path, place: HookPlace): Command[] {
  return (hooks ?? []).flatMap((hook, index) => {
    const at = [...path, index]
    const data = place.data ?? {}
    if (hook.if !== undefined && !renderer.isTrue(hook.if, [...at, 'if'], data)) return []
    const own = renderer.env(hook.env, [...at, 'env'], data)
    const env = [...place.env, ...own]
    const known = { ...(renderer.data['Env'] as Record<string, string>), ...envOf(env) }
    const line = renderer.try(hook.cmd ?? '', [...at, 'cmd'], { ...data, Env: known })
    const words = splitCommand(line ?? '')
    if (words === undefined) {
      renderer.problem(
        'hook-quotes',
        [...at, 'cmd'],
        `the hook \`${line}\` has a quote or bracket that is never closed`,
      )
      return []
    }
    if (words.cut !== undefined) {
      renderer.problem(
        'hook-shell',
        [...at, 'cmd'],
        `a hook runs without a shell: \`${words.cut}\` is left out`,
        `sh -c '…' runs it in a shell`,
        'warning',
      )
    }
    if (words.argv.length === 0) return []
    const command: Command = { argv: words.argv, dir: renderer.render(hook.dir, [...at, 'dir'], data) || '.', env }
    if (hook.output === true) command.output = true
    return [command]
  })
}
