import { at } from './rule.ts'
import type { Rule } from './rule.ts'

/** Formats of SBOMs that ko no longer writes; GoReleaser then writes none. */
export const koSbom: Rule = (input) =>
  (input.config.kos ?? []).flatMap(({ sbom }, index) => {
    if (sbom !== 'cyclonedx' && sbom !== 'go.version-m') return []
    const message = `\`kos[${index}].sbom: ${sbom}\` is deprecated`
    return [at(input, ['kos', index, 'sbom'], 'warning', 'deprecated', message, 'write `sbom: spdx`, or `sbom: none`')]
  })

/** Debian and RPM ask for a maintainer; GoReleaser will. Pro takes it from `metadata`. */
export const nfpmMaintainer: Rule = (input) =>
  (input.config.nfpms ?? []).flatMap(({ maintainer }, index) => {
    if (maintainer || input.config.metadata?.maintainers?.[0]) return []
    const message = `\`nfpms[${index}]\` without \`maintainer\` is deprecated`
    return [at(input, ['nfpms', index], 'warning', 'deprecated', message, 'add `maintainer: Name <name@example.com>`')]
  })

/** `mcp.github` was moved up; it counts only where `mcp.name` is not set. */
export const mcpGithub: Rule = (input) => {
  const { mcp } = input.config
  if (!mcp?.github?.name || mcp.name) return []
  return [
    at(input, ['mcp', 'github'], 'warning', 'deprecated', '`mcp.github` is deprecated', 'move its keys up to `mcp`'),
  ]
}
