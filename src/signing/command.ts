import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, resolve } from 'node:path'
import { posix } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { isSecretName, keepSecret } from '../core/secrets.ts'
import { expandEnv } from '../core/expand-env.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { PlannedSign } from '../plan/plan.ts'
import { envOf } from '../plan/renderer.ts'
import { subjectFields, type Subject } from './subject.ts'

/** One call of a tool that signs. */
export interface SignCommand {
  argv: string[]
  env: Record<string, string>
  input: string | Buffer | undefined
  output: boolean
  /** What it should write; paths relative to the root. */
  signature?: { name: string; path: string }
  certificate?: { name: string; path: string }
}

/**
 * The call for one artifact, as GoReleaser makes it: `$artifact` and its like are put in first, then templates are rendered. What the
 * tool reads from stdin, and variables whose names say so, are kept out of every output.
 */
export async function signCommand(
  sign: PlannedSign,
  subject: Subject,
  io: { root: string; dist: string; project: string; cmd: string; late: LateRenderer },
): Promise<SignCommand> {
  const { late } = io
  const fields = subjectFields(subject, io.project)
  const own: Record<string, string> = {}
  const base = { artifactName: subject.name, artifact: subject.path, artifactID: subject.id, digest: '' }
  const env: Record<string, string> = { ...late.env, ...base }
  for (const [index, entry] of sign.env.entries()) {
    const text = late.render(entry, [...sign.at, 'env', index], { ...fields, Env: { ...env, ...own } })
    Object.assign(own, envOf([text]))
  }
  for (const [name, value] of Object.entries(own)) if (isSecretName(name)) keepSecret(value)
  Object.assign(env, own)
  const text = (template: string, key: (string | number)[]): string =>
    late.render(expandEnv(template, env), [...sign.at, ...key], { ...fields, Env: env })
  const placed = (key: 'signature' | 'certificate'): string => {
    const path = text(sign[key], [key])
    env[key] = path === '' ? '' : belowDist(path, io.dist)
    return env[key]
  }
  const paths = { signature: placed('signature'), certificate: placed('certificate') }
  const argv = [io.cmd, ...sign.args.map((arg, index) => text(arg, ['args', index]))]
  const input = await inputOf(sign, text, io.root)
  const output = late.isTrue(sign.output, [...sign.at, 'output'], { ...fields, Env: env })
  const childEnv = { ...env }
  // Their names in the release are those that the artifact's own name gives.
  env['artifact'] = subject.name
  const written = (key: 'signature' | 'certificate'): { [K in typeof key]?: { name: string; path: string } } => {
    const name = text(sign[key], [key])
    return name === '' ? {} : { [key]: { name: posix.basename(name), path: paths[key] } }
  }
  return { argv, env: childEnv, input, output, ...written('signature'), ...written('certificate') }
}

async function inputOf(
  sign: PlannedSign,
  text: (template: string, key: string[]) => string,
  root: string,
): Promise<string | Buffer | undefined> {
  if (sign.stdin !== undefined) {
    const input = text(sign.stdin, ['stdin'])
    keepSecret(input.trim())
    return input
  }
  if (sign.stdinFile === '') return undefined
  const path = sign.stdinFile.startsWith('~/')
    ? resolve(homedir(), sign.stdinFile.slice(2))
    : resolve(root, sign.stdinFile)
  const input = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new TagonceError('pack', `${sign.stdinFile} could not be read (${error.code ?? error.message})`, {
      hint: `it is the \`stdin_file\` of ${sign.at.join('.')}`,
      cause: error,
    })
  })
  keepSecret(input.toString().trim())
  return input
}

/** A path that is not below dist is taken as one relative to it. */
function belowDist(path: string, dist: string): string {
  const clean = posix.normalize(path.replaceAll('\\', '/'))
  if (isAbsolute(clean) || clean === dist || clean.startsWith(`${dist}/`)) return clean
  return posix.join(dist, clean)
}
