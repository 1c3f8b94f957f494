import { DockerfileFault, EngineFault } from './fault.ts'
import { logicalLines } from './lines.ts'
import type { Heredoc, LogicalLine } from './lines.ts'
import { splitWords } from './words.ts'
import type { Word } from './words.ts'

export interface Flag {
  name: string
  /** Undefined for a flag that is only named. */
  value?: string
  offset: number
}

/** One instruction, nothing of it replaced yet. */
export interface Instruction {
  /** In capitals. */
  keyword: string
  flags: Flag[]
  /** Everything after the flags. */
  rest: string
  /** Where `rest` begins in the line. */
  restOffset: number
  /** The words of `rest`; those of the exec form (a JSON list of texts) are in `exec` as well. */
  words: Word[]
  exec?: string[]
  heredocs: Heredoc[]
  line: LogicalLine
}

export interface Dockerfile {
  /** As it is shown in messages. */
  file: string
  escape: string
  instructions: Instruction[]
}

const FLAGS: Record<string, string[]> = {
  FROM: ['platform'],
  COPY: ['from', 'chown', 'chmod', 'link', 'parents', 'exclude'],
  ADD: ['chown', 'chmod', 'link', 'checksum', 'keep-git-dir', 'exclude', 'unpack'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'start-interval', 'retries'],
  RUN: ['mount', 'network', 'security', 'device'],
}

const KEYWORDS = new Set([
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
])

/**
 * Reads a Dockerfile. Nothing is looked up or replaced.
 * @throws DockerfileFault with line and column
 * @example parseDockerfile('Dockerfile', 'FROM scratch\nCOPY hello /\n').instructions[1]?.words[0]?.raw // 'hello'
 */
export function parseDockerfile(file: string, source: string): Dockerfile {
  if (source.includes('\0')) throw new DockerfileFault(file, { line: 1, column: 1 }, 'this is no text')
  const { lines, escape } = logicalLines(file, source)
  const instructions = lines.map((line) => instruction(file, line, escape))
  const first = instructions.find((one) => one.keyword !== 'ARG')
  if (first === undefined) {
    throw new DockerfileFault(
      file,
      { line: 1, column: 1 },
      'there is no FROM',
      'begin with FROM scratch, or with a base image',
    )
  }
  if (first.keyword !== 'FROM') {
    throw new DockerfileFault(
      file,
      first.line.at(0),
      `${first.keyword} stands before the first FROM`,
      'begin with FROM',
    )
  }
  return { file, escape, instructions }
}

function instruction(file: string, line: LogicalLine, escape: string): Instruction {
  const keyword = /^\S+/.exec(line.text)?.[0] ?? ''
  const upper = keyword.toUpperCase()
  if (!KEYWORDS.has(upper)) {
    throw new DockerfileFault(file, line.at(0), `${JSON.stringify(keyword)} is no instruction`)
  }
  let offset = keyword.length + (/^\s*/.exec(line.text.slice(keyword.length))?.[0].length ?? 0)
  const flags: Flag[] = []
  const known = FLAGS[upper] ?? []
  // Only these have flags; elsewhere a word that begins so is a word.
  while (FLAGS[upper] !== undefined && line.text.startsWith('--', offset)) {
    const [word] = splitWords(line.text, offset, escape)
    if (word === undefined) break
    const end = offset + word.raw.length
    offset = end + (/^\s*/.exec(line.text.slice(end))?.[0].length ?? 0)
    if (word.raw === '--') break
    const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word.raw) ?? []
    if (!known.includes(name)) {
      throw new DockerfileFault(
        file,
        line.at(word.offset),
        `${upper} has no flag --${name}`,
        `it has ${known.map((one) => `--${one}`).join(', ')}`,
      )
    }
    flags.push({ name, offset: word.offset, ...(value === undefined ? {} : { value }) })
  }
  const rest = line.text.slice(offset)
  const exec = execForm(rest)
  if (rest === '' && upper !== 'ENTRYPOINT' && upper !== 'CMD') {
    throw new DockerfileFault(file, line.at(0), `${upper} has nothing after it`)
  }
  return {
    keyword: upper,
    flags,
    rest,
    restOffset: offset,
    words: splitWords(line.text, offset, escape),
    heredocs: line.heredocs,
    line,
    ...(exec === undefined ? {} : { exec }),
  }
}

/** A JSON list of texts; anything else is the shell form. */
function execForm(rest: string): string[] | undefined {
  if (!rest.trimStart().startsWith('[')) return undefined
  try {
    const read: unknown = JSON.parse(rest)
    return Array.isArray(read) && read.every((one) => typeof one === 'string') ? read : undefined
  } catch {
    return undefined
  }
}

/** A fault of an instruction, at one of its words. */
export function faultAt(of: Dockerfile, one: Instruction, message: string, mend?: string, offset = 0): DockerfileFault {
  return new DockerfileFault(of.file, one.line.at(offset), message, mend)
}

/** The same for what docker buildx and buildah carry out, and nothing here does. */
export function engineAt(of: Dockerfile, one: Instruction, message: string, mend: string, offset = 0): EngineFault {
  return new EngineFault(of.file, one.line.at(offset), one.line.text, message, mend)
}
