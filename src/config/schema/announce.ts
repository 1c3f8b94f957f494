import { any, choice, flag, flagOrTemplate, integer, list, map, object, template, text } from './kinds.ts'

const message = { enabled: flagOrTemplate, message_template: template }
const titled = { ...message, title_template: template }

export const announce = object({
  skip: flagOrTemplate,
  twitter: object(message),
  mastodon: object({ ...message, server: template }),
  reddit: object({
    enabled: flagOrTemplate,
    application_id: text,
    username: text,
    title_template: template,
    url_template: template,
    sub: text,
  }),
  slack: object({
    ...message,
    channel: template,
    username: template,
    icon_emoji: template,
    icon_url: template,
    blocks: list(any),
    attachments: list(any),
  }),
  discord: object({ ...message, author: template, color: text, icon_url: template }),
  teams: object({ ...titled, color: text, icon_url: template }),
  smtp: object({
    enabled: flagOrTemplate,
    host: text,
    port: integer,
    username: text,
    from: text,
    to: list(text),
    subject_template: template,
    body_template: template,
    insecure_skip_verify: flag,
  }),
  mattermost: object({
    ...titled,
    color: text,
    channel: template,
    username: template,
    icon_emoji: template,
    icon_url: template,
  }),
  linkedin: object(message),
  telegram: object({
    ...message,
    chat_id: template,
    parse_mode: choice('MarkdownV2', 'HTML', ''),
    message_thread_id: template,
  }),
  webhook: object({
    ...message,
    skip_tls_verify: flag,
    endpoint_url: template,
    headers: map(template),
    content_type: text,
    expected_status_codes: list(integer),
  }),
  opencollective: object({ ...titled, slug: text }),
  bluesky: object({ ...message, username: template }),
  discourse: object({ ...titled, server: template, category_id: integer, username: text }),
})
