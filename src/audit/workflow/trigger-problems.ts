import type { Trigger, Workflow } from '../model.ts'
import { compilePattern } from './patterns.ts'

/** What GitHub refuses in `on:` and its published parser does not say. */
export function triggerProblems(triggers: Trigger[]): Workflow['problems'] {
  const problems: Workflow['problems'] = []
  for (const trigger of triggers) {
    const say = (message: string): void => void problems.push({ message, where: trigger.where })
    for (const [name, include, ignore] of [
      ['branches', trigger.branches, trigger.branchesIgnore],
      ['tags', trigger.tags, trigger.tagsIgnore],
      ['paths', trigger.paths, trigger.pathsIgnore],
    ] as const) {
      if (include !== undefined && ignore !== undefined) {
        say(`${trigger.event}: ${name} and ${name}-ignore cannot both be given for one event`)
      }
      if (include !== undefined && include.length > 0 && include.every((one) => one.startsWith('!'))) {
        say(`${trigger.event}: ${name} has only patterns that begin with !; at least one must be without`)
      }
      for (const text of [...(include ?? []), ...(ignore ?? [])]) {
        if (text.includes('${{')) continue
        const pattern = compilePattern(text)
        if ('problem' in pattern) say(`${trigger.event}: ${name}: ${text} is no pattern (${pattern.problem})`)
      }
    }
    if (trigger.event === 'workflow_run' && (trigger.workflows ?? []).length === 0) {
      say('workflow_run: workflows is missing; name the workflows it waits for')
    }
  }
  return problems
}
