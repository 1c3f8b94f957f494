import { posix } from 'node:path'
import type { OciConfig, OciHistory, OciPlatform, OciRunConfig } from '../../../formats/oci-types.ts'
import { copyFiles } from './copy.ts'
import type { Layer } from './copy.ts'
import { FileTree } from './file-tree.ts'
import { EngineFault } from './fault.ts'
import type { Place } from './fault.ts'
import { engineAt, faultAt } from './parse.ts'
import type { Dockerfile, Instruction } from './parse.ts'
import { platformArgs } from './platform.ts'
import { changeConfig } from './run-config.ts'
import { argsOf, copiedFrom, replaced, stagesOf } from './stages.ts'
import type { BuildInput, Stage } from './stages.ts'

/** An image that a stage begins with, or that files are copied from. */
export interface BaseImage {
  /** Its config; what is not ours stays. */
  config: OciConfig
  tree: FileTree
  /** Texts of `/etc/passwd` and `/etc/group`, for `--chown` by name. */
  passwd: string
  group: string
  /** A stand-in: nothing is known of its users and files. */
  unknown?: boolean
}

export interface InterpretInput extends BuildInput {
  /** The files of the build context. */
  context: FileTree
  /** The base images, by name and platform; `place` is where the Dockerfile names it. */
  base(name: string, platform: OciPlatform, place: Place): BaseImage
  /** Told of what needs an engine, which is passed over then: of what the stage holds from there on, not all is known. */
  onEngine?: (fault: EngineFault) => void
}

/** What a Dockerfile makes for one platform. */
export interface Recipe {
  platform: OciPlatform
  author?: string
  config: OciRunConfig
  /** Config of the base that it goes on from, with its layers; undefined on `scratch`. */
  base?: { name: string; platform: OciPlatform }
  layers: Layer[]
  history: OciHistory[]
}

/** What BuildKit starts with where there is no base. */
const SCRATCH_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

interface Built extends Recipe {
  tree: FileTree
  passwd: string
  group: string
  unknown: boolean
}

/**
 * Carries out a Dockerfile without running anything. Pure: what it reads is given.
 * @throws DockerfileFault with line and column; an EngineFault for a `RUN` that is needed, unless `onEngine` takes it
 */
export function interpret(dockerfile: Dockerfile, input: InterpretInput): Recipe {
  const { needed, globals } = stagesOf(dockerfile, input)
  const built = new Map<number, Built>()
  for (const stage of needed) built.set(stage.index, runStage(dockerfile, stage, needed, built, globals, input))
  return built.get(needed.at(-1)?.index ?? -1)!
}

function startOf(stage: Stage, built: ReadonlyMap<number, Built>, input: InterpretInput): Built {
  const { base, platform } = stage
  if (base.kind === 'stage') {
    const below = built.get(base.index)!
    return {
      ...below,
      config: structuredClone(below.config),
      layers: [...below.layers],
      history: [...below.history],
      tree: below.tree.copy(),
    }
  }
  const common = { platform, layers: [], history: [], passwd: '', group: '', unknown: false }
  if (base.kind === 'scratch')
    return { ...common, config: { Env: [SCRATCH_PATH], WorkingDir: '/' }, tree: new FileTree() }
  const {
    config,
    tree,
    passwd,
    group,
    unknown = false,
  } = input.base(base.name, platform, stage.from.line.at(stage.from.words[0]?.offset ?? 0))
  return {
    ...common,
    config: structuredClone(config.config ?? {}),
    base: { name: base.name, platform },
    tree: tree.copy(),
    passwd,
    group,
    unknown,
    ...(config.author === undefined ? {} : { author: config.author }),
  }
}

