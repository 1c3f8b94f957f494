import type { Explanation, Trigger } from '../model.ts'
import type { Finding } from '../model.ts'
import { rule } from './finding.ts'
import { releases, stepsOf } from './reach.ts'

/** One release makes one workflow run more than once. */
export const eventDoubleFire = rule(
  {
    id: 'event-double-fire',
    severity: 'error',
    summary: 'One release starts the same workflow twice: by the tag that is pushed and by the release or the new ref.',
  },
  (input, say) => {
    const findings: Finding[] = []
    const alone = (answer: Explanation): Explanation => ({ ...answer, next: [] })
    const byTag = stepsOf(alone(input.onTag), input.workflows)
    const byRelease = stepsOf(alone(input.onRelease), input.workflows)
    const created = input.onTag.next.find((one) => one.occurrence.event === 'create')?.explanation
    const byCreate = created === undefined ? [] : stepsOf(alone(created), input.workflows)
    for (const workflow of input.workflows) {
      const mine = (list: typeof byTag): typeof byTag =>
        list.filter((one) => one.workflow === workflow && one.effects.some(releases))
      const tagged = new Set(mine(byTag).map((one) => one.step))
      const twice = [...mine(byRelease), ...mine(byCreate)].find((one) => tagged.has(one.step))
      const released = workflow.triggers.find((trigger) => trigger.event === 'release')
      if (twice !== undefined) {
        const other = released !== undefined && mine(byRelease).includes(twice) ? 'release' : 'create'
        const triggers = workflow.triggers.filter((trigger) => trigger.event === 'push' || trigger.event === other)
        findings.push(
          say(
            `${workflow.path} runs "${twice.step.name}" for the pushed tag and again for the ${other} event of the same release`,
            triggers.at(-1)?.where ?? twice.step.where,
            `take \`${other}\` out of \`on:\`; a release with a new tag also pushes that tag`,
            {
              evidence: [
                ...triggers.map((trigger) => ({ text: `on: ${trigger.event}`, where: trigger.where })),
                { text: 'what a person, an app or a personal token does starts workflows; only GITHUB_TOKEN does not' },
              ],
            },
          ),
        )
      } else if (released !== undefined && mine(byRelease).length > 0 && manyTypes(released)) {
        findings.push(
          say(
            `${workflow.path} runs for each of created, published and released, which are events of one release`,
            released.where,
            'write `types: [published]`',
            { evidence: [{ text: mine(byRelease)[0]?.step.name ?? '', where: released.where }] },
          ),
        )
      }
    }
    return findings
  },
)

function manyTypes({ types }: Trigger): boolean {
  const several = new Set(['created', 'published', 'released', 'prereleased'])
  return types === undefined || types.filter((one) => several.has(one)).length > 1
}
