/** In the second line of our hook; how it is known again. */
const MARK = '# tagonce freeze'

/** Name under which a hook that was there before goes on to be run. */
export const CHAINED = 'pre-push.before-tagonce'

/** Tags that are versions, as git and GitHub's rulesets match names. */
export const VERSION_TAGS = ['v*', '[0-9]*']

/** The setting, in the repository's own config, without which the hook lets everything through. */
export const FROZEN = 'tagonce.frozen'

export function isOurs(text: string): boolean {
  return text.split('\n', 2)[1]?.startsWith(MARK) === true
}

/**
 * A pre-push hook in plain sh (githooks(5): `<local ref> <local id> <remote ref> <remote id>` in a line each): version tags
 * leave only while `tagonce audit` finds no error; deleting one is let through. Then the hook that was there before runs,
 * with the same arguments and input.
 */
export function hookText(): string {
  const patterns = VERSION_TAGS.map((one) => `refs/tags/${one}`).join(' | ')
  return `#!/bin/sh
${MARK}: version tags wait until the audit has no errors. \`tagonce thaw\` takes this away.
refs=$(cat)
before=$(dirname "$0")/${CHAINED}

go_on() {
  [ -x "$before" ] || exit 0
  if [ -n "$refs" ]; then printf '%s\\n' "$refs" | "$before" "$@"; else "$before" "$@" </dev/null; fi
  exit $?
}

[ "$(git config --type=bool --get ${FROZEN})" = true ] || go_on "$@"

tags=
while read -r _ id ref _; do
  case $ref in ${patterns}) ;; *) continue ;; esac
  # An id of zeros deletes the tag.
  case $id in *[!0]*) tags="$tags \${ref#refs/tags/}" ;; esac
done <<REFS
$refs
REFS
[ -n "$tags" ] || go_on "$@"

if ! command -v tagonce >/dev/null 2>&1; then
  echo "tagonce freeze: releases are frozen, so nothing is pushed:$tags" >&2
  echo "tagonce is not on the PATH to say whether the audit is clean by now." >&2
  echo "Install it: npm install --global tagonce" >&2
  echo "Or lift the freeze yourself: git config --unset ${FROZEN}" >&2
  exit 1
fi
if ! found=$(tagonce audit --quiet 2>&1); then
  printf '%s\\n' "$found" >&2
  echo "tagonce freeze: the audit has errors, so nothing is pushed:$tags" >&2
  echo "Mend them (\\\`tagonce audit\\\`, \\\`tagonce clean\\\`), or lift the freeze: tagonce thaw" >&2
  exit 1
fi
go_on "$@"
`
}