function runStage(
  dockerfile: Dockerfile,
  stage: Stage,
  stages: Stage[],
  built: ReadonlyMap<number, Built>,
  globals: ReadonlyMap<string, string>,
  input: InterpretInput,
): Built {
  const state = startOf(stage, built, input)
  const builtIn = platformArgs(input.platform)
  const args = new Map<string, string>()
  const scope = {
    dockerfile,
    config: state.config,
    ownCommand: false,
    replace: (one: Instruction, raw: string, offset: number) => replaced(dockerfile, one, raw, offset, lookup),
  }
  const lookup = (name: string): string | undefined => {
    // What is set with ENV wins over an argument of that name.
    const set = (state.config.Env ?? []).findLast((one) => one.startsWith(`${name}=`))
    return set === undefined ? args.get(name) : set.slice(name.length + 1)
  }
  const note = (one: Instruction, empty: boolean): void => {
    state.history.push({ created_by: one.line.text, comment: 'tagonce', ...(empty ? { empty_layer: true } : {}) })
  }
  const triggers = stage.base.kind === 'image' ? (state.config.OnBuild ?? []) : []
  if (triggers.length > 0) {
    throw faultAt(
      dockerfile,
      stage.from,
      `the base image asks for instructions of its own (${triggers[0]}), which are not carried out here`,
      'use a base without ONBUILD',
    )
  }
  const engine = (fault: EngineFault): void => {
    if (input.onEngine === undefined) throw fault
    input.onEngine(fault)
    state.unknown = true
  }
  for (const one of stage.instructions) {
    switch (one.keyword) {
      case 'ARG':
        for (const [name, value] of argsOf(dockerfile, one, lookup)) {
          const given = input.args[name] ?? value ?? globals.get(name) ?? builtIn[name]
          if (given !== undefined) args.set(name, given)
        }
        break
      case 'RUN':
        engine(
          engineAt(
            dockerfile,
            one,
            'RUN needs a program that runs containers, and images are made here without one',
            'prepare the files before, or take a base image that has them',
          ),
        )
        break
      case 'COPY':
      case 'ADD': {
        const from = sourceOf(dockerfile, one, stages, stage, built, input)
        const owner = ownerIn(dockerfile, state)
        const to = { tree: state.tree, workdir: state.config.WorkingDir ?? '/' }
        try {
          state.layers.push(copyFiles({ ...scope, ...to, ...from, owner }, one))
          note(one, false)
        } catch (error) {
          if (!(error instanceof EngineFault)) throw error
          engine(error)
        }
        break
      }
      case 'WORKDIR':
        note(one, !workdir(scope.replace(one, one.rest.trim(), one.restOffset), one, state))
        break
      case 'MAINTAINER':
        state.author = one.rest
        note(one, true)
        break
      default:
        changeConfig(scope, one)
        note(one, true)
    }
  }
  return state
}

/** Where COPY takes from, when not from the context. */
function sourceOf(
  dockerfile: Dockerfile,
  one: Instruction,
  stages: Stage[],
  stage: Stage,
  built: ReadonlyMap<number, Built>,
  input: InterpretInput,
): { source: FileTree; context: boolean; unknown: boolean } {
  const before: Stage[] = []
  for (const other of stages) if (other.index < stage.index) before[other.index] = other
  const from = copiedFrom(
    dockerfile,
    one,
    Array.from({ length: stage.index }, (_, at) => before[at] ?? ({ index: at } as Stage)),
  )
  if (from === undefined) return { source: input.context, context: true, unknown: false }
  if (from.kind === 'stage') {
    const { tree, unknown } = built.get(from.index)!
    return { source: tree, context: false, unknown }
  }
  if (from.kind === 'scratch') return { source: new FileTree(), context: false, unknown: false }
  const { tree, unknown = false } = input.base(from.name, input.platform, one.line.at(0))
  return { source: tree, context: false, unknown }
}

/** Makes the folder; whether there is a new layer for it. */
function workdir(text: string, one: Instruction, state: Built): boolean {
  const path = posix.resolve(state.config.WorkingDir || '/', text === '' ? '/' : text)
  state.config.WorkingDir = path
  const layer: Layer = { by: one.line.text, nodes: new Map(), unpack: [] }
  const make = (place: string): void => {
    if (place === '' || place === '.' || state.tree.get(place)?.type === 'directory') return
    make(posix.dirname(place))
    const node = { type: 'directory', mode: 0o755, uid: 0, gid: 0 } as const
    state.tree.set(place, node)
    layer.nodes.set(place, node)
  }
  make(state.tree.resolve(path, true))
  if (layer.nodes.size > 0) state.layers.push(layer)
  return layer.nodes.size > 0
}

function ownerIn(
  dockerfile: Dockerfile,
  state: Built,
): (one: Instruction, text: string, offset: number) => { uid: number; gid: number } {
  return (one, text, offset) => {
    const [user = '', group] = text.split(':')
    const find = (file: string, name: string, what: string): number[] => {
      if (/^\d+$/.test(name)) return [Number(name)]
      const line = file
        .split('\n')
        .find((entry) => entry.startsWith(`${name}:`))
        ?.split(':')
      if (line !== undefined) return [Number(line[2]), Number(line[3])]
      if (state.unknown) return [0]
      throw faultAt(dockerfile, one, `the image has no ${what} ${name}`, 'write its number', offset)
    }
    const [uid = 0, own] = find(state.passwd, user, 'user')
    // A number alone stands for the group as well.
    const gid = group === undefined || group === '' ? (own ?? uid) : (find(state.group, group, 'group')[0] ?? 0)
    return { uid, gid }
  }
}
