import type { Config } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import type { SpokeEntry } from '../../spokes/spoke.ts'
import { problemAt } from '../../spokes/shared/problem.ts'
import { sealText, secretsIn } from '../../spokes/shared/sealed-text.ts'
import type { Message } from './message.ts'

type Announce = NonNullable<Config['announce']>
type Service = Exclude<keyof Announce, 'skip'>

const OUT = '{{ .ProjectName }} {{ .Tag }} is out!'
const TEXT = `${OUT} Check it out at {{ .ReleaseURL }}`
const ICON = 'https://goreleaser.com/static/avatar.png'

/** What GoReleaser says where the config says nothing. */
const TEXTS: Partial<Record<Service, string>> = {
  telegram: '{{ print .ProjectName " " .Tag " is out! Check it out at " .ReleaseURL | mdv2escape }}',
  webhook: '{ "message": "{{ .ProjectName }} {{ .Tag }} is out! Check it out at {{ .ReleaseURL }}"}',
  smtp: 'You can view details from: {{ .ReleaseURL }}',
  opencollective: `${OUT}<br/>Check it out at <a href="{{ .ReleaseURL }}">{{ .ReleaseURL }}</a>`,
}

/** The variables that each needs, with GoReleaser's names. */
const SECRETS: Record<Service, string[]> = {
  bluesky: ['BLUESKY_APP_PASSWORD'],
  discord: ['DISCORD_WEBHOOK_ID', 'DISCORD_WEBHOOK_TOKEN'],
  discourse: ['DISCOURSE_API_KEY'],
  linkedin: ['LINKEDIN_ACCESS_TOKEN'],
  mastodon: ['MASTODON_ACCESS_TOKEN'],
  mattermost: ['MATTERMOST_WEBHOOK'],
  opencollective: ['OPENCOLLECTIVE_TOKEN'],
  reddit: ['REDDIT_SECRET', 'REDDIT_PASSWORD'],
  slack: ['SLACK_WEBHOOK'],
  smtp: ['SMTP_PASSWORD'],
  teams: ['TEAMS_WEBHOOK'],
  telegram: ['TELEGRAM_TOKEN'],
  twitter: ['TWITTER_CONSUMER_KEY', 'TWITTER_CONSUMER_SECRET', 'TWITTER_ACCESS_TOKEN', 'TWITTER_ACCESS_TOKEN_SECRET'],
  webhook: [],
}
const NEEDED: [Service, string][] = [
  ['discourse', 'server'],
  ['discourse', 'category_id'],
  ['webhook', 'endpoint_url'],
]

/** The messages of `announce`, by the alphabet of the services. */
export function resolveAnnounce(config: SpokeConfig): SpokeEntry<Message>[] {
  const announce = config.config.announce
  if (announce === undefined || config.plan.source.snapshot) return []
  const skipped = config.isTrue(announce.skip, ['announce', 'skip'])
  const services = Object.keys(SECRETS).toSorted() as Service[]
  return services.flatMap((service) => {
    const own = announce[service]
    const path = ['announce', service]
    if (own === undefined || !config.isTrue(own.enabled, [...path, 'enabled'])) return []
    if (service === 'smtp') checkMail(config, factsOfMail(config, own))
    const words = own as Record<string, unknown>
    if ((service === 'mastodon' && !words['server']) || (service === 'opencollective' && !words['slug'])) return []
    for (const [which, key] of NEEDED) {
      if (which === service && !words[key])
        problemAt(config, path, `announce.${service} needs \`${key}\``, `set \`${key}\``)
    }
    return [
      {
        entry: service,
        settings: messageOf(config, service, words),
        at: path,
        ...(skipped ? { skip: '`announce.skip` is true' } : {}),
      },
    ]
  })
}

function messageOf(config: SpokeConfig, service: Service, own: Record<string, unknown>): Message {
  const path = ['announce', service]
  const text = (key: string, otherwise = ''): string =>
    sealText(config, typeof own[key] === 'string' && own[key] !== '' ? own[key] : otherwise, [...path, key])
  const parts = service === 'slack' ? partsOf(config, own) : {}
  const mail = own as Mail
  if (service === 'smtp') parts['to'] = JSON.stringify(mail.to ?? [])
  const headers = Object.entries((own['headers'] ?? {}) as Record<string, string>)
  const message: Message = {
    service,
    text:
      service === 'reddit'
        ? ''
        : text(service === 'smtp' ? 'body_template' : 'message_template', TEXTS[service] ?? TEXT),
    title: text(
      service === 'smtp' ? 'subject_template' : 'title_template',
      service === 'opencollective' ? '{{ .Tag }}' : OUT,
    ),
    facts: service === 'smtp' ? factsOfMail(config, mail) : factsOf(service, own, text),
    parts,
    headers: Object.fromEntries(
      headers.map(([name, value]) => [name, sealText(config, value, [...path, 'headers', name])]),
    ),
    expected:
      (own['expected_status_codes'] as number[] | undefined) ?? (service === 'webhook' ? [200, 201, 202, 204] : []),
    releaseUrl: sealText(config, '{{ .ReleaseURL }}', path),
    secrets: SECRETS[service],
    tokenEnv: config.plan.hub.tokenEnv,
  }
  if (own['skip_tls_verify'] === true) {
    problemAt(
      config,
      [...path, 'skip_tls_verify'],
      'certificates are always checked',
      'leave `skip_tls_verify` out',
      'not-built',
    )
  }
  return { ...message, secrets: [...message.secrets, ...secretsIn(message)] }
}

