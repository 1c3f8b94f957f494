import { extraFile, ids, scmRepo, templatedFile } from './common.ts'
import {
  choice,
  deprecated,
  flag,
  flagOrTemplate,
  integer,
  list,
  note,
  object,
  objectOr,
  pro,
  removed,
  template,
  text,
} from './kinds.ts'

export const release = object({
  github: scmRepo,
  gitlab: scmRepo,
  gitea: scmRepo,
  draft: flag,
  replace_existing_draft: flag,
  use_existing_draft: flag,
  target_commitish: template,
  disable: flagOrTemplate,
  skip_upload: flagOrTemplate,
  prerelease: template,
  make_latest: flagOrTemplate,
  name_template: template,
  ids,
  extra_files: list(extraFile),
  discussion_category_name: text,
  header: note,
  footer: note,
  mode: choice('keep-existing', 'append', 'prepend', 'replace'),
  replace_existing_artifacts: flag,
  include_meta: flag,
  /** Newer than v2.16. */
  preflight: object({ fail_on_error: flagOrTemplate }),
  tag: pro(template),
  templated_extra_files: pro(list(templatedFile)),
})

const group = { title: text, regexp: text, order: integer }

export const changelog = object({
  filters: object({ include: list(text), exclude: list(text) }),
  sort: choice('asc', 'desc', ''),
  disable: flagOrTemplate,
  use: choice('git', 'github', 'github-native', 'gitlab', 'gitea'),
  format: template,
  groups: list(object({ ...group, groups: pro(list(object(group))) })),
  abbrev: integer,
  skip: removed(flagOrTemplate),
  ai: pro(object({ use: choice('', 'anthropic', 'openai', 'ollama'), prompt: note, model: text })),
  title: pro(template),
  divider: pro(text),
  paths: pro(list(template)),
})

export const snapshot = object({ version_template: template, name_template: deprecated(template) })

export const git = object({
  tag_sort: choice('-version:refname', '-version:creatordate', 'semver', 'smartsemver'),
  prerelease_suffix: template,
  ignore_tags: list(template),
  ignore_tag_prefixes: pro(list(template)),
})

export const gitlabUrls = object({
  api: template,
  download: template,
  skip_tls_verify: flag,
  use_package_registry: flag,
  use_job_token: flag,
})

export const giteaUrls = object({ api: template, download: template, skip_tls_verify: flag })

export const githubUrls = object({ api: template, upload: template, download: template, skip_tls_verify: flag })

export const before = object({
  hooks: list(objectOr('cmd', { cmd: template, dir: template, env: list(template), output: flag, if: template })),
})
