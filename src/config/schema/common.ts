import { choice, flag, flagOrTemplate, list, listOrOne, mode, object, objectOr, pro, template, text } from './kinds.ts'

/** Owner, group, mode and time of a packed file. */
export const fileInfo = object({ owner: template, group: template, mode, mtime: template })

/** A file that goes into an archive: a glob, or an object. */
export const file = objectOr('src', { src: template, dst: template, strip_parent: flag, info: fileInfo })

export const extraFile = objectOr('glob', { glob: template, name_template: template })

export const hook = objectOr('cmd', {
  dir: template,
  cmd: template,
  env: list(template),
  output: flag,
  if: pro(template),
})

/** A command, an object, or a list of both. */
export const hooks = listOrOne(hook)

export const buildHooks = object({ pre: hooks, post: hooks })

export const commitAuthor = object({
  name: template,
  email: template,
  signing: object({ enabled: flag, key: template, program: template, format: template }),
  use_github_app_token: flag,
})

const pullRequest = object({
  enabled: flag,
  base: objectOr('branch', { owner: template, name: template, branch: template }),
  draft: flag,
  body: pro(template),
  check_boxes: pro(flagOrTemplate),
})

/** Where a manifest is pushed to: a repository on GitHub, or any git remote. */
export const repository = object({
  owner: template,
  name: template,
  token: template,
  token_type: pro(choice('github', 'gitlab', 'gitea')),
  branch: template,
  git: object({ url: template, ssh_command: template, private_key: template }),
  pull_request: pullRequest,
})

export const scmRepo = object({ owner: template, name: template })

export const ids = list(text)

/** A file whose content is a template. */
export const templatedFile = object({ src: template, dst: template, mode, info: fileInfo })
