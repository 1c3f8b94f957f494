import { buildHooks, ids, templatedFile } from './common.ts'
import {
  choice,
  deprecated,
  duration,
  flag,
  flagOrTemplate,
  integer,
  list,
  map,
  note,
  object,
  pro,
  removed,
  template,
  text,
} from './kinds.ts'

export const retry = object({ attempts: integer, delay: duration, max_delay: duration })

export const docker = object({
  id: text,
  ids,
  goos: text,
  goarch: text,
  goarm: text,
  goamd64: text,
  dockerfile: template,
  image_templates: list(template),
  skip_push: flagOrTemplate,
  skip_build: pro(flagOrTemplate),
  extra_files: list(template),
  build_flag_templates: list(template),
  push_flags: list(template),
  use: choice('docker', 'buildx', 'podman', ''),
  retry: deprecated(retry),
  templated_files: pro(list(templatedFile)),
  builds: removed(ids),
  use_buildx: removed(flag),
  templated_dockerfile: pro(template),
})

export const dockerManifest = object({
  id: text,
  name_template: template,
  skip_push: flagOrTemplate,
  image_templates: list(template),
  create_flags: list(template),
  push_flags: list(template),
  use: choice('docker', 'podman', ''),
  retry: deprecated(retry),
})

export const dockerV2 = object({
  id: text,
  ids,
  dockerfile: template,
  images: list(template),
  tags: list(template),
  labels: map(template),
  annotations: map(template),
  extra_files: list(template),
  platforms: list(template),
  build_args: map(template),
  flags: list(template),
  disable: flagOrTemplate,
  sbom: flagOrTemplate,
  hooks: buildHooks,
  retry: deprecated(retry),
  templated_extra_files: pro(list(templatedFile)),
  templated_dockerfile: pro(template),
})

export const dockerDigest = object({ disable: flagOrTemplate, name_template: template })

export const ko = object({
  id: text,
  build: text,
  main: template,
  working_dir: template,
  base_image: template,
  labels: map(template),
  annotations: map(template),
  user: template,
  repositories: list(template),
  platforms: list(template),
  tags: list(template),
  creation_time: template,
  ko_data_creation_time: template,
  sbom: choice('', 'spdx', 'none', 'cyclonedx', 'go.version-m'),
  sbom_directory: template,
  ldflags: list(template),
  flags: list(template),
  env: list(template),
  bare: flag,
  preserve_import_paths: flag,
  base_import_paths: flag,
  local_domain: template,
  disable: flagOrTemplate,
  repository: deprecated(template),
})

export const dockerhub = object({
  username: template,
  secret_name: text,
  images: list(template),
  disable: flagOrTemplate,
  description: template,
  full_description: note,
})
