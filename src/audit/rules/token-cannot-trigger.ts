import type { Explanation, Finding } from '../model.ts'
import { firstLine, rule } from './finding.ts'

/** A workflow waits for an event that GITHUB_TOKEN causes, which starts nothing. */
export const tokenCannotTrigger = rule(
  {
    id: 'token-cannot-trigger',
    severity: 'warning',
    summary: 'A workflow relies on an event that is caused with GITHUB_TOKEN, which starts no workflow.',
  },
  (input, say) => {
    const found = new Map<string, Finding>()
    const walk = (answer: Explanation): void => {
      for (const one of answer.next) {
        if (one.explanation !== undefined) walk(one.explanation)
        if (one.suppressed === undefined || one.occurrence.actor !== 'GITHUB_TOKEN') continue
        const { event } = one.occurrence
        const waiting = input.workflows.filter((workflow) =>
          workflow.triggers.some(
            (trigger) => trigger.event === event && (trigger.types?.includes(one.occurrence.action ?? '') ?? true),
          ),
        )
        for (const workflow of waiting) {
          const key = `${workflow.path} ${event} ${one.because}`
          const trigger = workflow.triggers.find((each) => each.event === event)
          found.set(
            key,
            say(
              `${workflow.path} waits for ${event}, but ${one.because} causes it with GITHUB_TOKEN, which starts nothing`,
              trigger?.where ?? firstLine(workflow.path),
              'put its jobs into the workflow that makes the release, or dispatch it',
              { evidence: [{ text: one.because }] },
            ),
          )
        }
      }
    }
    for (const answer of [input.onTag, input.onDispatch]) walk(answer)
    return [...found.values()]
  },
)
