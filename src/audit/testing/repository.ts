import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A real git repository for a test, with commits and tags at fixed times. */
export interface TestRepository {
  path: string
  git(...args: string[]): string
  write(files: Record<string, string>): void
  /** Commits everything; the commit's hash. */
  commit(message: string): string
  tag(name: string): void
}

export function repositoryIn(path: string): TestRepository {
  mkdirSync(path, { recursive: true })
  let seconds = 1_700_000_000
  const git = (...args: string[]): string => {
    const date = `${seconds} +0000`
    const env = {
      PATH: process.env['PATH'],
      HOME: path,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
    }
    return execFileSync('git', args, { cwd: path, env, encoding: 'utf8' }).trim()
  }
  git('init', '-q', '-b', 'main')
  return {
    path,
    git,
    write(files) {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true })
        writeFileSync(join(path, name), text)
      }
    },
    commit(message) {
      seconds += 3600
      git('add', '-A', '-f')
      git('commit', '-q', '--allow-empty', '-m', message)
      return git('rev-parse', 'HEAD')
    },
    tag: (name) => void git('tag', name),
  }
}