type Text = (key: string, otherwise?: string) => string

function factsOf(service: Service, own: Record<string, unknown>, text: Text): Record<string, string> {
  const look = {
    username: text('username', 'GoReleaser'),
    emoji: text('icon_emoji'),
    icon: text('icon_url'),
    channel: text('channel'),
  }
  switch (service) {
    case 'slack':
      return look
    case 'mattermost':
      return { ...look, color: text('color', '#2D313E') }
    case 'discord':
      return { author: text('author', 'GoReleaser'), color: text('color', '3888754'), icon: text('icon_url', ICON) }
    case 'teams':
      return { color: text('color', '#2D313E'), icon: text('icon_url', ICON) }
    case 'telegram':
      return {
        chat: text('chat_id'),
        mode: own['parse_mode'] === 'HTML' ? 'HTML' : 'MarkdownV2',
        thread: text('message_thread_id'),
      }
    case 'discourse':
      return {
        server: text('server').replace(/\/$/, ''),
        category: String((own['category_id'] as number | undefined) ?? ''),
        username: text('username', 'system'),
      }
    case 'webhook':
      return { url: text('endpoint_url'), type: text('content_type', 'application/json; charset=utf-8') }
    case 'mastodon':
      return { server: text('server') }
    case 'reddit':
      return {
        application: text('application_id'),
        username: text('username'),
        sub: text('sub'),
        url: text('url_template', '{{ .ReleaseURL }}'),
      }
    case 'opencollective':
      return { slug: text('slug') }
    case 'bluesky':
      return { username: text('username') }
    case 'linkedin':
    case 'twitter':
    case 'smtp':
      break
  }
  return {}
}

/** Blocks and attachments of Slack: JSON, with templates in its texts. */
function partsOf(config: SpokeConfig, own: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    ['blocks', 'attachments'].flatMap((key) => {
      const given = own[key]
      if (!Array.isArray(given) || given.length === 0) return []
      const path = ['announce', 'slack', key]
      // A quote in a template is written with a backslash in JSON.
      const json = sealText(config, JSON.stringify(given).replaceAll('\\"', '"'), path)
      try {
        JSON.parse(json)
      } catch {
        problemAt(
          config,
          path,
          `announce.slack.${key} is no JSON when its templates are rendered`,
          'look at quotes and line breaks in its texts',
        )
        return []
      }
      return [[key, json]]
    }),
  )
}

type Mail = NonNullable<Announce['smtp']>

/** Where a mail goes; variables stand before the config, as with GoReleaser. */
function factsOfMail({ env = {} }: SpokeConfig, own: Mail): Record<string, string> {
  return {
    host: env['SMTP_HOST'] || (own.host ?? ''),
    port: env['SMTP_PORT'] || String(own.port ?? ''),
    username: env['SMTP_USERNAME'] || (own.username ?? ''),
    from: own.from ?? '',
    insecure: String(own.insecure_skip_verify ?? false),
  }
}

function checkMail(config: SpokeConfig, facts: Record<string, string>): void {
  const { smtp } = config.config.announce ?? {}
  const path = ['announce', 'smtp']
  for (const key of ['host', 'port', 'username'] as const) {
    if (!facts[key] || facts[key] === '0')
      problemAt(config, path, `announce.smtp needs \`${key}\``, `set \`${key}\`, or SMTP_${key.toUpperCase()}`)
  }
  if (facts['port'] && !/^\d{1,5}$/.test(facts['port']))
    problemAt(config, path, `${JSON.stringify(facts['port'])} is no port`, 'look at SMTP_PORT')
  if (!facts['from']) problemAt(config, path, 'announce.smtp needs `from`', 'set `from`')
  if ((smtp?.to ?? []).length === 0) problemAt(config, path, 'announce.smtp needs `to`', 'set `to`')
}
