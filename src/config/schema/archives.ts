import { extraFile, file, fileInfo, hooks, ids, templatedFile } from './common.ts'
import {
  choice,
  deprecated,
  flag,
  flagOrTemplate,
  list,
  listOrOne,
  map,
  object,
  pro,
  removed,
  template,
  text,
} from './kinds.ts'

const format = choice('tar.gz', 'tgz', 'tar', 'tar.xz', 'txz', 'tar.zst', 'tzst', 'zip', 'gz', 'xz', 'binary', 'none')

export const archive = object({
  id: text,
  ids,
  builds_info: fileInfo,
  name_template: template,
  formats: listOrOne(format),
  format_overrides: list(object({ goos: text, formats: listOrOne(format), format: deprecated(format) })),
  wrap_in_directory: flagOrTemplate,
  strip_binary_directory: flag,
  files: list(file),
  meta: flag,
  allow_different_binary_count: flag,
  hooks: pro(object({ before: hooks, after: hooks })),
  templated_files: pro(list(templatedFile)),
  format: deprecated(format),
  builds: deprecated(ids),
  strip_parent_binary_folder: removed(flag),
  rlcp: removed(flagOrTemplate),
  replacements: removed(map(text)),
})

export const source = object({
  name_template: template,
  format: choice('tar', 'tgz', 'tar.gz', 'zip'),
  enabled: flag,
  prefix_template: template,
  files: list(file),
  templated_files: pro(list(templatedFile)),
  rlcp: removed(flagOrTemplate),
})

export const checksum = object({
  name_template: template,
  algorithm: text,
  split: flag,
  ids,
  disable: flag,
  extra_files: list(extraFile),
  templated_extra_files: pro(list(templatedFile)),
})
