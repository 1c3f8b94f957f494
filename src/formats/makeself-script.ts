/** What a self-extracting archive knows of itself. */
export interface MakeselfSettings {
  /** What it is called when it is opened. */
  label: string
  /** Run in the folder that it was unpacked into: `./setup.sh`. */
  script: string
  /** Text of the LSM entry (`--lsm`). */
  lsm: string
  /** A word for people: `gzip`. */
  compression: string
  /** Unpacks from stdin to stdout: `gzip -dc`. */
  unpack: string
  /** Where it is unpacked to; undefined is a temporary folder, which is gone afterwards. */
  target?: string
  /** Seconds since the epoch. */
  time: number
  /** Shown, and to be accepted, before anything is unpacked. */
  license?: string
  /** Printed before the help. */
  helpHeader?: string
  /** Run when it ends, in the same folder. */
  cleanup?: string
  needRoot: boolean
  /** Stop where the target is there already. */
  noOverwrite: boolean
  /** Give what was unpacked to the user. */
  chown: boolean
  keepUmask: boolean
  exportConfig: boolean
}

/** A text as one word of the shell (POSIX, XCU 2.2.2). */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Digits of the length of the script, which stands in it. */
const DIGITS = 12

/**
 * The shell script in front of the archive, with the command line that makeself's archives have (makeself.io). It runs in any POSIX
 * shell; beside the tool that unpacks it needs tail, tar and mktemp.
 * @example makeselfScript(settings, { size: 1024, sha256: '…', unpacked: 4096 })
 */
export function makeselfScript(
  settings: MakeselfSettings,
  payload: { size: number; sha256: string; unpacked: number },
): string {
  const { target } = settings
  const date = new Date(settings.time * 1000).toISOString().replace('.000Z', 'Z')
  const head = `#!/bin/sh
# A self-extracting archive: this script, and behind it a tar archive (${settings.compression}). Try --help.
offset=${'0'.repeat(DIGITS)}
payload_size=${payload.size}
payload_sha256=${payload.sha256}
kilobytes=${Math.ceil(payload.unpacked / 1024)}
label=${quoted(settings.label)}
script=${quoted(settings.script)}
cleanup_script=${quoted(settings.cleanup ?? '')}
license=${quoted(settings.license ?? '')}
help_header=${quoted(settings.helpHeader ?? '')}
lsm=${quoted(settings.lsm)}
target=${quoted(target ?? '')}
keep=${target === undefined ? 'n' : 'y'}
need_root=${flag(settings.needRoot)}
no_overwrite=${flag(settings.noOverwrite)}
ownership=${flag(settings.chown)}
keep_umask=${flag(settings.keepUmask)}
export_config=${flag(settings.exportConfig)}
compression=${quoted(settings.compression)}
packed_on=${date}
unpack() { ${settings.unpack}; }
${BODY}`
  const length = Buffer.byteLength(head)
  return head.replace('0'.repeat(DIGITS), String(length).padStart(DIGITS, '0'))
}

function flag(on: boolean): string {
  return on ? 'y' : 'n'
}

