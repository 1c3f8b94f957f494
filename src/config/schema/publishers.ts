import { extraFile, ids, scmRepo, templatedFile } from './common.ts'
import { choice, flag, flagOrTemplate, list, map, object, pro, removed, template, text } from './kinds.ts'

export const blob = object({
  bucket: template,
  provider: template,
  region: template,
  disable_ssl: flag,
  directory: template,
  kms_key: template,
  ids,
  endpoint: template,
  extra_files: list(extraFile),
  disable: flagOrTemplate,
  s3_force_path_style: flag,
  acl: template,
  cache_control: list(template),
  content_disposition: template,
  include_meta: flag,
  extra_files_only: flag,
  templated_extra_files: pro(list(templatedFile)),
  if: pro(template),
  folder: removed(template),
  kmskey: removed(template),
  disableSSL: removed(flag),
})

export const upload = object({
  name: template,
  ids,
  exts: list(text),
  target: template,
  username: template,
  password: template,
  mode: choice('binary', 'archive', ''),
  method: text,
  checksum_header: text,
  client_x509_cert: template,
  client_x509_key: template,
  trusted_certificates: text,
  checksum: flag,
  signature: flag,
  meta: flag,
  custom_artifact_name: flag,
  custom_headers: map(template),
  extra_files: list(extraFile),
  extra_files_only: flag,
  skip: flagOrTemplate,
  matrix: pro(map(list(text))),
  templated_extra_files: pro(list(templatedFile)),
})

export const publisher = object({
  name: template,
  ids,
  checksum: flag,
  signature: flag,
  meta: flag,
  dir: template,
  cmd: template,
  env: list(template),
  extra_files: list(extraFile),
  disable: flagOrTemplate,
  templated_extra_files: pro(list(templatedFile)),
  if: pro(template),
  output: pro(flagOrTemplate),
})

export const milestone = object({ repo: scmRepo, close: flag, fail_on_error: flag, name_template: template })

/** Newer than v2.16. */
export const iru = object({
  url: template,
  name: template,
  ids,
  api_token: template,
  library_item_id: template,
  install_type: choice('package', 'zip', 'image'),
  install_enforcement: choice('install_once', 'continuously_enforce', 'no_enforcement'),
  unzip_location: template,
  audit_script: template,
  preinstall_script: template,
  postinstall_script: template,
  show_in_self_service: flag,
  self_service_category_id: template,
  self_service_recommended: flag,
  active: flag,
  restart: flag,
  disable: flagOrTemplate,
})

const mcpKeys = {
  name: template,
  title: template,
  description: template,
  homepage: template,
  packages: list(
    object({
      registry_type: choice('oci', 'npm', 'pypi', 'nuget', 'mcpb'),
      identifier: template,
      transport: object({ type: choice('stdio', 'streamable-http', 'sse'), url: template }),
    }),
  ),
  transports: list(object({ type: choice('stdio', 'streamable-http', 'sse'), url: template })),
  disable: flagOrTemplate,
  repository: object({ url: template, source: choice('github', 'gitlab', 'gitea'), id: template, subfolder: template }),
  auth: object({ type: choice('none', 'github', 'github-oidc'), token: template }),
}

export const mcp = object({ ...mcpKeys, github: { ...object(mcpKeys), deprecated: true } })
