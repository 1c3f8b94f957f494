import { TagonceError } from '../../core/errors.ts'
import type { AnySpoke } from '../../spokes/spoke.ts'
import type { Unit } from '../../spokes/unit.ts'
import { afterSpoke } from '../after-spoke.ts'
import { type DoneMark, observeMark, setMark } from '../../spokes/shared/done-mark.ts'
import { hostOf, recorder } from '../recorder.ts'
import { accounts } from './accounts.ts'
import { mail } from './mail.ts'
import { type Message, messageSchema } from './message.ts'
import { resolveAnnounce } from './resolve.ts'
import { webhooks } from './webhooks.ts'

interface AnnounceUnit extends Unit {
  message: Message
  mark: DoneMark
}

const SERVICES = { ...webhooks, ...accounts, ...mail }

/** `announce`: the release is told of, once every other channel is settled. */
export const announce: AnySpoke = afterSpoke<Message, AnnounceUnit>({
  name: 'announce',
  schema: messageSchema,
  stage: 'last',
  settings: resolveAnnounce,
  credentials: ({ secrets, tokenEnv }) => [...new Set([...secrets, tokenEnv])],
  units: (_, message) => {
    const { service, tokenEnv, releaseUrl } = message
    const mark = { name: `announce-${service}`, tokenEnv }
    return [{ id: `announce:${service}`, address: releaseUrl, needs: [], message, mark }]
  },
  observe: ({ mark }, hub, io) => observeMark(mark, hub.manifest, io),
  async publish({ message, mark }, _, hub, io) {
    const send = Object.hasOwn(SERVICES, message.service) ? SERVICES[message.service] : undefined
    if (send === undefined) throw new TagonceError('manifest', `this version knows no service ${message.service}`)
    await send(message, io)
    await setMark(mark, hub.manifest, io)
  },
  world: {
    client: async () => ({ skipped: 'nothing is installed from it' }),
    server: recorder,
    hosts: (settings) => Object.values((settings as Message).facts).flatMap(hostOf),
    credential(name) {
      const urls: Record<string, string> = {
        SLACK_WEBHOOK: 'https://hooks.slack.com/services/rehearsal',
        TEAMS_WEBHOOK: 'https://recorder.tagonce.invalid/teams-rehearsal',
        MATTERMOST_WEBHOOK: 'https://recorder.tagonce.invalid/mattermost-rehearsal',
      }
      return urls[name] ?? `rehearsal-${name.toLowerCase().replaceAll('_', '-')}`
    },
  },
})
