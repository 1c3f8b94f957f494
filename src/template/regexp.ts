import { CallError } from './error.ts'
import { effort } from './limits.ts'
import { tester } from './regexp-set.ts'
import type { Assertion, Expression } from './regexp-syntax.ts'
import { readRegexp } from './regexp-syntax.ts'

/*
 * Go's regular expressions match in time linear in the text, whatever the pattern. JavaScript's do not, and a pattern
 * may come from a stranger's config. So this runs them as Go does: all ways at once (a Pike machine), leftmost first.
 */

type Step =
  | { kind: 'set'; test: (character: string) => boolean }
  | { kind: 'assert'; what: Assertion }
  | { kind: 'save'; slot: number }
  | { kind: 'split'; first: number; second: number }
  | { kind: 'jump'; to: number }
  | { kind: 'match' }

/** Ways that are still open, the preferred first: the step each stands at, and what its groups matched. */
interface Threads {
  at: number[]
  slots: number[][]
}

const MAX_PROGRAM = 50_000
/** Steps of the machine in one call; a few seconds. */
const MAX_WORK = 20_000_000

/** A compiled regular expression. */
export class Regexp {
  readonly #program: Step[] = []
  readonly #slots: number
  readonly #names: Map<string, number>
  readonly #seen: number[] = []
  #generation = 0
  #work = 0

  /** Throws CallError when the pattern is no regular expression to Go. `posix` is Go's CompilePOSIX. */
  constructor(pattern: string, posix = false) {
    const { expression, groups, names } = readRegexp(pattern, posix)
    this.#slots = (groups + 1) * 2
    this.#names = names
    this.#add({ kind: 'save', slot: 0 })
    this.#compile(expression)
    this.#add({ kind: 'save', slot: 1 })
    this.#add({ kind: 'match' })
  }

  /** @example new Regexp('^a+$').test('aaa') // true */
  test(text: string): boolean {
    this.#work = 0
    return this.#run(Array.from(text), 0, true) !== undefined
  }

  /** Go's ReplaceAllString: $1, ${1} and $name in the replacement stand for groups. */
  replaceAll(text: string, replacement: string): string {
    this.#work = 0
    const characters = Array.from(text)
    let out = ''
    let done = 0
    let at = 0
    while (at <= characters.length) {
      const found = this.#run(characters, at, false)
      if (found === undefined) break
      const [start = 0, end = 0] = found
      out += characters.slice(done, start).join('')
      // An empty match right after another match does not count.
      if (end > done || start === 0) out += this.#expand(replacement, characters, found)
      done = end
      at = Math.max(at + 1, end)
    }
    return out + characters.slice(done).join('')
  }

  #expand(replacement: string, characters: string[], found: number[]): string {
    return replacement.replaceAll(/\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu, (whole, bare, braced) => {
      if (whole === '$$') return '$'
      const name = String(bare ?? braced)
      const number = /^[0-9]+$/.test(name) ? Number(name) : this.#names.get(name)
      if (number === undefined || number * 2 >= this.#slots) return ''
      const start = found[number * 2] ?? -1
      return start < 0 ? '' : characters.slice(start, found[number * 2 + 1]).join('')
    })
  }

  #add(step: Step): number {
    if (this.#program.length >= MAX_PROGRAM) throw new CallError('the regular expression is too large')
    return this.#program.push(step) - 1
  }

