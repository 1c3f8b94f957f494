import { z } from 'zod'
import { createGitHub } from '../external/github.ts'
import type { Milestones } from '../external/github-milestones.ts'
import type { HubReader } from '../hub/hub.ts'
import type { AnySpoke, ChannelIO } from '../spokes/spoke.ts'
import type { Unit } from '../spokes/unit.ts'
import { saw } from '../spokes/shared/evidence.ts'
import { afterSpoke } from './after-spoke.ts'

const schema = z.strictObject({
  title: z.string(),
  owner: z.string(),
  repo: z.string(),
  /** A milestone that is not there is a fault. */
  strict: z.boolean(),
  tokenEnv: z.string(),
})
type Settings = z.infer<typeof schema>
interface MilestoneUnit extends Unit {
  settings: Settings
}

/** `milestones`: that of the release is closed. */
export const milestones: AnySpoke = afterSpoke<Settings, MilestoneUnit>({
  name: 'milestones',
  schema,
  settings: (given) =>
    (given.config.milestones ?? []).flatMap((one, index) => {
      const { plan } = given
      if (plan.source.snapshot) return []
      const path = ['milestones', index]
      const title = given.render(one.name_template || '{{ .Tag }}', [...path, 'name_template'])
      const owner = given.render(one.repo?.owner ?? '', [...path, 'repo', 'owner']) || plan.hub.owner
      const repo = given.render(one.repo?.name ?? '', [...path, 'repo', 'name']) || plan.hub.repo
      const { tokenEnv } = plan.hub
      const settings = { title, owner, repo, strict: one.fail_on_error ?? false, tokenEnv }
      return [{ entry: title, settings, at: path, ...(one.close === true ? {} : { skip: '`close` is not set' }) }]
    }),
  credentials: ({ tokenEnv }) => [tokenEnv],
  units: ({ hub }, settings) => {
    const { owner, repo, title } = settings
    const address = `${hub.download}/${owner}/${repo}/milestones`
    return [{ id: `milestones:${owner}/${repo}/${title}`, address, needs: [], settings }]
  },
  async observe({ settings, address }, hub, io) {
    const found = await clientOf(settings, hub, io).find(settings, settings.title)
    if (found === null) {
      const what = `there is no milestone ${settings.title}`
      return settings.strict
        ? saw(io, 'blocked', what, address, `${what}, and \`fail_on_error\` is set`)
        : saw(io, 'live', what, address, `${what}: nothing to close`)
    }
    return saw(io, found.state === 'closed' ? 'live' : 'absent', `milestone ${found.number} is ${found.state}`, address)
  },
  async publish({ settings }, _, hub, io) {
    const client = clientOf(settings, hub, io)
    const found = await client.find(settings, settings.title)
    if (found !== null && found.state === 'open') await client.close(settings, found.number)
  },
})

function clientOf(
  { tokenEnv }: Settings,
  { manifest: { hub } }: HubReader,
  { http, credentials }: ChannelIO,
): Milestones {
  return createGitHub({ http, api: hub.api, upload: hub.upload, token: credentials.get(tokenEnv) }).milestones
}
