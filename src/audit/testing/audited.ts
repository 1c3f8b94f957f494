import { tempFolder } from '../../core/temp.ts'
import { type Audit, auditRepository } from '../audit.ts'
import { BASE, type RuleCase } from './cases/case.ts'
import { repositoryIn } from './repository.ts'

/** Makes the repository of a case in a folder: its tag v1.0.0 unless the case has others. */
export function repositoryOfCase(path: string, one: Pick<RuleCase, 'files' | 'tags' | 'message' | 'git'>): void {
  const repository = repositoryIn(path)
  repository.git('config', 'user.name', 'Ada')
  repository.git('config', 'user.email', 'ada@example.com')
  repository.write({ ...BASE, ...one.files })
  repository.commit(one.message ?? 'one')
  for (const tag of one.tags ?? ['v1.0.0']) repository.tag(tag)
  repository.git('remote', 'add', 'origin', 'https://github.com/o/hello.git')
  for (const args of one.git ?? []) repository.git(...args)
}

/** The audit of such a repository. */
export async function audited(one: Pick<RuleCase, 'files' | 'tags' | 'message' | 'git'>): Promise<Audit> {
  await using folder = await tempFolder('audit')
  repositoryOfCase(folder.path, one)
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GITHUB_')))
  const audit = await auditRepository({ root: folder.path, env, signal: new AbortController().signal })
  return audit
}
