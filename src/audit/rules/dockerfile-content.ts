import { posix } from 'node:path'
import type { Finding } from '../model.ts'
import { placesOf, rule } from './finding.ts'
import { olderThan } from './go-version-drift.ts'

/** An image that builds another program than the one released, or with a Go that is too old for it. */
export const dockerfileContent = rule(
  {
    id: 'dockerfile-content',
    severity: 'error',
    summary: 'A Dockerfile builds another package than the config does, or from a golang image older than go.mod asks.',
  },
  ({ snapshot, config }, say) => {
    const findings: Finding[] = []
    const wanted = /^go\s+(\d+\.\d+(?:\.\d+)?)/m.exec(snapshot.read('go.mod') ?? '')?.[1]
    const mains = (config?.loaded.config.builds ?? []).map((build) => posix.normalize(build?.main ?? '.'))
    for (const path of snapshot.paths.filter(
      (one) =>
        /(^|\/)(Dockerfile|Containerfile)[^/]*$/.test(one) && !/(testdata|fixtures|node_modules|vendor)\//.test(one),
    )) {
      const text = snapshot.read(path) ?? ''
      for (const { match, where } of placesOf(
        path,
        text,
        /^\s*FROM\s+(?:--\S+\s+)?(?:[\w.-]+\/)*golang:(\d+\.\d+(?:\.\d+)?)/i,
      )) {
        const has = match[1] ?? ''
        if (wanted !== undefined && olderThan(has, wanted))
          findings.push(
            say(
              `the image has Go ${has}; go.mod asks for ${wanted}`,
              where,
              `use golang:${wanted} or later, or copy the released binary in`,
            ),
          )
      }
      for (const { match, where } of placesOf(
        path,
        text,
        /\bgo (?:build|install)\b[^\n&|;]*?\s(\.\/[\w./-]+|\.)\s*($|[&|;\\])/,
      )) {
        const built = posix.normalize(match[1] ?? '')
        if (mains.length === 0 || mains.includes(built) || built.includes('...')) continue
        findings.push(
          say(
            `the image builds ${built}; the release builds ${mains.join(', ')}`,
            where,
            'copy the released binary into the image instead',
            {
              evidence: [{ text: `builds of ${config?.loaded.file}: ${mains.join(', ')}` }],
            },
          ),
        )
      }
    }
    return findings
  },
)
