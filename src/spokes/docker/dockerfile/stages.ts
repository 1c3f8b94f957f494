import type { OciPlatform } from '../../../formats/oci-types.ts'
import { faultAt } from './parse.ts'
import type { Dockerfile, Instruction } from './parse.ts'
import { parsePlatform, platformArgs } from './platform.ts'
import { expand, WordFault } from './words.ts'

/** What a stage begins with. */
export type StageBase = { kind: 'scratch' } | { kind: 'stage'; index: number } | { kind: 'image'; name: string }

export interface Stage {
  index: number
  name?: string
  base: StageBase
  platform: OciPlatform
  from: Instruction
  instructions: Instruction[]
}

export interface Stages {
  /** Those that the target needs, in order; the target is the last. */
  needed: Stage[]
  /** Values of `ARG`s before the first `FROM`. */
  globals: ReadonlyMap<string, string>
}

/** What is given to a build from outside of its Dockerfile. */
export interface BuildInput {
  platform: OciPlatform
  args: Readonly<Record<string, string>>
  /** Name of the stage to build; the last one when absent. */
  target?: string
}

/**
 * The stages that a build needs, with what each begins with; only arguments before the first `FROM` count there.
 * @throws DockerfileFault
 */
export function stagesOf(dockerfile: Dockerfile, input: BuildInput): Stages {
  const builtIn = platformArgs(input.platform)
  const globals = new Map<string, string>()
  const all: Stage[] = []
  const lookup = (name: string): string | undefined => globals.get(name) ?? input.args[name] ?? builtIn[name]
  for (const one of dockerfile.instructions) {
    const last = all.at(-1)
    if (one.keyword === 'FROM') all.push(stageOf(dockerfile, one, all, input.platform, lookup))
    else if (last !== undefined) last.instructions.push(one)
    else
      for (const [name, value] of argsOf(dockerfile, one, lookup))
        globals.set(name, input.args[name] ?? value ?? builtIn[name] ?? '')
  }
  const last = targetOf(dockerfile, all, input.target)
  const wanted = new Set<number>()
  const want = (stage: Stage): void => {
    if (wanted.has(stage.index)) return
    wanted.add(stage.index)
    if (stage.base.kind === 'stage') want(all[stage.base.index]!)
    for (const one of stage.instructions) {
      const from = copiedFrom(dockerfile, one, all.slice(0, stage.index))
      if (from?.kind === 'stage') want(all[from.index]!)
      for (const index of mountedFrom(one, all.slice(0, stage.index))) want(all[index]!)
    }
  }
  want(last)
  return { needed: all.filter((one) => wanted.has(one.index)), globals }
}

function stageOf(
  dockerfile: Dockerfile,
  one: Instruction,
  before: Stage[],
  target: OciPlatform,
  lookup: (name: string) => string | undefined,
): Stage {
  const [image, as, name, ...more] = one.words
  if (
    image === undefined ||
    more.length > 0 ||
    (as !== undefined && (as.raw.toLowerCase() !== 'as' || name === undefined))
  ) {
    throw faultAt(dockerfile, one, 'FROM is written FROM image, or FROM image AS name')
  }
  const text = replaced(dockerfile, one, image.raw, image.offset, lookup)
  if (text === '')
    throw faultAt(
      dockerfile,
      one,
      `${image.raw} comes out empty`,
      'give the argument a default: ARG NAME=value',
      image.offset,
    )
  const flag = one.flags.find((other) => other.name === 'platform')
  const told = flag === undefined ? undefined : replaced(dockerfile, one, flag.value ?? '', flag.offset, lookup)
  const platform = told === undefined ? target : parsePlatform(told)
  if (platform === undefined)
    throw faultAt(dockerfile, one, `${JSON.stringify(told)} is no platform`, 'write it like linux/arm64', flag?.offset)
  if (name !== undefined && !/^[a-z][a-z0-9_.-]*$/i.test(name.raw)) {
    throw faultAt(dockerfile, one, `${name.raw} is no name for a stage`, undefined, name.offset)
  }
  const index = before.findLastIndex((stage) => stage.name === text.toLowerCase())
  const base: StageBase =
    index !== -1 ? { kind: 'stage', index } : text === 'scratch' ? { kind: 'scratch' } : { kind: 'image', name: text }
  return {
    index: before.length,
    base,
    // A stage that goes on from another keeps its platform.
    platform: base.kind === 'stage' && told === undefined ? before[base.index]!.platform : platform,
    from: one,
    instructions: [],
    ...(name === undefined ? {} : { name: name.raw.toLowerCase() }),
  }
}

