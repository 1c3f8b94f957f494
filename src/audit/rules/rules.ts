import type { Rule } from './rule.ts'
import { archiveIgnored } from './archive-ignored.ts'
import { archivedAction } from './archived-action.ts'
import { broadPermissions } from './broad-permissions.ts'
import { commentedHeader } from './commented-header.ts'
import { configEnvMissing } from './config-env-missing.ts'
import { crossRepoToken } from './cross-repo-token.ts'
import { danglingReference } from './dangling-reference.ts'
import { deadCondition } from './dead-condition.ts'
import { dispatchChain } from './dispatch-chain.ts'
import { dockerContext } from './docker-context.ts'
import { dockerfileContent } from './dockerfile-content.ts'
import { duplicateConfig } from './duplicate-config.ts'
import { duplicateWorkflow } from './duplicate-workflow.ts'
import { emptyOrBackupFile } from './empty-or-backup-file.ts'
import { eventDoubleFire } from './event-double-fire.ts'
import { floatingTool } from './floating-tool.ts'
import { goVersionDrift } from './go-version-drift.ts'
import { goreleaserDeprecated } from './goreleaser-deprecated.ts'
import { goreleaserLdflags } from './goreleaser-ldflags.ts'
import { goreleaserMain } from './goreleaser-main.ts'
import { goreleaserMajor } from './goreleaser-major.ts'
import { installSnippetMismatch } from './install-snippet-mismatch.ts'
import { invalidWorkflow } from './invalid-workflow.ts'
import { looseTagPattern } from './loose-tag-pattern.ts'
import { manyTagsPush } from './many-tags-push.ts'
import { missingPermission } from './missing-permission.ts'
import { multiTagCommit } from './multi-tag-commit.ts'
import { noConcurrency } from './no-concurrency.ts'
import { noopPublisher } from './noop-publisher.ts'
import { notHubFed } from './not-hub-fed.ts'
import { placeholderMismatch } from './placeholder-mismatch.ts'
import { releaseCache } from './release-cache.ts'
import { rerunUnsafe } from './rerun-unsafe.ts'
import { scatteredPublisher } from './scattered-publisher.ts'
import { secretNameDrift } from './secret-name-drift.ts'
import { shallowCheckout } from './shallow-checkout.ts'
import { shallowClone } from './shallow-clone.ts'
import { skipCiTag } from './skip-ci-tag.ts'
import { staleManifest } from './stale-manifest.ts'
import { tagCollision } from './tag-collision.ts'
import { tagHygiene } from './tag-hygiene.ts'
import { templateInjection } from './template-injection.ts'
import { tokenCannotTrigger } from './token-cannot-trigger.ts'
import { toolMissing } from './tool-missing.ts'
import { trustedPublishing } from './trusted-publishing.ts'
import { ungatedPublish } from './ungated-publish.ts'
import { unpinnedAction } from './unpinned-action.ts'
import { unreachableJob } from './unreachable-job.ts'
import { urlMismatch } from './url-mismatch.ts'
import { versionInputPrefix } from './version-input-prefix.ts'

/** Every rule of `tagonce audit`, in the order of docs/rules.md. */
export const RULES: Rule[] = [
  tagCollision,
  eventDoubleFire,
  scatteredPublisher,
  notHubFed,
  urlMismatch,
  invalidWorkflow,
  commentedHeader,
  duplicateWorkflow,
  emptyOrBackupFile,
  unreachableJob,
  deadCondition,
  dispatchChain,
  tokenCannotTrigger,
  missingPermission,
  ungatedPublish,
  rerunUnsafe,
  noConcurrency,
  versionInputPrefix,
  looseTagPattern,
  skipCiTag,
  manyTagsPush,
  multiTagCommit,
  tagHygiene,
  shallowCheckout,
  shallowClone,
  duplicateConfig,
  goreleaserDeprecated,
  goreleaserMajor,
  goreleaserMain,
  goreleaserLdflags,
  dockerContext,
  dockerfileContent,
  toolMissing,
  crossRepoToken,
  configEnvMissing,
  goVersionDrift,
  staleManifest,
  placeholderMismatch,
  noopPublisher,
  installSnippetMismatch,
  secretNameDrift,
  trustedPublishing,
  unpinnedAction,
  archivedAction,
  floatingTool,
  templateInjection,
  releaseCache,
  broadPermissions,
  danglingReference,
  archiveIgnored,
]
