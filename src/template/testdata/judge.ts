import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GoFloat } from '../numbers.ts'
import { GoTime } from '../time.ts'
import { entryOf, integerOf, isList, isMap, keysOf, typeName, valueOf } from '../value.ts'

export interface Question {
  template: string
  data: Record<string, unknown>
}

export type Answer = { output: string } | { error: string }

/** Whether there is a Go to judge with. */
export function hasGo(): boolean {
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0
}

/** What real Go makes of the templates: one process for all of them. */
export function judge(questions: readonly Question[]): Answer[] {
  const answers = runJudge(questions, []).trimEnd().split('\n')
  if (answers.length !== questions.length) throw new Error(`${answers.length} answers to ${questions.length} questions`)
  return answers.map((line) => {
    const { output, error } = JSON.parse(line) as { output: string; error?: string }
    return error === undefined ? { output } : { error }
  })
}

/** Milliseconds that real Go takes to parse and render so many templates, the questions in turn. */
export function timeOfGo(questions: readonly Question[], renders: number): number {
  return Number(runJudge(questions, [String(renders)])) / 1e6
}

function runJudge(questions: readonly Question[], args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'template-judge-'))
  try {
    const program = join(folder, process.platform === 'win32' ? 'judge.exe' : 'judge')
    const source = fileURLToPath(new URL('judge/main.go', import.meta.url))
    execFileSync('go', ['build', '-o', program, source], { stdio: 'inherit', env: { ...process.env, GOWORK: 'off' } })
    const lines = questions.map(({ template, data }) => JSON.stringify({ template, data: encodeMap(data, true) }))
    const input = `${lines.join('\n')}\n`
    return execFileSync(program, args, { input, maxBuffer: 2 ** 30, encoding: 'utf8', timeout: 60_000 })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function encodeMap(map: Readonly<Record<string, unknown>>, root = false): unknown {
  const entries = keysOf(map).map((key) => [key, encode(entryOf(map, key)?.value)] as const)
  const type = root ? 'map[string]interface {}' : typeName(map)
  return { $: type, v: Object.fromEntries(entries) }
}

/** Data with its Go types, as main.go reads it. */
function encode(input: unknown): unknown {
  const value = valueOf(input)
  if (isMap(value)) return encodeMap(value)
  if (isList(value)) return { $: typeName(value), v: value.map(encode) }
  if (value instanceof GoFloat) return { $: 'float64', v: String(value.value) }
  if (value instanceof GoTime) return { $: 'time.Time', v: String(value.nanoseconds) }
  const whole = integerOf(value)
  return whole === undefined ? value : { $: typeName(value), v: String(whole) }
}
