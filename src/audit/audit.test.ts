import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { auditRepository } from './audit.ts'
import { deploymentPlanRepository } from './testing/deployment-plan.ts'

test('the case of the deployment plan: the next tag, its collision and the plan, of the tree and of a commit', async () => {
  await using folder = await tempFolder('audit')
  deploymentPlanRepository(folder.path)
  const signal = new AbortController().signal
  const now = await auditRepository({ root: folder.path, env: process.env, signal })
  expect(now.input.tag).toBe('v2.0.1')
  expect(now.findings.map((one) => one.rule)).toContain('tag-collision')
  expect(now.input.config?.plan.archives.map((one) => one.name)).toContain('contextlite_2.0.1_linux_amd64.tar.gz')
  expect(now.input.git.ignored).not.toEqual([])
  const then = await auditRepository({ root: folder.path, env: process.env, signal, commit: 'v1.0.0' })
  expect(then.findings.map((one) => one.rule)).not.toContain('tag-collision')
  expect(then.input.config?.plan.archives).toHaveLength(5)
})
