"""Fetches the program from the release at first run, checks it, keeps it, and starts it. Python 3.8 and later, nothing else."""

import hashlib
import json
import os
import platform
import stat
import subprocess
import sys
import tempfile

from . import fetch, unpack

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "table.json"), encoding="utf-8") as text:
    TABLE = json.load(text)


def launch(program):
    """Starts a program of this package; gives its exit status where it cannot take our place."""
    target = find(program)
    path = os.path.join(cache_folder(), target["binary"]["sha256"][:16], target["file"])
    if not is_there(path, target):
        try:
            obtain(target, path)
        except fetch.Refused as error:
            stop(error.lines(program, TABLE, target, path))
        except OSError as error:
            stop(disk(program, error, path))
    return start(program, path)


def find(program):
    system = next((one for one in TABLE["systems"] if sys.platform.startswith(one)), sys.platform)
    here = "%s/%s" % ("win32" if system == "cygwin" else system, machine())
    target = TABLE["platforms"].get(here, {}).get(program)
    if target is None:
        known = ", ".join(sorted(TABLE["platforms"]))
        lead = "%s: %s %s has no program for %s." % (program, TABLE["name"], TABLE["version"], here)
        stop([lead, "  It has one for: %s." % known, "  Ask its makers: %s" % TABLE["issues"]])
    return target


def machine():
    """The processor in the words of the table."""
    name = platform.machine().lower()
    if name in ("x86_64", "amd64", "x64"):
        return "amd64"
    if name in ("aarch64", "arm64"):
        return "arm64"
    if name in ("i386", "i486", "i586", "i686", "x86", "i86pc"):
        return "386"
    if name.startswith(("armv7", "armv8")):
        return "armv7"
    if name.startswith("arm"):
        return "armv6"
    return {"loongarch64": "loong64", "mips64el": "mips64le", "mipsel": "mipsle", "powerpc64le": "ppc64le"}.get(name, name)


def cache_folder():
    """Where programs are kept: a folder of the user's, per package and version."""
    own = os.environ.get(TABLE["cacheVariable"])
    if own:
        return os.path.abspath(own)
    home = os.path.expanduser("~")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    if sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    return os.path.join(base, TABLE["name"], TABLE["version"])


def is_there(path, target):
    """A kept program was checked before it got its name, so its size is enough here."""
    try:
        return os.stat(path).st_size == target["binary"]["size"]
    except OSError:
        return False


def obtain(target, path):
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    # Two that start at once work in folders of their own; the last rename wins, and both made the same.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as own:
        archive, binary = os.path.join(own, "archive"), os.path.join(own, "program")
        if sys.stderr.isatty():
            sys.stderr.write("%s %s: fetching %s\n" % (TABLE["name"], TABLE["version"], target["url"]))
        fetch.download(target["url"], archive, target["size"])
        compare(target["url"], archive, target["sha256"])
        try:
            unpack.extract(archive, target["format"], target["path"], binary, target["binary"]["size"])
        except unpack.ERRORS as error:
            raise fetch.Refused("unreadable", url=target["url"], why=str(error))
        compare("%s in %s" % (target["path"], target["url"]), binary, target["binary"]["sha256"])
        os.chmod(binary, stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        try:
            os.replace(binary, path)
        except OSError:
            # Windows keeps a running program from being replaced; the other one has put the same there.
            if not is_there(path, target):
                raise


def compare(what, path, expected):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    if digest.hexdigest() != expected:
        raise fetch.Refused("digest", what=what, expected=expected, got=digest.hexdigest())


def start(program, path):
    arguments = [path] + sys.argv[1:]
    try:
        if sys.platform != "win32":
            os.execv(path, arguments)
        # Windows has no exec: a console passes Ctrl-C to both, and this one waits for the other.
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return subprocess.call(arguments)
    except OSError as error:
        lead = "%s: %s cannot be started (%s)." % (program, path, error.strerror)
        stop([lead, "  Mend: set %s to a folder that programs may be started from." % TABLE["cacheVariable"]])


def disk(program, error, path):
    facts = (program, TABLE["name"], TABLE["version"], os.path.dirname(path), error.strerror or error)
    lead = "%s: the program of %s %s could not be kept in %s (%s)." % facts
    mend = "  Mend: make room there, or set %s to a folder that can be written and executed from."
    return [lead, mend % TABLE["cacheVariable"]]


def stop(lines):
    sys.stderr.write("\n".join(lines) + "\n")
    sys.exit(1)
