import type { Effect, ExplainedJob, ExplainedWorkflow, Explanation, RunState } from '../audit/model.ts'
import { explainCommand as explain } from '../commands/explain.ts'
import { ExitCode } from '../core/errors.ts'
import type { Paint } from '../report/text.ts'
import type { Context } from './context.ts'

export interface ExplainCommandOptions {
  commit?: string | undefined
  event?: string | undefined
  branch?: string | undefined
}

/** `tagonce explain v2.0.1`: exit 1 when workflows collide. */
export async function explainCommand(
  context: Context,
  tag: string | undefined,
  options: ExplainCommandOptions,
): Promise<ExitCode> {
  const { commit, event, branch } = options
  const answer = await explain({
    root: context.root,
    env: context.env,
    signal: context.signal,
    ...(tag === undefined ? {} : { tag }),
    ...(commit === undefined ? {} : { commit }),
    ...(event === undefined ? {} : { event }),
    ...(branch === undefined ? {} : { branch }),
  })
  context.reporter.print(
    context.reporter.json ? JSON.stringify(answer, null, 2) : lines(answer, context.reporter.paint).join('\n'),
  )
  return answer.collisions.length > 0 ? ExitCode.failed : ExitCode.ok
}

function lines(answer: Explanation, paint: Paint): string[] {
  const { occurrence } = answer
  const out = [
    `${occurrence.event} ${occurrence.ref.replace('refs/tags/', 'tag ').replace('refs/heads/', 'branch ')} at ${occurrence.commit.slice(0, 7)}`,
    '',
  ]
  const runs = answer.workflows.filter((one) => one.state === 'runs' || one.state === 'unknown')
  for (const workflow of answer.workflows) out.push(...workflowLines(workflow, paint, 0))
  for (const next of answer.next) {
    const what = `${next.occurrence.event}${next.occurrence.action === undefined ? '' : ` ${next.occurrence.action}`}`
    if (next.suppressed !== undefined) out.push('', paint.dim(`then ${what}, from ${next.because}: ${next.suppressed}`))
    if (next.explanation === undefined) continue
    out.push('', `then ${what}, from ${next.because}`)
    for (const workflow of next.explanation.workflows) out.push(...workflowLines(workflow, paint, 1))
  }
  out.push('', `${runs.length} ${runs.length === 1 ? 'workflow runs' : 'workflows run'}`)
  for (const collision of answer.collisions) {
    const workflows = new Set(collision.writers.map((one) => one.workflow))
    out.push('', paint.red(`collision: ${workflows.size} workflows write ${collision.what}`))
    for (const writer of collision.writers) {
      out.push(`  ${writer.where.file}:${writer.where.line}:${writer.where.column}  ${writer.job} › ${writer.step}`)
    }
  }
  return out
}

function workflowLines(workflow: ExplainedWorkflow, paint: Paint, depth: number): string[] {
  const indent = '  '.repeat(depth)
  const meant = workflow.wouldMatch === true ? ' (it meant to run)' : ''
  const head = `${indent}${mark(workflow.state, paint)} ${paint.bold(workflow.path)} ${paint.dim(`${workflow.state}: ${workflow.reason}${meant}`)}`
  if (workflow.state !== 'runs' && workflow.state !== 'unknown') return [head]
  return [head, ...workflow.jobs.flatMap((job) => jobLines(job, paint, depth + 1))]
}

function jobLines(job: ExplainedJob, paint: Paint, depth: number): string[] {
  const indent = '  '.repeat(depth)
  const head = `${indent}${mark(job.state, paint)} ${job.id} ${paint.dim(`${job.reason}  ${job.where.file}:${job.where.line}`)}`
  if (job.state !== 'runs' && job.state !== 'unknown') return [head]
  const called = job.calls === undefined ? [] : workflowLines(job.calls, paint, depth + 1)
  const steps = job.steps
    .filter((step) => step.effects.length > 0)
    .flatMap((step) => [
      `${indent}  ${mark(step.state, paint)} ${step.name} ${step.state === 'runs' ? '' : paint.dim(step.reason)}`.trimEnd(),
      ...step.effects.map((effect) => `${indent}      ${effectLine(effect, paint)}`),
    ])
  return [head, ...called, ...steps]
}

function effectLine(effect: Effect, paint: Paint): string {
  const what =
    effect.kind === 'publish'
      ? `publishes to ${effect.channel ?? 'a channel'}`
      : effect.kind.replace('-', 's ').replace('pushs', 'pushes')
  const name = effect.name === undefined ? '' : ` ${effect.name}`
  return `${paint.yellow('→')} ${what}${name} ${paint.dim(`${effect.through}  ${effect.where.file}:${effect.where.line}:${effect.where.column}`)}`
}

function mark(state: RunState, paint: Paint): string {
  if (state === 'runs') return paint.green('●')
  if (state === 'unknown') return paint.yellow('◐')
  if (state === 'invalid') return paint.red('✖')
  return paint.dim('○')
}