const BODY = String.raw`
user_umask=$(umask)
[ "$keep_umask" = y ] || umask 077
unset CDPATH
USER_PWD=$PWD
ARCHIVE_DIR=$(dirname "$0")
export USER_PWD ARCHIVE_DIR
quiet=n confirm=n accept=n check_space=y cleanup_args=
self=$0
case $self in
  */*) ;;
  *) [ -f "$self" ] || self=$(command -v -- "$self") ;;
esac

say() { [ "$quiet" = y ] || printf '%s\n' "$*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
payload() { tail -c "+$(expr "$offset" + 1)" "$self"; }

usage() {
  [ -z "$help_header" ] || printf '%s\n' "$help_header"
  cat <<END
To look into $0:
  --help                print this
  --info                title, size, script and where it goes
  --lsm                 the LSM entry
  --list                the files inside
  --check               whether the archive is whole
To run it: $0 [options] [--] [arguments of the script]
  --confirm             ask before the script is run
  --quiet               print errors only
  --accept              accept the license
  --noexec              run neither the script nor the cleanup
  --noexec-cleanup      do not run the cleanup
  --keep                keep the folder that it is unpacked into
  --noprogress          no progress (there is none)
  --nox11               no terminal of its own (it opens none)
  --nochown, --chown    give what was unpacked to the current user, or not
  --nodiskspace         do not look for free space
  --target dir          unpack into this folder, and keep it
  --tar args            run tar with these arguments on the archive
  --cleanup-args args   arguments of the cleanup
  --                    what follows goes to the script
END
}

digest() {
  if command -v sha256sum >/dev/null 2>&1; then payload | sha256sum
  elif command -v shasum >/dev/null 2>&1; then payload | shasum -a 256
  elif command -v openssl >/dev/null 2>&1; then payload | openssl dgst -sha256 -r
  fi | sed 's/[^0-9a-f].*//'
}

verify() {
  found=$(digest)
  if [ -z "$found" ]; then say "There is no tool for SHA256: the archive is not checked"
  elif [ "$found" = "$payload_sha256" ]; then say "SHA256 checksums are OK. All good."
  else
    echo "Error in checksums: $found is different from $payload_sha256" >&2
    exit 2
  fi
}

while :; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    -q | --quiet) quiet=y; shift ;;
    --accept) accept=y; shift ;;
    --info)
      printf '%s\n' "Identification: $label" "Target directory: $target" "Uncompressed size: $kilobytes KB" \
        "Compression: $compression" "Date of packaging: $packed_on"
      [ -z "$script" ] || printf '%s\n' "Script run after extraction:" "     $script"
      [ "$need_root" = n ] || echo "Root permissions required for extraction"
      if [ "$keep" = y ]; then echo "directory $target is permanent"
      else echo "the directory will be removed after extraction"; fi
      exit 0 ;;
    --dumpconf)
      printf '%s="%s"\n' LABEL "$label" SCRIPT "$script" CLEANUPSCRIPT "$cleanup_script" archdirname "$target" \
        KEEP "$keep" NOOVERWRITE "$no_overwrite" COMPRESS "$compression" filesizes "$payload_size" \
        totalsize "$payload_size" SHAsum "$payload_sha256"
      exit 0 ;;
    --lsm) printf '%s\n' "$lsm"; exit 0 ;;
    --list) payload | unpack | tar tvf -; exit $? ;;
    --tar)
      [ $# -ge 2 ] || { usage; exit 1; }
      how=$2
      shift 2
      payload | unpack | tar "$how" - "$@"
      exit $? ;;
    --check) verify; exit 0 ;;
    --confirm) confirm=y; shift ;;
    --noexec) script= cleanup_script=; shift ;;
    --noexec-cleanup) cleanup_script=; shift ;;
    --keep) keep=y; shift ;;
    --target)
      [ $# -ge 2 ] || { usage; exit 1; }
      keep=y target=$2
      shift 2 ;;
    --noprogress | --nox11) shift ;;
    --nochown) ownership=n; shift ;;
    --chown) ownership=y; shift ;;
    --nodiskspace) check_space=n; shift ;;
    --cleanup-args)
      [ $# -ge 2 ] || { usage; exit 1; }
      cleanup_args=$2
      shift 2 ;;
    --) shift; break ;;
    -*) echo "Unrecognized flag : $1" >&2; usage >&2; exit 1 ;;
    *) break ;;
  esac
done

[ "$quiet$confirm" != yy ] || fail "Cannot be verbose and quiet at the same time."
[ "$need_root" = n ] || [ "$(id -u)" = 0 ] || fail "Administrative privileges required for this archive (use su or sudo)"
if [ -n "$license" ] && [ "$accept" = n ]; then
  printf '%s\n' "$license"
  while printf 'Please type y to accept, n otherwise: ' && read -r answer; do
    case $answer in [yY]*) accept=y; break ;; [nN]*) break ;; esac
  done
  [ "$accept" = y ] || exit 0
fi
verify

if [ "$keep" = y ]; then
  [ -n "$target" ] || target=makeself-$$-$(date +%Y%m%d%H%M%S)
  if [ "$target" != . ]; then
    [ "$no_overwrite" = n ] || [ ! -d "$target" ] || fail "Target directory $target already exists, aborting."
    say "Creating directory $target"
    mkdir -p "$target" || fail "Cannot create target directory $target; try --target dir"
  fi
  folder=$target
else
  folder=$(mktemp -d "${'${TMPDIR:-/tmp}'}/selfgz.XXXXXXXXXX") || fail "Cannot create a temporary directory; try --target dir"
fi

finish() {
  if [ -n "$cleanup_script" ]; then
    cleanup=$cleanup_script cleanup_script=
    (cd "$folder" && eval "\"\$cleanup\" $cleanup_args")
  fi
  [ "$keep" = y ] || { cd / && rm -rf "$folder"; }
}
trap 'echo "Signal caught, cleaning up" >&2; finish; exit 15' 1 2 3 15

if [ "$check_space" = y ]; then
  free=$(df -kP "$folder" 2>/dev/null | awk 'NR == 2 { print $4 }')
  if [ -n "$free" ] && [ "$free" -lt "$kilobytes" ]; then
    finish
    fail "Not enough space left in $folder ($free KB) to unpack $0 ($kilobytes KB); --nodiskspace skips this check"
  fi
fi
if [ "$confirm" = y ]; then
  printf '%s' "About to extract $kilobytes KB in $folder ... Proceed ? [Y/n] "
  read -r answer
  [ "$answer" != n ] || { finish; exit 1; }
fi

say "Uncompressing $label"
payload | unpack | (cd "$folder" && umask "$user_umask" && tar xpf -) || {
  finish
  fail "Unable to decompress $0"
}
[ "$ownership" = n ] || (cd "$folder" && chown -R "$(id -u)" . && chgrp -R "$(id -g)" .)

status=0
case $folder in /*) ;; *) folder=$PWD/$folder ;; esac
cd "$folder" || exit 1
if [ "$export_config" = y ]; then
  MS_BUNDLE=$0 MS_LABEL=$label MS_SCRIPT=$script MS_SCRIPTARGS= MS_ARCHDIRNAME=$target
  MS_KEEP=$keep MS_NOOVERWRITE=$no_overwrite MS_COMPRESS=$compression
  export MS_BUNDLE MS_LABEL MS_SCRIPT MS_SCRIPTARGS MS_ARCHDIRNAME MS_KEEP MS_NOOVERWRITE MS_COMPRESS
fi
if [ -n "$script" ]; then
  run=y
  if [ "$confirm" = y ]; then
    printf '%s' "OK to execute: $script $* ? [Y/n] "
    read -r answer
    case $answer in '' | [yY]) ;; *) run=n ;; esac
  fi
  if [ "$run" = y ]; then
    "$script" "$@"
    status=$?
  fi
fi
finish
exit $status
`
