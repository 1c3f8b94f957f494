import { copyFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { findTool } from '../builders/tools.ts'
import type { ArtifactKind } from '../core/artifact.ts'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import { inside } from '../core/paths.ts'
import { isSecretName } from '../core/secrets.ts'
import { gitIn } from '../external/git.ts'
import { run } from '../external/process.ts'
import { hashFile } from '../formats/hash.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { Plan, PlannedSign } from '../plan/plan.ts'
import { type SignCommand, signCommand } from './command.ts'
import { isChosen, type Subject, subjectFields } from './subject.ts'

export interface SignIO {
  /** Absolute path of the project. */
  root: string
  late: LateRenderer
  env: Record<string, string | undefined>
  signal: AbortSignal
  task: Task
  warn: (diagnostic: Diagnostic) => void
  /** A rehearsal: nothing that needs a key is run. */
  stripSecrets: boolean
  /** A signature that was made before for the same bytes, so that a second run does not make another. */
  earlier?: (subject: Subject, name: string) => Promise<string | undefined>
}

/** What `artifacts` means. */
const KINDS: Record<PlannedSign['artifacts'], ArtifactKind[]> = {
  none: [],
  all: ['archive', 'binary', 'file', 'source', 'makeself', 'package', 'flatpak', 'srpm', 'sbom', 'checksums'],
  checksum: ['checksums'],
  source: ['source'],
  archive: ['archive'],
  binary: ['binary'],
  package: ['package'],
  sbom: ['sbom'],
}

/** Tools that sign with a key of the user's, or with an account. */
const NEEDS_KEY =
  /^(gpg2?|cosign|minisign|signify|ssh-keygen|openssl|notation|rsign2?|age|pgp|sq|quill|rcodesign|osslsigncode|signtool|jsign|relic)(\.exe)?$/i

/**
 * Runs the tools of `signs` (or `binary_signs`) for what they are to sign, one after another.
 * @returns the signatures and certificates, as artifacts
 * @throws TagonceError `pack` with the tool's output; `tool-missing`
 */
export async function signArtifacts(
  signs: PlannedSign[],
  subjects: Subject[],
  plan: Pick<Plan, 'dist' | 'project' | 'source'>,
  io: SignIO,
): Promise<PackedArtifact[]> {
  const made: PackedArtifact[] = []
  for (const sign of signs) {
    const chosen = subjects.filter((one) => KINDS[sign.artifacts].includes(one.kind) && isChosen(one, sign.ids))
    if (sign.artifacts === 'none') continue
    const name = `${sign.at[0]} ${sign.id}`
    await io.task.task(name, async (task) => {
      const reason = io.stripSecrets ? whyNotRehearsed(sign, io) : undefined
      if (reason !== undefined) return task.skip(reason)
      if (chosen.length === 0) return task.skip(`nothing to sign: no ${sign.artifacts} matches`)
      const cmd = await toolOf(sign, io)
      for (const subject of chosen) {
        io.signal.throwIfAborted()
        if (!isWanted(sign, subject, plan, io)) continue
        task.progress(subject.name)
        made.push(...(await signOne(sign, subject, plan, { ...io, task, cmd })))
      }
      task.note(`${chosen.length} ${chosen.length === 1 ? 'file' : 'files'}, by ${basename(cmd)}`)
    })
  }
  return made
}

/** `if` of Pro: a template that must come out true. */
function isWanted(sign: PlannedSign, subject: Subject, plan: Pick<Plan, 'project'>, io: SignIO): boolean {
  return sign.if === undefined || io.late.isTrue(sign.if, [...sign.at, 'if'], subjectFields(subject, plan.project))
}

async function signOne(
  sign: PlannedSign,
  subject: Subject,
  plan: Pick<Plan, 'dist' | 'project' | 'source'>,
  io: SignIO & { cmd: string },
): Promise<PackedArtifact[]> {
  const command = await signCommand(sign, subject, { ...io, dist: plan.dist, project: plan.project })
  const expected = [
    ...(command.signature === undefined ? [] : [{ ...command.signature, kind: 'signature' as const }]),
    ...(command.certificate === undefined ? [] : [{ ...command.certificate, kind: 'certificate' as const }]),
  ]
  const earlier = await Promise.all(expected.map(async (one) => io.earlier?.(subject, one.name)))
  const isDone = expected.length > 0 && earlier.every((path) => path !== undefined)
  if (!isDone) await callTool(command, subject, io)
  const made: PackedArtifact[] = []
  for (const [index, { name, path, kind }] of expected.entries()) {
    const file = inside(io.root, path)
    const old = earlier[index]
    if (isDone && old !== undefined) await copyFile(old, file)
    if (!(await stat(file).catch(() => undefined))?.isFile()) {
      const message = `${basename(io.cmd)} wrote no file ${path}`
      const mend = `let \`args\` of ${sign.at[0]} write to \`$${kind}\`, or mend \`${kind}\``
      if (!plan.source.snapshot) throw new TagonceError('pack', message, { hint: mend })
      io.warn({ severity: 'warning', code: 'no-signature', message, mend })
      continue
    }
    const { size, digests } = await hashFile(file, ['sha256'])
    made.push({ name, kind, id: sign.id, size, sha256: digests.sha256, binaries: [], path })
  }
  return made
}

async function callTool(command: SignCommand, subject: Subject, io: SignIO & { cmd: string }): Promise<void> {
  const lines: string[] = []
  const result = await run(command.argv, {
    cwd: io.root,
    env: command.env,
    signal: io.signal,
    ...(command.input === undefined ? {} : { input: command.input }),
    onLine: (line) => {
      lines.push(line)
      if (command.output) io.task.log(line)
    },
  })
  if (result.code === 0) return
  throw new TagonceError('pack', `${basename(io.cmd)} could not sign ${subject.name} (status ${result.code})`, {
    output: lines.join('\n'),
    hint: 'set up the key it needs, or leave signing out with --skip=sign',
  })
}

/** gpg, unless the entry names another tool, or git does. */
async function toolOf(sign: PlannedSign, io: Pick<SignIO, 'root' | 'env'>): Promise<string> {
  if (sign.cmd !== '') return sign.cmd
  return (await gitIn(io.root, io.env).ask(['config', 'gpg.program'])) || 'gpg'
}

/** Tools that sign and are not there. Reads only. */
export async function missingSigners(signs: PlannedSign[], io: Pick<SignIO, 'root' | 'env'>): Promise<Diagnostic[]> {
  const found: Diagnostic[] = []
  for (const sign of signs.filter((one) => one.artifacts !== 'none')) {
    const cmd = await toolOf(sign, io)
    if (findTool(cmd, io.env, io.root) !== undefined) continue
    const message = `${cmd} is not on the PATH; it is needed by ${sign.at[0]} (${sign.id})`
    found.push({
      severity: 'error',
      code: 'tool-missing',
      message,
      mend: `install ${cmd}, or pass over it with --skip=sign`,
    })
  }
  return found
}

/** Why a tool is not run in a rehearsal, where there is no key and no account. */
function whyNotRehearsed(sign: PlannedSign, io: SignIO): string | undefined {
  const cmd = sign.cmd === '' ? 'gpg' : sign.cmd
  if (NEEDS_KEY.test(basename(cmd))) return `${basename(cmd)} signs with a key, which a rehearsal does not have`
  if (sign.stdin !== undefined || sign.stdinFile !== '')
    return `${cmd} reads a password, which a rehearsal does not have`
  const secret = secretIn([...sign.args, ...sign.env, sign.signature, sign.certificate])
  if (secret !== undefined) return `${cmd} needs ${secret}, which a rehearsal does not have`
  return findTool(cmd, io.env, io.root) === undefined ? `${cmd} is not on the PATH` : undefined
}

function secretIn(texts: string[]): string | undefined {
  const named = texts.flatMap((text) => [...text.matchAll(/(?:\.Env\.|\$\{?)([A-Za-z_][A-Za-z0-9_]*)/g)])
  return named.map((one) => one[1] ?? '').find(isSecretName)
}
