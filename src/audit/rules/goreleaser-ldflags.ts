import { posix } from 'node:path'
import type { Finding } from '../model.ts'
import { placeInConfig } from './config-places.ts'
import { rule } from './finding.ts'
import type { AuditInput } from './rule.ts'

/** `-X` names a variable that is not there: Go's linker passes over it, and the version stays empty. */
export const goreleaserLdflags = rule(
  {
    id: 'goreleaser-ldflags',
    severity: 'warning',
    summary: '`-X path.name=` names a variable that does not exist; the linker says nothing.',
  },
  (input, say) => {
    const { config, snapshot } = input
    if (config === undefined) return []
    const module = /^module\s+(\S+)/m.exec(snapshot.read('go.mod') ?? '')?.[1]
    const findings = new Map<string, Finding>()
    for (const binary of config.plan.binaries) {
      const flags = binary.command?.argv.find((arg) => arg.startsWith('-ldflags=')) ?? ''
      for (const [, path = '', name = ''] of flags.matchAll(/-X[= ]['"]?([\w./-]+)\.([A-Za-z_]\w*)=/g)) {
        const id = `${path}.${name}`
        if (findings.has(id)) continue
        // Without `ldflags` in the config these are GoReleaser's own, which may name nothing.
        if (!config.loaded.text.includes(`${name}=`)) continue
        const folder =
          path === 'main'
            ? posix.normalize(binary.main ?? '.')
            : path === module
              ? '.'
              : module !== undefined && path.startsWith(`${module}/`)
                ? path.slice(module.length + 1)
                : undefined
        if (folder === undefined) continue
        const dir = folder.endsWith('.go') ? posix.dirname(folder) : folder
        if (declares(input, dir, name)) continue
        const why = snapshot.paths.some((one) => posix.dirname(one) === dir && one.endsWith('.go'))
          ? `${dir} has no variable ${name} of type string`
          : `there is no package in ${dir}`
        findings.set(
          id,
          say(
            `-X ${id} sets nothing: ${why}`,
            placeInConfig(config, new RegExp(`-X.*${name}=`)),
            `declare \`var ${name} string\` there, or mend the path`,
          ),
        )
      }
    }
    return [...findings.values()]
  },
)

function declares({ snapshot }: AuditInput, folder: string, name: string): boolean {
  const files = snapshot.paths.filter(
    (path) => posix.dirname(path) === folder && path.endsWith('.go') && !path.endsWith('_test.go'),
  )
  const single = new RegExp(`^var\\s+(?:\\w+\\s*,\\s*)*${name}\\b(?!\\s*(?:int|bool|\\[))`, 'm')
  const grouped = new RegExp(`^var\\s*\\((?:[^)]|\\)[^\\n])*?^\\s+(?:\\w+\\s*,\\s*)*${name}\\b`, 'm')
  return files.some((path) => {
    const text = snapshot.read(path) ?? ''
    return single.test(text) || grouped.test(text)
  })
}
