import { ids } from './common.ts'
import { choice, flagOrTemplate, list, object, template, text } from './kinds.ts'

/** Pro's `npms`, with our `mode`: one package per platform, or a wrapper that downloads at first run. */
export const npm = object({
  id: text,
  ids,
  name: template,
  description: template,
  homepage: template,
  keywords: list(template),
  license: template,
  author: template,
  repository: template,
  bugs: template,
  access: template,
  tag: template,
  format: text,
  url_template: template,
  disable: flagOrTemplate,
  skip_upload: flagOrTemplate,
  if: template,
  mode: choice('platform', 'download'),
})
