import type { Finding } from '../model.ts'
import { repositoryEntries } from './config-places.ts'
import { placesOf, rule } from './finding.ts'

/** What the README tells people to type does not lead to what is published. */
export const installSnippetMismatch = rule(
  {
    id: 'install-snippet-mismatch',
    severity: 'warning',
    summary: 'An install command in the docs names another tap, bucket or Go module than the config and go.mod do.',
  },
  (input, say) => {
    const { snapshot } = input
    const module = /^module\s+(\S+)/m.exec(snapshot.read('go.mod') ?? '')?.[1]
    const taps = repositoryEntries(input).filter((one) => one.key === 'brews' || one.key === 'homebrew_casks')
    const findings: Finding[] = []
    for (const path of snapshot.paths.filter((one) => /^(README|INSTALL|docs\/).*\.md$/i.test(one))) {
      const text = snapshot.read(path) ?? ''
      for (const { match, where } of placesOf(
        path,
        text,
        /\bbrew (?:install (?:--cask )?([\w.-]+\/[\w.-]+)\/[\w@.-]+|tap ([\w.-]+\/[\w.-]+))/,
      )) {
        const named = (match[1] ?? match[2] ?? '').toLowerCase()
        const ours = taps.map((one) => `${one.owner}/${one.repo.replace(/^homebrew-/, '')}`.toLowerCase())
        if (ours.length === 0 || ours.includes(named) || !ours.some((one) => one.split('/')[0] === named.split('/')[0]))
          continue
        findings.push(
          say(
            `the tap is ${ours.join(', ')}, not ${named}`,
            where,
            `write \`brew install ${ours[0]}/${taps[0]?.name}\``,
          ),
        )
      }
      if (module === undefined) continue
      const base = module.replace(/\/v\d+$/, '')
      for (const { match, where } of placesOf(path, text, /\bgo install ([\w./-]+)@/)) {
        const named = match[1] ?? ''
        if (named !== base && !named.startsWith(`${base}/`)) continue
        if (named === module || named.startsWith(`${module}/`)) continue
        findings.push(
          say(`the module is ${module}, so ${named} is not found`, where, `write \`go install ${module}/…@latest\``),
        )
      }
    }
    return findings
  },
)