function targetOf(dockerfile: Dockerfile, all: Stage[], target: string | undefined): Stage {
  const found =
    target === undefined || target === ''
      ? all.at(-1)
      : (all.findLast((one) => one.name === target.toLowerCase()) ??
        (/^\d+$/.test(target) ? all[Number(target)] : undefined))
  if (found !== undefined) return found
  const names = all.flatMap((one) => one.name ?? [])
  throw faultAt(
    dockerfile,
    dockerfile.instructions[0]!,
    `there is no stage ${target}`,
    names.length === 0 ? undefined : `there is ${names.join(', ')}`,
  )
}

/** Where `COPY --from=` takes from; undefined for anything else. */
export function copiedFrom(dockerfile: Dockerfile, one: Instruction, before: readonly Stage[]): StageBase | undefined {
  const flag = one.keyword === 'COPY' ? one.flags.find(({ name }) => name === 'from') : undefined
  if (flag === undefined) return undefined
  const name = flag.value ?? ''
  if (/^\d+$/.test(name)) {
    if (Number(name) < before.length) return { kind: 'stage', index: Number(name) }
    throw faultAt(dockerfile, one, `there is no stage ${name} before this one`, undefined, flag.offset)
  }
  const index = before.findLastIndex((stage) => stage.name === name.toLowerCase())
  if (index !== -1) return { kind: 'stage', index }
  if (name === '' || name.includes('$')) {
    throw faultAt(dockerfile, one, '--from names a stage, its number, or an image', undefined, flag.offset)
  }
  return name === 'scratch' ? { kind: 'scratch' } : { kind: 'image', name }
}

/** Stages that `RUN --mount=from=` looks into. */
function mountedFrom(one: Instruction, before: readonly Stage[]): number[] {
  return one.flags.flatMap(({ name, value = '' }) => {
    const from = name === 'mount' ? /(?:^|,)from=([^,]+)/.exec(value)?.[1]?.toLowerCase() : undefined
    const index = before.findLastIndex((stage) => stage.name === from || String(stage.index) === from)
    return from === undefined || index === -1 ? [] : [index]
  })
}

/** Names and defaults of an `ARG`; the default has its variables replaced. */
export function argsOf(
  dockerfile: Dockerfile,
  one: Instruction,
  lookup: (name: string) => string | undefined,
): [name: string, value: string | undefined][] {
  return one.words.map(({ raw, offset }) => {
    const at = raw.indexOf('=')
    const name = at === -1 ? raw : raw.slice(0, at)
    if (!/^[A-Za-z_][\w.-]*$/.test(name))
      throw faultAt(dockerfile, one, `${raw} is no name of an argument`, undefined, offset)
    return [name, at === -1 ? undefined : replaced(dockerfile, one, raw.slice(at + 1), offset + at + 1, lookup)]
  })
}

/** A word with its variables replaced; what is wrong with it is told with its place. */
export function replaced(
  dockerfile: Dockerfile,
  one: Instruction,
  raw: string,
  offset: number,
  lookup: (name: string) => string | undefined,
): string {
  try {
    return expand(raw, lookup, dockerfile.escape)
  } catch (error) {
    if (error instanceof WordFault) throw faultAt(dockerfile, one, error.message, undefined, offset + error.offset)
    throw error
  }
}
