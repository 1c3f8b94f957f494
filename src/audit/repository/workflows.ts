import type { Workflow } from '../model.ts'
import { parseWorkflow } from '../workflow/parse.ts'
import { isWorkflow, type Snapshot } from './snapshot.ts'

/** Parsed workflows by path and content, so that history parses each content once. */
export type Parsed = Map<string, Workflow>

/** The workflows of a snapshot, sorted by path. */
export async function workflowsOf(snapshot: Snapshot, parsed: Parsed = new Map()): Promise<Workflow[]> {
  const workflows: Workflow[] = []
  for (const path of snapshot.paths.filter(isWorkflow)) {
    const key = `${path}\0${snapshot.id(path) ?? ''}`
    const known = parsed.get(key)
    const text = snapshot.read(path)
    const workflow =
      known ??
      (text === undefined
        ? {
            path,
            name: path,
            triggers: [],
            jobs: [],
            env: {},
            problems: [{ message: 'it cannot be read as text', where: { file: path, line: 1, column: 1 } }],
            text: '',
          }
        : await parseWorkflow(path, text))
    parsed.set(key, workflow)
    workflows.push(workflow)
  }
  return workflows
}
