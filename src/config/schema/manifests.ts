import { commitAuthor, ids, repository } from './common.ts'
import { choice, flagOrTemplate, list, object, objectOr, pro, removed, template, text } from './kinds.ts'

/** What every manifest that is pushed to a repository has. */
const pushed = {
  name: template,
  ids,
  repository,
  commit_author: commitAuthor,
  commit_msg_template: template,
  description: template,
  homepage: template,
  url_template: template,
  skip_upload: flagOrTemplate,
  goamd64: text,
}

export const nix = object({
  ...pushed,
  path: template,
  install: template,
  extra_install: template,
  post_install: template,
  license: template,
  dependencies: list(objectOr('name', { name: text, os: choice('', 'linux', 'darwin') })),
  formatter: template,
  main_program: template,
})

const wingetTexts = {
  package_name: template,
  publisher: template,
  publisher_url: template,
  publisher_support_url: template,
  privacy_url: template,
  copyright: template,
  copyright_url: template,
  author: template,
  short_description: template,
  description: template,
  homepage: template,
  license: template,
  license_url: template,
  release_notes: template,
  release_notes_url: template,
  installation_notes: template,
  tags: list(template),
}

export const winget = object({
  ...pushed,
  ...wingetTexts,
  package_identifier: template,
  path: template,
  dependencies: list(object({ package_identifier: template, minimum_version: template })),
  default_locale: text,
  additional_locales: list(object({ locale: text, ...wingetTexts })),
  product_code: pro(template),
  use: pro(choice('archive', 'binary', 'msi', 'nsis')),
})

export const krew = object({
  ...pushed,
  caveats: template,
  short_description: template,
  goarm: text,
  index: removed(repository),
})

export const scoop = object({
  ...pushed,
  directory: template,
  license: template,
  persist: list(template),
  pre_install: list(template),
  post_install: list(template),
  depends: list(template),
  shortcuts: list(list(template)),
  use: pro(choice('archive', 'msi', 'nsis')),
  folder: removed(template),
  bucket: removed(repository),
})

const arch = {
  name: template,
  ids,
  commit_author: commitAuthor,
  commit_msg_template: template,
  description: template,
  homepage: template,
  license: template,
  skip_upload: flagOrTemplate,
  url_template: template,
  maintainers: list(template),
  contributors: list(template),
  provides: list(template),
  conflicts: list(template),
  depends: list(template),
  optdepends: list(template),
  backup: list(template),
  rel: template,
  package: template,
  git_url: template,
  git_ssh_command: template,
  private_key: template,
  goamd64: text,
  directory: template,
  disable: flagOrTemplate,
  install: template,
}

export const aur = object(arch)

export const aurSource = object({
  ...arch,
  arches: list(template),
  makedepends: list(template),
  prepare: template,
  build: template,
})
