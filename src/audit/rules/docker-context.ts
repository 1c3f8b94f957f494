import { posix } from 'node:path'
import type { Finding } from '../model.ts'
import { firstLine, placesOf, rule } from './finding.ts'

/** A Dockerfile that copies what GoReleaser's context does not hold: it fails before anything is published. */
export const dockerContext = rule(
  {
    id: 'docker-context',
    severity: 'error',
    summary:
      'A Dockerfile of the config copies files that are not in the context: only binaries, packages and `extra_files` are.',
  },
  ({ config, snapshot }, say) => {
    if (config === undefined) return []
    const { loaded, plan } = config
    const binaries = new Set(plan.binaries.map((one) => `${one.name}${one.ext}`))
    const findings = new Map<string, Finding>()
    for (const key of ['dockers', 'dockers_v2'] as const) {
      ;(loaded.config[key] ?? []).forEach((entry, index) => {
        const dockerfile = posix.normalize(entry?.dockerfile ?? 'Dockerfile')
        const text = snapshot.read(dockerfile)
        if (text === undefined) {
          if (dockerfile.includes('{{')) return
          const where =
            loaded.positionOf([key, index, 'dockerfile']) ?? loaded.positionOf([key, index]) ?? firstLine(loaded.file)
          findings.set(dockerfile, say(`${dockerfile} does not exist`, where, 'name the Dockerfile in `dockerfile`'))
          return
        }
        const extra = (entry?.extra_files ?? []).map((one) => posix.normalize(one))
        for (const { match, where } of placesOf(dockerfile, text, /^\s*(COPY|ADD)\s+(.*)$/i)) {
          if (/--from=/.test(match[2] ?? '')) continue
          const words = (match[2] ?? '')
            .replaceAll(/[[\]",]/g, ' ')
            .split(/\s+/)
            .filter((word) => word !== '' && !word.startsWith('--'))
          for (const source of words.slice(0, -1)) {
            if (/^https?:/.test(source) || isThere(source, binaries, extra, posix.basename(dockerfile))) continue
            findings.set(
              `${dockerfile}:${where.line}:${source}`,
              say(
                `${source} is not in the docker context`,
                where,
                `copy the binary alone (${[...binaries][0] ?? 'its name'}), or list the file in \`extra_files\``,
                {
                  evidence: [
                    {
                      text: `in the context: ${[...binaries, ...extra].join(', ')}, Linux packages`,
                      where: loaded.positionOf([key, index]) ?? firstLine(loaded.file),
                    },
                  ],
                },
              ),
            )
          }
        }
      })
    }
    return [...findings.values()]
  },
)

function isThere(source: string, binaries: Set<string>, extra: string[], dockerfile: string): boolean {
  const bare = posix.normalize(source.replace(/^\$\{?TARGETPLATFORM\}?\//, '').replace(/^\.?\//, ''))
  if (bare === '.' || bare === '') return false
  const named = bare.replaceAll(/\$\{?\w+\}?/g, '*')
  const fits = (name: string): boolean =>
    named.includes('*')
      ? new RegExp(`^${named.replaceAll(/[.+()]/g, '\\$&').replaceAll('*', '.*')}$`).test(name)
      : name === named
  if ([...binaries, dockerfile].some(fits) || /\.(deb|rpm|apk)$|^\*$/.test(named)) return true
  return extra.some(
    (one) =>
      one === named || named.startsWith(`${one.replace(/\/$/, '')}/`) || one.startsWith(`${named}/`) || fits(one),
  )
}
