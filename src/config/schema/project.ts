import { archive, checksum } from './archives.ts'
import { build, gomod } from './builds.ts'
import { brew, cask } from './homebrew.ts'
import { deprecated, flag, integer, list, object, pro, template } from './kinds.ts'
import { npm } from './npm.ts'
import { before, changelog, git, githubUrls, release, snapshot } from './release.ts'

/** Every key at the top of `.goreleaser.yaml`. */
export const project = object({
  version: integer,
  pro: flag,
  project_name: template,
  env: list(template),
  dist: template,
  before,
  builds: list(build),
  gomod,
  archives: list(archive),
  checksum,
  snapshot,
  changelog,
  git,
  github_urls: githubUrls,
  metadata: object({ mod_timestamp: template }),
  release,
  brews: deprecated(list(brew)),
  homebrew_casks: list(cask),
  npms: pro(list(npm)),
})
