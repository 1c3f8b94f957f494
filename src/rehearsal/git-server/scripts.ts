/** In single quotes for sh. */
export function shQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/**
 * What runs for every connection, instead of what the client asked for: git's two services, on repositories below the host's name,
 * as `/HOST/PATH`. A host of a channel has its repositories, and rules of its own, where `hosts/HOST` says; on any other one a
 * repository with a first commit is made when it is asked for, since what a user names stands there.
 */
export function serveScript(root: string): string {
  return `#!/bin/sh
set -fu
root=${shQuote(root)}
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
asked=\${SSH_ORIGINAL_COMMAND:-}
case "$asked" in
  check) echo ready; exit 0 ;;
  list-repos) verb=list-repos path= ;;
  "git-upload-pack '"*"'") verb=upload-pack path=\${asked#*\\'} ;;
  "git-receive-pack '"*"'") verb=receive-pack path=\${asked#*\\'} ;;
  *) echo "invalid command: $asked" >&2; exit 1 ;;
esac
path=\${path%\\'}
path=\${path#/}
case "/$path/" in */../*|*\\'*|*/./*|*//*/*) echo 'invalid path' >&2; exit 1 ;; esac
host=\${path%%/*}
name=\${path#*/}
name=\${name%/}
name=\${name%.git}
base=$root/git/repositories/$host
update= branch=main
if [ -d "$root/git/hosts/$host" ]; then
  base=$(cat "$root/git/hosts/$host/base")
  update=$root/git/hosts/$host/update
  branch=master
  . "$root/git/hosts/$host/serve"
fi
repo=$base/$name.git
export TAGONCE_LOG="$root/requests.ndjson" TAGONCE_AT="$host/$name"
if [ ! -d "$repo" ]; then
  git init --quiet --bare --initial-branch="$branch" "$repo" || exit 1
  if [ -n "$update" ]; then
    cp "$update" "$repo/hooks/update"
    chmod 755 "$repo/hooks/update"
  else
    export GIT_AUTHOR_NAME=owner GIT_AUTHOR_EMAIL=owner@example.com GIT_COMMITTER_NAME=owner GIT_COMMITTER_EMAIL=owner@example.com
    blob=$(echo "# $name" | git --git-dir "$repo" hash-object -w --stdin)
    tree=$(printf '100644 blob %s\\tREADME.md\\n' "$blob" | git --git-dir "$repo" mktree)
    git --git-dir "$repo" update-ref "refs/heads/$branch" "$(git --git-dir "$repo" commit-tree "$tree" -m first)"
  fi
  cp "$root/git/post-receive" "$repo/hooks/post-receive"
  chmod 755 "$repo/hooks/post-receive"
fi
exec git "$verb" "$repo"
`
}

/** Notes what was pushed in the log of the local world, as any other write. */
export const POST_RECEIVE = `#!/bin/sh
printf '{"at":"%s","method":"PUSH","host":"%s","path":"/%s","status":200,"mutating":true,"who":"tagonce","ms":0}\\n' \\
  "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" "\${TAGONCE_AT%%/*}" "\${TAGONCE_AT#*/}" >> "$TAGONCE_LOG"
`

/** Runs a program that ends when stdin closes, as it does when who started it dies in whatever way. */
export const WATCH = `#!/bin/sh
exec 3<&0
( cat <&3; kill $$ ) >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-
`

/** For one user, one key and one program; nothing but loopback. */
export function sshdConfig(folder: string, port: number): string {
  const quoted = (name: string): string => `"${folder}/${name}"`
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${quoted('host_key')}
AuthorizedKeysFile ${quoted('authorized_keys')}
ForceCommand /bin/sh ${shQuote(`${folder}/serve`)}
AuthenticationMethods publickey
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PidFile none
DisableForwarding yes
PermitTTY no
AcceptEnv GIT_PROTOCOL
MaxStartups 100
MaxSessions 100
UseDNS no
LogLevel ERROR
`
}
