import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { TagonceError } from '../core/errors.ts'
import { redact } from '../core/secrets.ts'

export interface RunOptions {
  cwd?: string
  /** The whole environment of the child, not an addition. */
  env?: Record<string, string | undefined>
  /** What the child reads; a stream may stay open for as long as the child shall run. */
  input?: string | Uint8Array | NodeJS.ReadableStream
  signal?: AbortSignal
  /** Kill the whole tree after this many milliseconds; after six hours when not given, never when 0. */
  timeout?: number
  /** Called for every line of output, redacted. */
  onLine?: (line: string) => void
  /** Called for every piece of stdout as it comes, not redacted; stdout is not kept then. */
  onChunk?: (chunk: Buffer) => void
  /** Bytes of stdout and of stderr that are kept, each. 16 MiB by default. */
  limit?: number
}

export interface RunResult {
  code: number
  stdout: string
  stderr: string
  /** stdout as it came, for what is not text. */
  bytes: Buffer
}

/** Nothing of ours takes that long; what hangs must not hang for ever. */
const SIX_HOURS = 21_600_000

/** What ends every running child when this process does. */
const running = new Set<() => void>()
process.once('exit', () => {
  for (const kill of running) kill()
})

/**
 * Runs a program by its argument vector, without a shell, in a process group of its own: when it ends early, so do its children.
 * A status other than 0 is an answer, not an error; a program that cannot be started is `tool-missing`.
 * @example await run(['git', 'rev-parse', 'HEAD'], { cwd })
 */
export async function run(argv: string[], options: RunOptions = {}): Promise<RunResult> {
  const [file, ...args] = argv
  if (file === undefined || file === '') throw new TagonceError('internal', 'no program to run')
  options.signal?.throwIfAborted()
  const group = process.platform !== 'win32'
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: group,
    windowsHide: true,
  })
  let timedOut = false
  const kill = (): void => {
    try {
      if (group && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      else child.kill('SIGKILL')
    } catch {
      // It has ended already.
    }
  }
  const { timeout = SIX_HOURS } = options
  const timer =
    timeout === 0
      ? undefined
      : setTimeout(() => {
          timedOut = true
          kill()
        }, timeout)
  options.signal?.addEventListener('abort', kill, { once: true })
  running.add(kill)
  try {
    const out = collect(child.stdout, options, options.onChunk)
    const err = collect(child.stderr, options)
    child.stdin?.on('error', () => {})
    if (typeof options.input === 'object' && 'pipe' in options.input) options.input.pipe(child.stdin!)
    else child.stdin?.end(options.input)
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        const why =
          error.code === 'ENOENT' ? missing(file, options.cwd) : `${file} could not be started: ${error.message}`
        reject(new TagonceError('tool-missing', why, { cause: error }))
      })
      child.once('close', (status, signal) => resolve(status ?? (signal === null ? 1 : 128)))
    })
    options.signal?.throwIfAborted()
    if (timedOut) throw new TagonceError('network', `${file} did not end within ${timeout} ms`)
    const bytes = out()
    return { code, stdout: bytes.toString(), stderr: err().toString(), bytes }
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', kill)
    running.delete(kill)
  }
}

/** Which of the many things is missing that the system has one word for. */
function missing(file: string, cwd: string | undefined): string {
  if (cwd !== undefined && !existsSync(cwd)) return `${file} could not be started: there is no folder ${cwd}`
  if (!file.includes('/')) return `${file} is not on the PATH`
  const path = resolve(cwd ?? '', file)
  if (!existsSync(path)) return `there is no file ${file}`
  const [first = ''] = startOf(path).split('\n')
  const shebang = first.startsWith('#!') ? `the program of its first line (${first.trim()})` : 'the loader it asks for'
  return `${file} could not be started: ${shebang} is missing`
}

function startOf(path: string): string {
  const handle = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(256)
    return bytes.toString('latin1', 0, readSync(handle, bytes))
  } finally {
    closeSync(handle)
  }
}

function collect(
  stream: NodeJS.ReadableStream | null,
  options: RunOptions,
  onChunk?: (chunk: Buffer) => void,
): () => Buffer {
  const limit = options.limit ?? 16 * 1024 * 1024
  const chunks: Buffer[] = []
  let size = 0
  let rest = ''
  // A letter may be cut in two by the end of a chunk.
  const decoder = new StringDecoder('utf8')
  stream?.on('data', (chunk: Buffer) => {
    if (onChunk !== undefined) onChunk(chunk)
    else if (size < limit) chunks.push(chunk)
    size += chunk.length
    if (options.onLine === undefined) return
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) options.onLine(redact(line))
  })
  stream?.on('end', () => {
    if (rest !== '' && options.onLine !== undefined) options.onLine(redact(rest))
  })
  return () => Buffer.concat(chunks)
}
