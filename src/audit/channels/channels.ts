import { actingSteps } from '../explain/collisions.ts'
import type { Effect, ExplainedWorkflow, Explanation } from '../model.ts'
import type { AuditInput } from '../rules/rule.ts'
import { compare, isNamedLater } from './compare.ts'
import type { ChannelFeed, Publisher, WantedFile } from './feed.ts'
import { type Wrapper, wrappersOf } from './wrappers.ts'
import { type Wanted, wantedIn } from './wanted.ts'

type Input = Omit<AuditInput, 'channels'>

interface Publishing {
  publisher: Publisher
  effect: Effect
  /** The job takes files from the release first: `gh release download`. */
  fromHub: boolean
}

interface Group {
  channel: string
  name?: string
  publishing: Publishing[]
  wrappers: Wrapper[]
}

/**
 * Every channel that something publishes to, and where its bytes come from: publishers of all workflows, whatever
 * starts them, beside the wrappers of the repository and the names that the config will produce.
 */
export function channelFeeds(input: Input): ChannelFeed[] {
  const groups = new Map<string, Group>()
  for (const one of publishingOf(input))
    groupOf(groups, one.effect.channel ?? '', cleanName(one.effect.name)).publishing.push(one)
  for (const wrapper of wrappersOf(input.snapshot))
    groupOf(groups, wrapper.channel, wrapper.name).wrappers.push(wrapper)
  return [...groups.values()]
    .filter((group) => group.publishing.length > 0 || takesFromRelease(group, input))
    .map((group) => feedOf(group, input))
    .sort((a, b) => a.channel.localeCompare(b.channel, 'en') || (a.name ?? '').localeCompare(b.name ?? '', 'en'))
}

/** One group for a package; where a name is not known, the only package of the channel is meant. */
function groupOf(groups: Map<string, Group>, channel: string, name: string | undefined): Group {
  const sameChannel = [...groups.values()].filter((one) => one.channel === channel)
  const known =
    sameChannel.find((one) => one.name === name) ??
    (name === undefined && sameChannel.length === 1 ? sameChannel[0] : undefined)
  if (known !== undefined) return known
  const unnamed = sameChannel.find((one) => one.name === undefined)
  if (unnamed !== undefined && name !== undefined) {
    unnamed.name = name
    return unnamed
  }
  const group: Group = { channel, publishing: [], wrappers: [], ...(name === undefined ? {} : { name }) }
  groups.set(`${channel}\0${name ?? ''}`, group)
  return group
}

