import { readdirSync, readFileSync } from 'node:fs'
import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testRepository } from '../src/source/test-repository.ts'

const HOME = join(import.meta.dirname, 'projects')

/** What a project says of itself in `project.json`; all of it may be left out. */
interface Settings {
  /** What follows `release`; null where only `check` is compared. `--snapshot --clean` unless set. */
  release?: string[] | null
  /** Steps that both pass over, for `--skip`. */
  skip?: string[]
  /** Messages of the commits after the first, in order. */
  commits?: string[]
  /** Of the last commit; v1.2.3 unless set, none with null. */
  tag?: string | null
  env?: Record<string, string>
}

export interface Project {
  name: string
  /** The first line of its config. */
  about: string
  folder: string
  config: string
  release: string[] | undefined
  commits: string[]
  tag: string | null
  env: Record<string, string>
}

const COMMITS = ['fix: the second', 'docs: the third', 'feat(cli)!: the fourth', 'chore(deps): the fifth']

/** All projects, by name. */
export function projects(): Project[] {
  return readdirSync(HOME).toSorted().map(projectOf)
}

function projectOf(name: string): Project {
  const folder = join(HOME, name)
  const files = readdirSync(folder)
  const config = readFileSync(join(folder, '.goreleaser.yaml'), 'utf8')
  const text = files.includes('project.json') ? readFileSync(join(folder, 'project.json'), 'utf8') : '{}'
  const {
    release = ['--snapshot', '--clean'],
    skip = [],
    commits = COMMITS,
    tag = 'v1.2.3',
    env = {},
  } = JSON.parse(text) as Settings
  const words = skip.length === 0 ? [] : [`--skip=${skip.join(',')}`]
  const about = /^# (.*)/.exec(config)?.[1]
  if (about === undefined) throw new Error(`${name}: its config has to begin with a comment that says what it is about`)
  return {
    name,
    about,
    folder,
    config,
    release: release === null ? undefined : [...release, ...words],
    commits,
    tag,
    env,
  }
}

/** Common to all: a Go module, and what releases usually carry along. */
const TREE: Record<string, string> = {
  'go.mod': 'module example.org/hello\n\ngo 1.24\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  LICENSE: 'MIT License\n',
  'README.md': '# hello\n',
  '.gitignore': 'dist/\ntarget/\nzig-out/\n*.ignored\n',
}

/**
 * A clone of the project in a folder: always the same commits with the same times, a tag, a remote.
 * @returns the time of the last commit, seconds since the epoch
 */
export async function cloneOf(project: Project, path: string): Promise<number> {
  const repository = await testRepository(path)
  await cp(project.folder, path, { recursive: true })
  const own = await readdir(path)
  for (const [name, text] of Object.entries(TREE)) if (!own.includes(name)) await writeFile(join(path, name), text)
  await repository.commit('feat: first')
  await repository.git('tag', 'v1.1.0')
  for (const message of project.commits) await repository.commit(message)
  await repository.git('remote', 'add', 'origin', 'https://github.com/ann/hello.git')
  if (project.tag !== null)
    await repository.git('tag', '-a', project.tag, '-m', `${project.tag}: a subject\n\nand a body`)
  return Number(await repository.git('log', '-1', '--format=%ct'))
}
