import { posix } from 'node:path'
import type { FullConfig } from '../config/defaults.ts'
import type { ProjectFiles } from './go-source.ts'
import type { ProxyModule } from './plan.ts'
import type { Renderer } from './renderer.ts'

/** Where a build that takes its module from the proxy finds its program. */
export interface Proxied {
  /** Folder of the module that asks for it, relative to the root. */
  dir: string
  /** Import path of the main package. */
  main: string
}

export interface ProxyPlan {
  modules: ProxyModule[]
  /** By the index of the build. */
  builds: Map<number, Proxied>
}

/**
 * `gomod.proxy`: each Go build is made in a module of its own that asks the Go module proxy for the tag, so that it can be
 * verified by everyone. A snapshot has no tag that a proxy could know, and is built from this folder.
 */
export function planProxy(
  renderer: Renderer,
  config: FullConfig,
  facts: {
    module: string
    tag: string
    snapshot: boolean
    env: Record<string, string | undefined>
    files: ProjectFiles
  },
): ProxyPlan {
  const plan: ProxyPlan = { modules: [], builds: new Map() }
  const { gomod } = config
  if (gomod.proxy !== true || facts.module === '') return plan
  for (const [index, build] of config.builds.entries()) {
    if (build.builder !== 'go') continue
    checkReplace(renderer, posix.join(build.dir, 'go.mod'), facts)
    if (facts.snapshot) continue
    const main = renderer.render(build.main, ['builds', index, 'main']) || '.'
    const dir = posix.join(config.dist, 'proxy', build.id)
    const whole = posix.join(facts.module, main.endsWith('.go') ? posix.dirname(main) : main)
    plan.builds.set(index, { dir, main: whole })
    if (plan.modules.some((one) => one.dir === dir)) continue
    // The entries of `gomod.env` come before the environment, which wins.
    const env = (gomod.env ?? []).filter((entry) => facts.env[entry.split('=')[0] ?? ''] === undefined)
    const argv = [gomod.gobinary, 'get', `${facts.module}@${facts.tag}`]
    plan.modules.push({ dir, goMod: `module ${build.id}`, command: { argv, dir, env } })
  }
  return plan
}

/** `replace` counts in the main module only: what the proxy hands out would be another program. */
function checkReplace(renderer: Renderer, path: string, facts: { snapshot: boolean; files: ProjectFiles }): void {
  const line = /^replace .* => .*$/m.exec(facts.files.read(path) ?? '')?.[0]
  if (line === undefined) return
  const message = `${path} has \`${line.trim()}\`: nothing is replaced in what comes from the module proxy`
  const severity = facts.snapshot ? 'warning' : 'error'
  renderer.problem('proxy-replace', ['gomod', 'proxy'], message, 'take it out, or leave out `gomod.proxy`', severity)
}

/**
 * The import path of a program that `./...` found, where the module comes from the proxy.
 * @example proxiedPackage('example.org/hello/cmd/...', './cmd/...', './cmd/tool') // 'example.org/hello/cmd/tool'
 */
export function proxiedPackage(proxied: string, main: string, found: string): string {
  const below = main.replace(/\/\.\.\.$/, '').replace(/^\./, '')
  const module = proxied.endsWith(`${below}/...`) ? proxied.slice(0, -`${below}/...`.length) : proxied
  return found === '.' ? module : posix.join(module, found)
}