/** A name that is known: no expression, and no tag of an image. */
function cleanName(name: string | undefined): string | undefined {
  const bare = name?.replace(/:[^/]*$/, '')
  return bare === undefined || /[$*]|\{\{/.test(bare) ? undefined : bare
}

function publishingOf(input: Input): Publishing[] {
  const seen = new Set<string>()
  const found: Publishing[] = []
  const workflows = [input.onTag, input.onRelease, input.onDispatch].flatMap(allOf)
  for (const { workflow, job, step, effect } of actingSteps(workflows)) {
    if (effect.kind !== 'publish') continue
    const id = JSON.stringify([effect.channel, effect.name, effect.through, effect.where])
    if (seen.has(id)) continue
    seen.add(id)
    const publisher = { workflow, job, step, through: effect.through, where: effect.where }
    found.push({ publisher, effect, fromHub: downloadsFromHub(input, effect.where.file, job) })
  }
  return found
}

function allOf(explanation: Explanation): ExplainedWorkflow[] {
  return [
    ...explanation.workflows,
    ...explanation.next.flatMap((one) => (one.explanation === undefined ? [] : allOf(one.explanation))),
  ]
}

function downloadsFromHub(input: Input, path: string, job: string): boolean {
  const steps = input.workflows.find((one) => one.path === path)?.jobs.find((one) => one.id === job)?.steps ?? []
  return steps.some(
    (step) =>
      /gh release download|releases\/(latest\/)?download\//.test(step.run ?? '') ||
      /^(robinraju\/release-downloader|dsaltares\/fetch-gh-release-asset)@/.test(step.uses ?? ''),
  )
}

/** A wrapper that nobody publishes is still shipped by hand, when it takes files of this project's release. */
function takesFromRelease(group: Group, input: Input): boolean {
  return group.wrappers.some((wrapper) => filesOf(wrapper, input).length > 0)
}

function filesOf(wrapper: Wrapper, input: Input): WantedFile[] {
  const plan = input.config?.plan
  if (plan === undefined) return []
  const filling = { project: plan.project, version: plan.version, tag: plan.source.tag }
  const wanted = wantedIn(wrapper.path, wrapper.text, filling).filter((one) => !isNamedLater(one.name, plan))
  return compare(wanted.filter(ownName(plan.project)), plan)
}

/** A name in a table counts where it begins like the project; one in a URL always. */
function ownName(project: string): (one: Wanted) => boolean {
  return (one) =>
    one.repository !== undefined || one.tag !== undefined || one.name.toLowerCase().startsWith(project.toLowerCase())
}

function feedOf(group: Group, input: Input): ChannelFeed {
  const files = group.wrappers.flatMap((wrapper) => filesOf(wrapper, input))
  const wrong = files.filter((one) => one.planned !== one.wanted)
  const answer = wrong.length > 0 ? mismatch(wrong) : stateOf(group, files)
  return {
    channel: group.channel,
    ...(group.name === undefined ? {} : { name: group.name }),
    ...answer,
    publishers: group.publishing.map((one) => one.publisher),
    files,
  }
}

function mismatch(wrong: WantedFile[]): Pick<ChannelFeed, 'state' | 'reason'> {
  const [first] = wrong
  const made = first?.planned === undefined ? 'nothing is made for it' : `the release will hold ${first.planned}`
  const more = wrong.length > 1 ? `, and ${wrong.length - 1} more` : ''
  return { state: 'url-mismatch', reason: `${first?.where.file} asks for ${first?.wanted}; ${made}${more}` }
}

function stateOf(group: Group, files: WantedFile[]): Pick<ChannelFeed, 'state' | 'reason'> {
  const [wrapper] = group.wrappers
  const builds = group.wrappers.find((one) => isBuiltFromSource(one))
  const answers = group.publishing.map((one) => answerOf(one, files.length > 0 ? wrapper : undefined, builds))
  const order: ChannelFeed['state'][] = ['rebuilds', 'own bytes', 'hub-fed']
  for (const state of order) {
    const found = answers.find((one) => one.state === state)
    if (found !== undefined) return found
  }
  return { state: 'hub-fed', reason: `${wrapper?.path} takes its files from the release` }
}

function answerOf(
  { effect, publisher, fromHub }: Publishing,
  wrapper: Wrapper | undefined,
  builds: Wrapper | undefined,
): Pick<ChannelFeed, 'state' | 'reason'> {
  const by = `${publisher.workflow}: ${effect.through}`
  if (effect.source === 'hub') return { state: 'hub-fed', reason: `${by} takes the files of the release` }
  if (wrapper !== undefined) return { state: 'hub-fed', reason: `${wrapper.path} takes its files from the release` }
  if (fromHub) return { state: 'hub-fed', reason: `${by} publishes what its job took from the release` }
  if (effect.source === 'rebuild') return { state: 'rebuilds', reason: `${by} builds again` }
  if (builds !== undefined) return { state: 'rebuilds', reason: `${builds.path} builds from source` }
  return { state: 'own bytes', reason: `${by} publishes files that are not those of the release` }
}

function isBuiltFromSource({ channel, text }: Wrapper): boolean {
  if (channel === 'snap') return /^\s+plugin:\s*(go|rust|cmake|make|python|npm)/m.test(text)
  if (channel === 'aur') return /archive\/(refs\/tags\/)?|git\+/.test(text) && /^build\(\)/m.test(text)
  return channel === 'homebrew' && /archive\/refs\/tags/.test(text)
}
