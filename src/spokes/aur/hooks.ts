/**
 * What the AUR does before git: who may come, and whose a package is (aurweb, aurweb/git/serve.py). A part of a script for sh; states
 * are files: `maintenance`, `banned` with its words, `NAME.git/maintainer` (empty = orphaned).
 */
export const SERVE = `
[ -f "$base/maintenance" ] && { echo 'The AUR is down due to maintenance. We will be back soon.' >&2; exit 1; }
[ -f "$base/banned" ] && { echo 'The SSH interface is disabled for your IP address.' >&2; exit 1; }
if [ "$verb" = list-repos ]; then
  set +f
  for one in "$base"/*.git; do [ -d "$one" ] && basename "$one" .git; done
  exit 0
fi
case "$name" in
  [a-z0-9]*) ;;
  *) echo "invalid repository name: $name" >&2; exit 1 ;;
esac
case "$name" in *[!a-z0-9.+_-]*) echo "invalid repository name: $name" >&2; exit 1 ;; esac
if [ "$verb" = receive-pack ] && [ -f "$base/$name.git/maintainer" ]; then
  owner=$(cat "$base/$name.git/maintainer")
  [ -n "$owner" ] || { echo "$name is orphaned. Please adopt it before pushing." >&2; exit 1; }
  [ "$owner" = rehearsal ] || { echo 'permission denied: rehearsal' >&2; exit 1; }
fi
`

/** The AUR's update hook (aurweb, aurweb/git/update.py), for packages of one name. `blacklist` and `providers` are files beside. */
export const UPDATE = `#!/bin/sh
ref=$1 old=$2 new=$3
zero=0000000000000000000000000000000000000000
pkgbase=$(basename "$PWD" .git)
die() { echo "error: $1" >&2; exit 1; }
[ "$ref" = refs/heads/master ] || die 'pushing to a branch other than master is restricted'
[ "$new" != $zero ] || die 'deleting is not possible'
range=$new
if [ "$old" != $zero ]; then
  [ -z "$(git rev-list -n 1 "$old" "^$new")" ] || die 'denying non-fast-forward (you should pull first)'
  range="$new ^$old"
fi
field() { git show "$c:.SRCINFO" | sed -n "s/^[[:space:]]*$1 = //p"; }
for c in $(git rev-list $range); do
  bad() {
    echo 'error: The following error occurred when parsing commit' >&2
    echo "error: $c:" >&2
    die "$1"
  }
  for file in .SRCINFO PKGBUILD; do git cat-file -e "$c:$file" 2> /dev/null || bad "missing $file"; done
  git ls-tree -l "$c" | while read -r mode type id size name; do
    case "$type" in
      tree) case "$name" in keys | LICENSES) ;; *) bad 'the repository must not contain subdirectories' ;; esac ;;
      blob) [ "$size" -le 256000 ] || bad 'maximum blob size (250.00KiB) exceeded' ;;
      *) bad "not a blob object: $name" ;;
    esac
  done || exit 1
  field pkgbase | grep -Eq '^[a-z0-9][a-z0-9.+_-]*$' || bad "invalid pkgbase: $(field pkgbase)"
  [ -n "$(field pkgname)" ] || bad 'missing pkgname entry'
  for key in pkgver pkgrel; do [ -n "$(field $key)" ] || bad "missing mandatory field: $key"; done
  field pkgname | grep -Evq '^[a-z0-9][a-z0-9.+_-]*$' && bad "invalid package name: $(field pkgname)"
  [ "$(field pkgdesc | wc -m)" -le 256 ] || bad "pkgdesc field too long: $(field pkgdesc)"
  [ "$(field url | wc -m)" -le 8001 ] || bad "url field too long: $(field url)"
  for key in install changelog; do
    file=$(field $key)
    [ -z "$file" ] || git cat-file -e "$c:$file" 2> /dev/null || bad "missing $key file: $file"
  done
  field 'source[a-z0-9_]*' | while read -r entry; do
    case "$entry" in *://* | lp:*) continue ;; esac
    git cat-file -e "$c:$entry" 2> /dev/null || bad "missing source file: $entry"
  done || exit 1
done
c=$new
[ "$(field pkgbase)" = "$pkgbase" ] || die "invalid pkgbase: $(field pkgbase), expected $pkgbase"
if [ "$old" != $zero ] && [ "$(git rev-parse "$old:.SRCINFO")" = "$(git rev-parse "$new:.SRCINFO")" ]; then
  echo 'warning: .SRCINFO unchanged. The package database will not be updated!' >&2
fi
for one in $(field pkgname); do
  [ -f ../blacklist ] && grep -qxF "$one" ../blacklist && die "package is blacklisted: $one"
  [ -f ../providers ] && grep -qxF "$one" ../providers && die "package already provided by [extra]: $one"
done
[ -s maintainer ] || printf rehearsal > maintainer
exit 0
`
