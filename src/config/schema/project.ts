import { announce } from './announce.ts'
import { archive, checksum, source } from './archives.ts'
import { build, gomod, universalBinary, upx } from './builds.ts'
import { commitAuthor } from './common.ts'
import { docker, dockerDigest, dockerhub, dockerManifest, dockerV2, ko, retry } from './containers.ts'
import { brew, cask } from './homebrew.ts'
import { choice, deprecated, flag, integer, list, object, pro, template, text } from './kinds.ts'
import { aur, aurSource, krew, nix, scoop, winget } from './manifests.ts'
import { npm } from './npm.ts'
import { chocolatey, flatpak, makeself, nfpm, snapcraft, srpm } from './packages.ts'
import * as only from './pro.ts'
import { blob, iru, mcp, milestone, publisher, upload } from './publishers.ts'
import { before, changelog, git, giteaUrls, githubUrls, gitlabUrls, note, release, snapshot } from './release.ts'
import { binarySign, notarize, sbom, sign } from './signing.ts'

const metadata = object({
  mod_timestamp: template,
  description: pro(template),
  homepage: pro(template),
  license: pro(template),
  maintainers: pro(list(template)),
  commit_author: pro(commitAuthor),
  full_description: pro(note),
})

/** Every key at the top of `.goreleaser.yaml`: those of the open-source GoReleaser, and those that Pro documents. */
export const project = object({
  version: integer,
  pro: flag,
  project_name: template,
  env: list(template),
  env_files: object({ github_token: text, gitlab_token: text, gitea_token: text }),
  force_token: choice('github', 'gitlab', 'gitea', ''),
  dist: template,
  before,
  builds: list(build),
  universal_binaries: list(universalBinary),
  upx: list(upx),
  gomod,
  archives: list(archive),
  source,
  checksum,
  snapshot,
  changelog,
  git,
  github_urls: githubUrls,
  gitlab_urls: gitlabUrls,
  gitea_urls: giteaUrls,
  metadata,
  release,
  milestones: list(milestone),
  report_sizes: flag,
  retry,
  brews: deprecated(list(brew)),
  homebrew_casks: list(cask),
  nix: list(nix),
  winget: list(winget),
  aurs: list(aur),
  aur_sources: list(aurSource),
  krews: list(krew),
  scoops: list(scoop),
  chocolateys: list(chocolatey),
  nfpms: list(nfpm),
  srpm,
  snapcrafts: list(snapcraft),
  flatpak: list(flatpak),
  makeselfs: list(makeself),
  kos: list(ko),
  dockers: list(docker),
  docker_manifests: list(dockerManifest),
  dockers_v2: list(dockerV2),
  docker_digest: dockerDigest,
  signs: list(sign),
  docker_signs: list(sign),
  binary_signs: list(binarySign),
  notarize,
  sboms: list(sbom),
  artifactories: list(upload),
  uploads: list(upload),
  blobs: list(blob),
  publishers: list(publisher),
  mcp,
  iru,
  announce,
  npms: pro(list(npm)),
  includes: pro(list(only.include)),
  variables: pro(only.variables),
  after: pro(only.after),
  monorepo: pro(only.monorepo),
  nightly: pro(only.nightly),
  template_files: pro(list(only.templateFile)),
  partial: pro(only.partial),
  before_publish: pro(list(only.beforePublish)),
  gemfury: pro(list(only.gemfury)),
  furies: pro(deprecated(list(only.gemfury))),
  cloudsmiths: pro(list(only.cloudsmith)),
  dockerhub: pro(list(dockerhub)),
  dmg: pro(list(only.dmg)),
  pkgs: pro(list(only.pkg)),
  msi: pro(list(only.msi)),
  nsis: pro(list(only.nsis)),
  app_bundles: pro(list(only.appBundle)),
  verify: pro(only.verify),
  telemetry: pro(only.telemetry),
})
