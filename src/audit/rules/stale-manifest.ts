import { wrappersOf } from '../channels/wrappers.ts'
import { nextTag } from '../repository/git-facts.ts'
import type { Finding } from '../model.ts'
import { placesOf, rule } from './finding.ts'

const PLACEHOLDER =
  /\b(sha256|sha512|checksum\w*|hash\w*|pkgver|version)\b["']?\s*[:=(]*\s*["'(]*\s*(0{64}|REPLACE\w*|PLACEHOLDER\w*|TODO|XXX+|SKIP_ME|CHANGEME|\{\{?\s*[A-Z_]+\s*\}?\})/i

/** A formula or manifest in the repository that speaks of another version, or was never filled in. */
export const staleManifest = rule(
  {
    id: 'stale-manifest',
    severity: 'warning',
    summary:
      'A formula or manifest has a checksum for another version than the last tag, or a placeholder that nobody replaced.',
  },
  ({ snapshot, git }, say) => {
    const last = git.tags.findLast((tag) => /^v?\d+\.\d+\.\d+$/.test(tag.name))?.name
    const newest = highest(git.tags.map((tag) => tag.name)) ?? last
    const findings: Finding[] = []
    for (const { path, text, channel } of wrappersOf(snapshot)) {
      if (!['homebrew', 'scoop', 'aur', 'winget', 'chocolatey', 'krew', 'nix'].includes(channel)) continue
      for (const { match, where } of placesOf(path, text, PLACEHOLDER))
        findings.push(
          say(`${match[1]} is a placeholder: ${match[2]?.slice(0, 20)}`, where, 'let the release write this file', {
            severity: 'error',
          }),
        )
      if (newest === undefined) continue
      const version = placesOf(
        path,
        text,
        /^\s*["']?(?:version|pkgver|PackageVersion)["']?\s*[:=]?\s*["']?v?(\d+\.\d+\.\d+[\w.-]*)/i,
      )[0]
      const written = version?.match[1]
      const hasChecksum = /\b[0-9a-f]{64}\b/i.test(text)
      if (version !== undefined && written !== undefined && hasChecksum && written !== newest.replace(/^v/, ''))
        findings.push(
          say(
            `${path} is for ${written}, with its checksums; the last tag is ${newest}`,
            version.where,
            'let the release write this file, or take it out of the repository',
            {
              evidence: [{ text: `last tag: ${newest}` }],
            },
          ),
        )
    }
    return findings
  },
)

function highest(names: string[]): string | undefined {
  const after = nextTag(names.map((name) => ({ name })))
  const found = /^(v?\d+\.\d+\.)(\d+)$/.exec(after)
  const before = found === null ? '' : `${found[1]}${Number(found[2]) - 1}`
  return names.find((name) => name === before)
}
