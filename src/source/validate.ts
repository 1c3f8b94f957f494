import type { Diagnostic } from '../core/errors.ts'
import type { Source } from './source.ts'

/**
 * What stands in the way of releasing this source, all at once; nothing for a snapshot but what is worth knowing. Pure.
 * @example validate(source).filter((one) => one.severity === 'error')
 */
export function validate(source: Source): Diagnostic[] {
  const found = [notAVersion(source), shallow(source), severalTags(source)]
  if (!source.snapshot && source.nightly !== true) found.push(dirty(source), otherCommit(source))
  return found.filter((one) => one !== undefined)
}

function notAVersion(source: Source): Diagnostic | undefined {
  if (source.semverValid !== false) return undefined
  return {
    severity: source.snapshot ? 'warning' : 'error',
    code: 'tag-not-a-version',
    message: `the tag ${source.tag} is not a semantic version`,
    mend: 'tag the commit with a version such as v1.2.3, or name the tag with GORELEASER_CURRENT_TAG',
  }
}

function shallow(source: Source): Diagnostic | undefined {
  if (source.shallow !== true) return undefined
  return {
    severity: 'warning',
    code: 'shallow-clone',
    message: 'the clone is shallow: the previous tag and the changelog may be wrong',
    mend: 'fetch the whole history (actions/checkout with fetch-depth: 0)',
  }
}

function severalTags(source: Source): Diagnostic | undefined {
  const tags = source.tagsHere ?? []
  if (tags.length < 2 || source.tagFrom !== 'commit') return undefined
  return {
    severity: 'warning',
    code: 'several-tags',
    message: `several tags are on this commit (${tags.join(', ')}); ${source.tag} is taken`,
    mend: `export GORELEASER_CURRENT_TAG=${tags.find((tag) => tag !== source.tag)} for the other one`,
  }
}

function dirty(source: Source): Diagnostic | undefined {
  if (!source.dirty) return undefined
  const shown = source.changes.slice(0, 10).join('\n  ')
  const more = source.changes.length > 10 ? `\n  … and ${source.changes.length - 10} more` : ''
  const onlyNew = source.changes.every((line) => line.startsWith('?? '))
  return {
    severity: 'error',
    code: 'dirty-tree',
    message: `the working tree has changes that the tag does not have:\n  ${shown}${more}`,
    mend: onlyNew
      ? 'commit these files, remove them, or list them in .gitignore'
      : 'commit or stash them, or try it with --snapshot',
  }
}

function otherCommit(source: Source): Diagnostic | undefined {
  if (source.tagCommit === undefined || source.tagCommit === source.commit) return undefined
  if (source.tagCommit === '') {
    return {
      severity: 'error',
      code: 'tag-missing',
      message: `there is no tag ${source.tag} in this repository`,
      mend: `git fetch --tags, or git tag -a ${source.tag} -m ${source.tag}`,
    }
  }
  return {
    severity: 'error',
    code: 'tag-elsewhere',
    message: `the tag ${source.tag} is on commit ${source.tagCommit.slice(0, 7)}, but HEAD is ${source.shortCommit}`,
    mend: `git checkout ${source.tag}, or tag this commit`,
  }
}
