import type { Diagnostic } from '../../core/errors.ts'
import { COMMIT_TIME, writeTree } from '../../pack/testing/project.ts'
import type { PackedArtifact } from '../../pack/packed.ts'
import type { Plan } from '../../plan/plan.ts'
import { planOf } from '../../plan/test-plan.ts'
import { makePackage } from '../make.ts'

/** Plans a config and makes all of its packages below `root/dist`. The programs are shell scripts. */
export async function packAll(
  root: string,
  yaml: string,
  tree: Record<string, string | Buffer> = {},
  env: Record<string, string> = {},
): Promise<{ plan: Plan; made: PackedArtifact[]; warned: Diagnostic[] }> {
  const plan = await planOf(yaml)
  const problems = plan.diagnostics.filter((one) => one.severity === 'error')
  if (problems.length > 0) throw new Error(problems.map((one) => one.message).join('\n'))
  await writeTree(root, { ...Object.fromEntries(plan.binaries.map((one) => [one.path, PROGRAM])), ...tree })
  const warned: Diagnostic[] = []
  const io = {
    root,
    dist: 'dist',
    commitTimestamp: COMMIT_TIME,
    binaries: new Map(plan.binaries.map((one) => [one.path, one])),
    signal: new AbortController().signal,
    warn: (one: Diagnostic) => void warned.push(one),
    env,
    digests: new Map(),
  }
  const made: PackedArtifact[] = []
  for (const one of plan.packages ?? []) made.push(await makePackage(one, io))
  return { plan, made, warned }
}

export const PROGRAM = '!#!/bin/sh\necho hello\n'
