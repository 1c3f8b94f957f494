import { lstat, mkdir, open, readFile, readdir, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { inside } from '../../core/paths.ts'

/** One file as it shall be. Nothing else in the tree is touched. */
export interface FileChange {
  /** Relative to the root, with forward slashes. */
  path: string
  /** Its text; undefined: the file goes. */
  after: string | undefined
  /** The file that it was moved from; its mode is kept. */
  from?: string
}

interface Journal {
  /** Process that works on it. */
  pid: number
  files: { path: string; kept?: string; mode: number }[]
  /** Folders that are made, outermost first. */
  folders: string[]
}

/** Ends of names that stand beside the journal while it comes and goes. */
const COMING = '.coming'
const GOING = '.going'

/**
 * Changes files all or nothing. What stood there is kept in a journal first; when the work ends early, by whatever end,
 * `rollBack` (here, or at the next run) brings the tree back to what it was.
 * @param journal a folder of git's own, where nothing of the tree lies
 * @example await applyChanges('/repo', '/repo/.git/tagonce-journal', [{ path: 'a', after: 'text' }], { signal })
 */
export async function applyChanges(
  root: string,
  journal: string,
  changes: FileChange[],
  options: { signal: AbortSignal; onStep?: (step: string) => void },
): Promise<void> {
  const { signal, onStep = () => {} } = options
  const step = (what: string): void => {
    onStep(what)
    signal.throwIfAborted()
  }
  for (const { path } of changes) await checkPlace(root, path)
  await begin(root, journal, changes, step)
  try {
    for (const { path, after, from } of changes) {
      const file = inside(root, path)
      if (after === undefined) await rm(file, { force: true })
      else {
        const mode = await modeOf(inside(root, from ?? path))
        await mkdir(dirname(file), { recursive: true })
        await writeDurably(beside(file), after, mode ?? 0o644)
        step(`wrote ${path} beside its place`)
        await rename(beside(file), file)
      }
      step(`changed ${path}`)
    }
    for (const { path, after } of changes) if (after === undefined) await removeEmpty(root, dirname(inside(root, path)))
  } catch (error) {
    await rollBack(root, journal)
    throw error
  }
  // This rename is the moment from which the change stands.
  await rename(journal, journal + GOING)
  onStep('done')
  await rm(journal + GOING, { recursive: true, force: true })
}

async function begin(
  root: string,
  journal: string,
  changes: FileChange[],
  step: (what: string) => void,
): Promise<void> {
  const coming = journal + COMING
  await rm(coming, { recursive: true, force: true })
  await mkdir(coming, { recursive: true })
  const written: Journal = { pid: process.pid, files: [], folders: [] }
  for (const [at, { path }] of changes.entries()) {
    const file = inside(root, path)
    const mode = await modeOf(file)
    if (mode === undefined) written.files.push({ path, mode: 0 })
    else {
      await writeDurably(join(coming, String(at)), await readFile(file), 0o600)
      written.files.push({ path, kept: String(at), mode })
    }
    for (
      let folder = dirname(file);
      folder !== root && (await modeOf(folder)) === undefined;
      folder = dirname(folder)
    ) {
      const way = relative(root, folder)
      if (!written.folders.includes(way)) written.folders.unshift(way)
    }
  }
  await writeDurably(join(coming, 'journal.json'), JSON.stringify(written), 0o600)
  step('kept what stands there')
  await rename(coming, journal)
  step('began')
}

/**
 * Undoes a change that did not come to its end; true when there was one. Throws `audit` when another process is at it now.
 * @example if (await rollBack('/repo', '/repo/.git/tagonce-journal')) console.log('the last clean was undone')
 */
export async function rollBack(root: string, journal: string): Promise<boolean> {
  await rm(journal + GOING, { recursive: true, force: true })
  const text = await readFile(join(journal, 'journal.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return false
  const { pid, files, folders } = JSON.parse(text) as Journal
  if (pid !== process.pid && isAlive(pid)) {
    throw new TagonceError('audit', `another tagonce (process ${pid}) is changing this repository`, {
      hint: `wait for it; if process ${pid} is something else, delete ${journal} after restoring from it by hand`,
    })
  }
  for (const { path, kept, mode } of files) {
    const file = inside(root, path)
    await rm(beside(file), { force: true })
    if (kept === undefined) await rm(file, { force: true })
    else {
      await mkdir(dirname(file), { recursive: true })
      await writeDurably(beside(file), await readFile(join(journal, kept)), mode)
      await rename(beside(file), file)
    }
  }
  for (const folder of folders.toReversed()) await rmdir(inside(root, folder)).catch(() => {})
  await rename(journal, journal + GOING)
  await rm(journal + GOING, { recursive: true, force: true })
  return true
}

/** A link in the way could lead out of the repository. */
async function checkPlace(root: string, path: string): Promise<void> {
  const top = await realpath(root)
  let at = inside(root, path)
  for (;;) {
    const stat = await lstat(at).catch(() => undefined)
    if (stat !== undefined) {
      const real = await realpath(at).catch(() => '')
      if (real !== top && !real.startsWith(top + sep)) {
        throw new TagonceError('audit', `${path} is reached by a link that leaves the repository`, {
          hint: 'replace the link by a file or folder of the repository',
        })
      }
      if (stat.isSymbolicLink() && at === inside(root, path)) {
        throw new TagonceError('audit', `${path} is a link`, { hint: 'replace it by the file that it stands for' })
      }
      return
    }
    at = dirname(at)
  }
}

async function removeEmpty(root: string, folder: string): Promise<void> {
  for (let at = folder; at !== root; at = dirname(at)) {
    const names = await readdir(at).catch(() => ['?'])
    if (names.length > 0) return
    await rmdir(at)
  }
}

function beside(file: string): string {
  return `${file}.tagonce-new`
}

async function modeOf(path: string): Promise<number | undefined> {
  const stat = await lstat(path).catch(() => undefined)
  return stat === undefined ? undefined : stat.mode & 0o777
}

async function writeDurably(path: string, content: string | Buffer, mode: number): Promise<void> {
  await writeFile(path, content, { mode })
  const handle = await open(path, 'r+').catch(() => undefined)
  await handle?.chmod(mode)
  await handle?.sync()
  await handle?.close()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
