import { TagonceError } from '../../../core/errors.ts'
import { run } from '../../../external/process.ts'

/** What an engine is asked for: the image of one platform. */
export interface EngineJob {
  context: string
  dockerfile: string
  platform: string
  args: Record<string, string>
  labels: Record<string, string>
  target: string
  /** Seconds since the epoch, for what the engine lets us set. */
  time: number
  /** Registries of base images that are asked without TLS: those on this machine. */
  plain: boolean
  /** The folder that the image is left in, as an OCI layout. */
  out: string
  /** A private folder. */
  folder: string
}

/** A program that carries out any Dockerfile. */
export interface Engine {
  name: string
  version: string
  build(job: EngineJob, io: EngineIO): Promise<void>
}

export interface EngineIO {
  signal: AbortSignal
  onLine(line: string): void
}

/** Variables that say where an engine is, where it keeps what it stores, and how it reaches the outside; none that logs in. */
const PASSED =
  /^(PATH|HOME|USER|LOGNAME|LANG|TMPDIR|TEMP|TMP|SystemRoot|APPDATA|LOCALAPPDATA|USERPROFILE|ProgramFiles|SSL_CERT_(FILE|DIR)|DOCKER_(HOST|CONFIG|CONTEXT|TLS_VERIFY|CERT_PATH)|REGISTRY_AUTH_FILE|_CONTAINERS_\w+|(XDG|BUILDX|BUILDKIT|BUILDAH|STORAGE|CONTAINERS)_\w+|(https?|no|all)_proxy)$/i

/** The environment of an engine. */
export function engineEnv(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name)))
}

/** Asks a program a short question. */
export type Ask = (argv: string[]) => Promise<{ code: number; stdout: string; stderr: string }>

/** Runs a step of a build; its output is in the error when it fails. */
export async function step(argv: string[], cwd: string, io: EngineIO): Promise<void> {
  const { code, stdout, stderr } = await run(argv, {
    cwd,
    env: engineEnv(),
    signal: io.signal,
    timeout: 3_600_000,
    onLine: (line) => io.onLine(line),
  })
  if (code === 0) return
  const lines = `${stdout}\n${stderr}`.trim().split('\n').slice(-40)
  const why = stderr.trim().split('\n').at(-1) ?? ''
  throw new TagonceError('spoke', `${argv.slice(0, 2).join(' ')} ended with ${code}: ${why}`, {
    output: lines.join('\n'),
  })
}

/** `--name key=value` for each pair. */
export function pairs(flag: string, values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`])
}
