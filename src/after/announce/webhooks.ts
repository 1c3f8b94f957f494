import { TagonceError } from '../../core/errors.ts'
import type { ChannelIO } from '../../spokes/spoke.ts'
import { openText } from '../../spokes/shared/sealed-text.ts'
import type { Message } from './message.ts'
import { post, secretUrl } from './post.ts'

export type Send = (message: Message, io: ChannelIO) => Promise<void>

/** Services that take one request. What each is sent is what GoReleaser sends. */
export const webhooks: Record<string, Send> = {
  async webhook(message, io) {
    const { BASIC_AUTH_HEADER_VALUE: basic, BEARER_TOKEN_HEADER_VALUE: bearer } = optional(io, [
      'BASIC_AUTH_HEADER_VALUE',
      'BEARER_TOKEN_HEADER_VALUE',
    ])
    const authorization = basic ?? bearer
    await post(
      openText(message.facts['url'] ?? '', io.credentials),
      {
        shown: 'the webhook',
        body: openText(message.text, io.credentials),
        headers: {
          'content-type': message.facts['type'] ?? '',
          ...(authorization === undefined ? {} : { authorization }),
          ...Object.fromEntries(
            Object.entries(message.headers).map(([name, value]) => [name, openText(value, io.credentials)]),
          ),
        },
        expected: message.expected,
      },
      io,
    )
  },
  async slack({ text, facts, parts }, io) {
    const body = {
      ...filled({
        username: facts['username'],
        icon_emoji: facts['emoji'],
        icon_url: facts['icon'],
        channel: facts['channel'],
        text,
      }),
      ...Object.fromEntries(Object.entries(parts).map(([key, json]) => [key, JSON.parse(json) as unknown])),
      replace_original: false,
      delete_original: false,
    }
    await post(secretUrl(io, 'SLACK_WEBHOOK'), { shown: 'Slack', body }, io)
  },
  async discord({ text, facts }, io) {
    const { DISCORD_API: api = 'https://discord.com/api' } = optional(io, ['DISCORD_API'])
    const url = `${api.replace(/\/$/, '')}/webhooks/${io.credentials.get('DISCORD_WEBHOOK_ID')}/${io.credentials.get('DISCORD_WEBHOOK_TOKEN')}`
    const author = { name: facts['author'], icon_url: facts['icon'] }
    await post(
      url,
      {
        shown: 'Discord',
        body: { embeds: [{ description: text, color: Number(facts['color']), author }] },
        expected: [200, 204],
      },
      io,
    )
  },
  async teams({ text, title, facts }, io) {
    const section = { activityTitle: title, activityText: text, activityImage: facts['icon'], markdown: true }
    const card = {
      '@type': 'MessageCard',
      '@context': 'https://schema.org/extensions',
      summary: title,
      themeColor: facts['color'],
      sections: [section],
    }
    await post(secretUrl(io, 'TEAMS_WEBHOOK'), { shown: 'Teams', body: card }, io)
  },
  async mattermost({ text, title, facts }, io) {
    const attachment = {
      fallback: '',
      color: facts['color'],
      pretext: '',
      author_name: '',
      author_link: '',
      author_icon: '',
      title,
      title_link: '',
      text,
      fields: null,
      footer: '',
      footer_icon: '',
    }
    const body = {
      text: '',
      username: facts['username'],
      icon_url: facts['icon'],
      channel: facts['channel'],
      attachments: [attachment],
      icon_emoji: facts['emoji'],
    }
    await post(secretUrl(io, 'MATTERMOST_WEBHOOK'), { shown: 'Mattermost', body }, io)
  },
  async telegram({ text, facts }, io) {
    const thread = facts['thread'] ?? ''
    const body = {
      parse_mode: facts['mode'],
      text,
      chat_id: facts['chat'],
      ...(thread === '' ? {} : { message_thread_id: Number(thread) }),
    }
    const url = `https://api.telegram.org/bot${io.credentials.get('TELEGRAM_TOKEN')}/sendMessage`
    const answer = await post(url, { shown: 'Telegram', body }, io)
    if (answer['ok'] === true) return
    throw new TagonceError('spoke', `Telegram took it not: ${JSON.stringify(answer['description'])}`)
  },
  async discourse({ text, title, facts }, io) {
    const headers = { 'api-username': facts['username'] ?? '', 'api-key': io.credentials.get('DISCOURSE_API_KEY') }
    const body = { title, raw: text, category: Number(facts['category']) }
    await post(`${facts['server'] ?? ''}/posts.json`, { shown: 'Discourse', body, headers }, io)
  },
}

function filled(record: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter((pair): pair is [string, string] => (pair[1] ?? '') !== ''))
}

function optional(io: ChannelIO, names: string[]): Record<string, string | undefined> {
  return Object.fromEntries(
    names.map((name) => [name, io.credentials.has(name) ? io.credentials.get(name) : undefined]),
  )
}
