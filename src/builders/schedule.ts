import type { PlannedBinary } from '../plan/plan.ts'
import { allBinaries } from '../plan/universal.ts'

/** Binaries that one run of a command makes, or a universal one. */
export type Group = PlannedBinary[]

/** What is built when: as soon as what it needs is there, one at a time where the tool asks for that. */
export class Schedule {
  readonly size: number
  readonly #waiting: Group[]
  readonly #built = new Set<string>()
  readonly #busy = new Set<string>()

  constructor(binaries: readonly PlannedBinary[]) {
    this.#waiting = groupsOf(allBinaries(binaries))
    this.size = this.#waiting.length
  }

  /** The next group that may begin; undefined when none may now. */
  next(): Group | undefined {
    const at = this.#waiting.findIndex((group) => {
      const [first] = group
      if (first?.inTurn === true && this.#busy.has(first.id)) return false
      return (first?.universal?.parts ?? []).every((one) => this.#built.has(one.path))
    })
    if (at < 0) return undefined
    const [group] = this.#waiting.splice(at, 1)
    if (group?.[0]?.inTurn === true) this.#busy.add(group[0].id)
    return group
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  done(group: Group): void {
    for (const one of group) this.#built.add(one.path)
    if (group[0]?.inTurn === true) this.#busy.delete(group[0].id)
  }
}

function groupsOf(binaries: PlannedBinary[]): Group[] {
  const groups = new Map<string, Group>()
  for (const one of binaries) {
    const key = one.command === undefined || one.leftAt !== undefined ? one.path : JSON.stringify(one.command)
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}