  #compile(expression: Expression): void {
    switch (expression.kind) {
      case 'set':
        this.#add({ kind: 'set', test: tester(expression.set) })
        return
      case 'assert':
        this.#add(expression)
        return
      case 'group':
        if (expression.number > 0) this.#add({ kind: 'save', slot: expression.number * 2 })
        this.#compile(expression.inner)
        if (expression.number > 0) this.#add({ kind: 'save', slot: expression.number * 2 + 1 })
        return
      case 'sequence':
        for (const part of expression.parts) this.#compile(part)
        return
      case 'either':
        this.#either(expression.choices)
        return
      case 'repeat':
      default:
        this.#repeat(expression)
    }
  }

  #split(greedy: boolean): (to: number) => void {
    const step: Step = { kind: 'split', first: 0, second: 0 }
    const at = this.#add(step)
    if (greedy) step.first = at + 1
    else step.second = at + 1
    return (to) => {
      if (greedy) step.second = to
      else step.first = to
    }
  }

  #either(choices: Expression[]): void {
    const ends: { kind: 'jump'; to: number }[] = []
    choices.forEach((choice, index) => {
      const last = index === choices.length - 1
      const otherwise = last ? undefined : this.#split(true)
      this.#compile(choice)
      if (!last) {
        const jump = { kind: 'jump' as const, to: 0 }
        this.#add(jump)
        ends.push(jump)
      }
      otherwise?.(this.#program.length)
    })
    for (const end of ends) end.to = this.#program.length
  }

  #repeat({ inner, min, max, greedy }: Expression & { kind: 'repeat' }): void {
    for (let time = 1; time < min; time++) this.#compile(inner)
    if (max === Infinity) {
      const skip = min === 0 ? this.#split(greedy) : undefined
      const start = this.#program.length
      this.#compile(inner)
      const leave = this.#split(greedy)
      // The loop goes back to its start, not to the step after the split.
      this.#retarget(this.#program.length - 1, start, greedy)
      leave(this.#program.length)
      skip?.(this.#program.length)
      return
    }
    if (min > 0) this.#compile(inner)
    const skips: ((to: number) => void)[] = []
    for (let time = min; time < max; time++) {
      skips.push(this.#split(greedy))
      this.#compile(inner)
    }
    for (const skip of skips) skip(this.#program.length)
  }

  #retarget(at: number, to: number, greedy: boolean): void {
    const step = this.#program[at]
    if (step?.kind !== 'split') return
    if (greedy) step.first = to
    else step.second = to
  }

  /** Runs from a position; the slots of the match, or undefined. `any` is content with whatever match, without slots. */
  #run(text: string[], from: number, any: boolean): number[] | undefined {
    const start = Array.from({ length: any ? 0 : this.#slots }, () => -1)
    let now: Threads = { at: [], slots: [] }
    let best: number[] | undefined
    this.#generation++
    for (let position = from; position <= text.length; position++) {
      // A match that begins further left wins, so no new one begins once there is one.
      if (best === undefined) this.#follow(0, start, text, position, now)
      const next: Threads = { at: [], slots: [] }
      this.#generation++
      const character = text[position]
      for (let index = 0; index < now.at.length; index++) {
        const at = now.at[index] ?? 0
        const slots = now.slots[index] ?? start
        const step = this.#program[at]
        if (step?.kind === 'match') {
          best = slots
          break
        }
        if (step?.kind === 'set' && character !== undefined && step.test(character)) {
          this.#follow(at + 1, slots, text, position + 1, next)
        }
      }
      if (best !== undefined && (any || next.at.length === 0)) return best
      now = next
    }
    return best
  }

  /** Adds the threads that a step leads to without reading a character, the preferred ones first. */
  #follow(start: number, given: number[], text: string[], position: number, threads: Threads): void {
    const todo = [start]
    const kept = [given]
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      const slots = kept.pop() ?? given
      if (this.#seen[at] === this.#generation) continue
      this.#seen[at] = this.#generation
      effort.spent++
      if (++this.#work > MAX_WORK) throw new CallError('the regular expression takes too long on this text')
      const step = this.#program[at]
      if (step?.kind === 'jump') {
        todo.push(step.to)
        kept.push(slots)
      } else if (step?.kind === 'split') {
        todo.push(step.second, step.first)
        kept.push(slots, slots)
      } else if (step?.kind === 'save') {
        todo.push(at + 1)
        kept.push(slots.length === 0 ? slots : slots.with(step.slot, position))
      } else if (step?.kind !== 'assert') {
        threads.at.push(at)
        threads.slots.push(slots)
      } else if (holds(step.what, text, position)) {
        todo.push(at + 1)
        kept.push(slots)
      }
    }
  }
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^[A-Za-z0-9_]$/.test(character)
}

function holds(what: Assertion, text: string[], position: number): boolean {
  const edge = isWord(text[position - 1]) !== isWord(text[position])
  switch (what) {
    case 'text start':
      return position === 0
    case 'text end':
      return position === text.length
    case 'line start':
      return position === 0 || text[position - 1] === '\n'
    case 'line end':
      return position === text.length || text[position] === '\n'
    case 'word edge':
      return edge
    case 'no word edge':
    default:
      return !edge
  }
}
