import { extraFile, ids, templatedFile } from './common.ts'
import { any, choice, flag, flagOrTemplate, list, map, object, template, text } from './kinds.ts'

/** Pro's `npms`, with our `mode`: one package per platform, or a wrapper that downloads at first run. */
export const npm = object({
  id: text,
  ids,
  name: template,
  description: template,
  homepage: template,
  keywords: list(text),
  license: template,
  author: template,
  repository: template,
  bugs: template,
  files: list(extraFile),
  extra_files: list(extraFile),
  templated_files: list(templatedFile),
  templated_extra_files: list(templatedFile),
  access: choice('', 'public', 'restricted'),
  tag: template,
  format: choice('tar', 'tgz', 'tar.gz', 'zip', 'binary'),
  url_template: template,
  if: template,
  disable: flagOrTemplate,
  skip_upload: flagOrTemplate,
  extra: map(any),
  mode: choice('platform', 'download'),
  /** Ours too: the variable that holds the registry's token, as `{{ .Env.NAME }}`. */
  token: template,
  /** Ours: npm takes the workflow's identity instead of a token. */
  trusted_publishing: flag,
  /** A signed statement of where the package was built, as `npm publish --provenance` makes. Ours. */
  provenance: flag,
  /** Ours: versions wait until a maintainer approves them. */
  staged: flag,
})
