import { firstLine, rule } from './finding.ts'

/** Several version tags on one commit: which one is released is git's order, not yours. */
export const multiTagCommit = rule(
  {
    id: 'multi-tag-commit',
    severity: 'error',
    summary: 'Two or more version tags are on the commit, and nothing says which one is released.',
  },
  ({ git, workflows, config }, say) => {
    const versions = git.headTags.filter((name) => /^v?\d+\.\d+/.test(name))
    const told =
      workflows.some((one) => one.text.includes('GORELEASER_CURRENT_TAG')) ||
      config?.loaded.config.git?.prerelease_suffix !== undefined
    if (versions.length < 2 || told) return []
    return [
      say(
        `the commit has ${versions.length} version tags: ${versions.join(', ')}`,
        firstLine(config?.loaded.file ?? '.github/workflows'),
        'set GORELEASER_CURRENT_TAG to `${{ github.ref_name }}` in the workflow, or `git: {prerelease_suffix: "-"}` in the config',
        { evidence: [{ text: `git sorts them so: ${[...versions].sort().reverse().join(', ')}` }] },
      ),
    ]
  },
)
