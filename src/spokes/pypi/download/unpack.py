"""Takes one file out of an archive. Nothing else of it is written, so no name in it matters."""

import gzip
import shutil
import tarfile
import zipfile
import zlib

# EOFError: cut short. RuntimeError: an encrypted zip. ImportError: a Python that was built without lzma.
ERRORS = (tarfile.TarError, zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, KeyError, RuntimeError, ValueError, ImportError)

try:
    import lzma

    ERRORS += (lzma.LZMAError,)
except ImportError:
    lzma = None


def extract(archive, kind, inside, out, size):
    """Writes the file at `inside` of an archive to `out`; `kind` as in the release: tar.gz, tar.xz, tar, zip, gz, xz, binary."""
    if kind == "binary":
        shutil.copyfile(archive, out)
    elif kind == "zip":
        with zipfile.ZipFile(archive) as whole, whole.open(inside) as source:
            _copy(source, out, size)
    elif kind in ("gz", "xz"):
        if kind == "xz" and lzma is None:
            raise ImportError("this Python was built without lzma")
        with (gzip if kind == "gz" else lzma).open(archive, "rb") as source:
            _copy(source, out, size)
    else:
        with tarfile.open(archive, "r:*") as whole:
            for member in whole:
                if member.isfile() and _plain(member.name) == inside:
                    _copy(whole.extractfile(member), out, size)
                    return
        raise KeyError("there is no %s in it" % inside)


def _plain(name):
    return name[2:] if name.startswith("./") else name


def _copy(source, out, size):
    """One that unpacks without end is stopped where the release says."""
    left = size + 1
    with open(out, "wb") as file:
        while left > 0:
            chunk = source.read(min(left, 1 << 20))
            if not chunk:
                return
            left -= len(chunk)
            file.write(chunk)
    raise ValueError("%s bytes were expected, and there are more" % size)
