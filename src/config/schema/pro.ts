import { extraFile, file, hooks, ids, templatedFile } from './common.ts'
import { retry } from './containers.ts'
import {
  any,
  choice,
  flag,
  flagOrTemplate,
  list,
  listOrOne,
  map,
  mode,
  object,
  removed,
  template,
  text,
} from './kinds.ts'

/** Keys at the top that only GoReleaser Pro documents (its schema-pro.json, v2.18). */
const from = {
  from_file: object({ path: template }),
  from_url: object({ url: template, headers: map(template) }),
}

export const include = object(from)

export const variables = map(any)

export const after = object({ hooks })

export const monorepo = object({ tag_prefix: template, dir: template })

export const nightly = object({
  version_template: template,
  tag_name: template,
  publish_release: flag,
  keep_single_release: flag,
  draft: flag,
  name_template: { ...template, deprecated: true },
})

export const templateFile = object({ id: text, src: template, dst: template, mode })

export const partial = object({ by: choice('goos', 'target') })

export const beforePublish = object({
  ids,
  dir: template,
  cmd: template,
  env: list(template),
  artifacts: list(
    choice('image', 'checksum', 'source', 'package', 'archive', 'binary', 'sbom', 'installer', 'diskimage'),
  ),
  output: flag,
  if: template,
})

const packageFormats = list(choice('apk', 'deb', 'rpm', 'src.rpm'))

export const gemfury = object({
  account: template,
  ids,
  formats: packageFormats,
  secret_name: text,
  disable: flagOrTemplate,
  skip: removed(flagOrTemplate),
})

export const cloudsmith = object({
  ids,
  organization: template,
  repository: template,
  formats: packageFormats,
  secret_name: text,
  disable: flagOrTemplate,
  distributions: map(listOrOne(template)),
  component: template,
  republish: flagOrTemplate,
})

const installer = { id: text, ids, name: template, replace: flag, mod_timestamp: template, if: template }

export const dmg = object({
  ...installer,
  goamd64: text,
  extra_files: list(extraFile),
  use: choice('binary', 'appbundle'),
  templated_extra_files: list(templatedFile),
})

export const pkg = object({
  ...installer,
  use: choice('binary', 'appbundle'),
  identifier: template,
  install_location: template,
  scripts: template,
})

export const msi = object({
  ...installer,
  wxs: template,
  goamd64: text,
  extra_files: list(template),
  extensions: list(template),
  hooks: object({ before: hooks, after: hooks }),
  version: choice('v3', 'v4'),
  disable: flagOrTemplate,
})

export const nsis = object({
  ...installer,
  script: template,
  goamd64: text,
  extra_files: list(extraFile),
  templated_extra_files: list(templatedFile),
  disable: flagOrTemplate,
})

export const appBundle = object({
  id: text,
  ids,
  name: template,
  if: template,
  mod_timestamp: template,
  icon: template,
  bundle: template,
  extra_files: list(file),
  templated_extra_files: list(templatedFile),
})

export const verify = object({
  disable: flagOrTemplate,
  commands: list(
    object({
      context: choice('dir', 'asset', 'image'),
      if: template,
      cmd: template,
      args: list(template),
      env: list(template),
    }),
  ),
  retry,
})

export const telemetry = object({ enabled: flag })
