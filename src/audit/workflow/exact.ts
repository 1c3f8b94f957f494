import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import type { Workflow } from '../model.ts'
import type { Node } from './node.ts'
import { nodeOf } from './tokens.ts'

/**
 * What the published schema refuses and GitHub takes: it has a wrong constant for this event as a plain word, which
 * means all of its types (docs.github.com, "Events that trigger workflows", repository_dispatch).
 */
const KNOWN_BETTER = new Set(["Unexpected value 'repository_dispatch'"])

/** A workflow through GitHub's own parser: as much of its tree as could be read, and all that is wrong with it. */
export async function parseExactly(
  path: string,
  content: string,
): Promise<{ root?: Node; problems: Workflow['problems'] }> {
  const parsed = parseWorkflow({ name: path, content }, new NoOperationTraceWriter())
  const root = parsed.value
  const wrong = (): ReturnType<typeof parsed.context.errors.getErrors> =>
    parsed.context.errors.getErrors().filter((error) => !KNOWN_BETTER.has(error.rawMessage))
  if (root !== undefined && wrong().length === 0) {
    await convertWorkflowTemplate(parsed.context, root, undefined, {
      maxReusableWorkflowDepth: 4,
      fetchReusableWorkflowDepth: 0,
      errorPolicy: 1,
    })
  }
  const problems = wrong().map((error) => ({
    message: error.rawMessage,
    where: { file: path, line: error.range?.start.line ?? 1, column: error.range?.start.column ?? 1 },
  }))
  return root === undefined ? { problems } : { root: nodeOf(root), problems }
}
