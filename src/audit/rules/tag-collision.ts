import type { Rule } from './rule.ts'

/** Two or more workflows write the release of one tag. */
export const tagCollision: Rule = {
  id: 'tag-collision',
  severity: 'error',
  summary: 'Two or more workflows create or upload to the release of one tag.',
  check({ onTag }) {
    const collision = onTag.collisions.find((one) => one.kind === 'release')
    const [first] = collision?.writers ?? []
    if (collision === undefined || first === undefined) return []
    const workflows = [...new Set(collision.writers.map((one) => one.workflow))]
    return [
      {
        rule: 'tag-collision',
        severity: 'error',
        message: `${workflows.length} workflows write the ${collision.what}: ${workflows.join(', ')}`,
        where: first.where,
        evidence: collision.writers.map((one) => ({
          text: `${one.workflow} › ${one.job} › ${one.step}`,
          where: one.where,
        })),
        mend: 'keep one of them: `tagonce clean` proposes which',
      },
    ]
  },
}
