import { firstLine, rule, some } from './finding.ts'

/** Tags that are no clean history of versions. */
export const tagHygiene = rule(
  {
    id: 'tag-hygiene',
    severity: 'warning',
    summary: 'There are tags with a doubled v, tags of tries, tags on no branch, gaps, or lightweight tags.',
  },
  ({ git }, say) => {
    const names = git.tags.map((tag) => tag.name)
    const where = firstLine('.git')
    const doubled = names.filter((name) => name.startsWith('vv'))
    const tries = names.filter((name) => /^v?\d+\.\d+\.\d+.*-(test|fix|debug|tmp|try|retry)/i.test(name))
    const lost = git.tags.filter((tag) => !tag.onBranch && /^v*\d/.test(tag.name)).map((tag) => tag.name)
    const light = git.tags.filter((tag) => !tag.annotated && /^v?\d+\.\d+/.test(tag.name)).map((tag) => tag.name)
    const missing = gaps(names)
    return [
      ...(doubled.length > 0
        ? [
            say(
              `${count(doubled, 'tag begins', 'tags begin')} with vv: ${some(doubled)}`,
              where,
              'find what puts a v before a tag that has one; see version-input-prefix',
            ),
          ]
        : []),
      ...(lost.length > 0
        ? [
            say(
              `${count(lost, 'tag is', 'tags are')} on no branch: ${some(lost)}`,
              where,
              'tag commits of a branch, so that the release can be built again',
            ),
          ]
        : []),
      ...(tries.length > 0
        ? [
            say(
              `${count(tries, 'tag was', 'tags were')} made to try something: ${some(tries)}`,
              where,
              'try with `tagonce rehearse`, which needs no tag',
              { severity: 'info' },
            ),
          ]
        : []),
      ...(missing.length > 0
        ? [
            say(
              `versions are missing between the tags: ${some(missing)}`,
              where,
              'nothing to mend; a number that was burnt stays burnt',
              { severity: 'info' },
            ),
          ]
        : []),
      ...(light.length > 0 && light.length < names.length
        ? [
            say(
              `${count(light, 'version tag is', 'version tags are')} lightweight, others are annotated: ${some(light)}`,
              where,
              'tag with `git tag -a`, so that a tag has a date and an author',
              { severity: 'info' },
            ),
          ]
        : []),
    ]
  },
)

function count(list: string[], one: string, many: string): string {
  return `${list.length} ${list.length === 1 ? one : many}`
}

/** Patches that are missing between two of the same minor. */
function gaps(names: string[]): string[] {
  const lines = new Map<string, number[]>()
  for (const name of names) {
    const found = /^(v?\d+\.\d+\.)(\d+)$/.exec(name)
    if (found !== null) lines.set(found[1] ?? '', [...(lines.get(found[1] ?? '') ?? []), Number(found[2])])
  }
  return [...lines].flatMap(([prefix, patches]) => {
    const has = new Set(patches)
    const [low, high] = [Math.min(...patches), Math.min(Math.max(...patches), Math.min(...patches) + 500)]
    return Array.from({ length: high - low }, (_, at) => low + at)
      .filter((one) => !has.has(one))
      .map((one) => `${prefix}${one}`)
  })
}
