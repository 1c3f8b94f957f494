import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '../external/process.ts'

/** A real git repository for tests; nothing of the machine's own git settings gets in. */
export interface TestRepository {
  path: string
  git(...args: string[]): Promise<string>
  /** Writes files and commits them; every commit is an hour after the one before. */
  commit(message: string, files?: Record<string, string>): Promise<string>
}

/** Environment of git and of what is tested: no settings of the machine, one identity. */
export const TEST_ENV: Record<string, string | undefined> = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}

/**
 * An empty repository with branch main.
 * @example const repository = await testRepository(folder.path)
 */
export async function testRepository(path: string): Promise<TestRepository> {
  let hours = 0
  const git = async (...args: string[]): Promise<string> => {
    const date = new Date(Date.UTC(2026, 0, 1, hours)).toISOString()
    const identity = { GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@example.org', GIT_COMMITTER_NAME: 'Ann' }
    const dates = { GIT_COMMITTER_EMAIL: 'ann@example.org', GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
    const result = await run(['git', ...args], { cwd: path, env: { ...TEST_ENV, ...identity, ...dates } })
    if (result.code !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`)
    return result.stdout.trim()
  }
  await mkdir(path, { recursive: true })
  await git('init', '--quiet', '--initial-branch=main')
  return {
    path,
    git,
    async commit(message, files = {}) {
      hours += 1
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true })
        await writeFile(join(path, name), content)
      }
      await git('add', '--all')
      await git('commit', '--quiet', '--allow-empty', '-m', message)
      return git('rev-parse', 'HEAD')
    },
  }
}
