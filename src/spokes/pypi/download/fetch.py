"""A download into a file: proxies, redirects and certificate authorities as the environment says."""

import os
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

IDLE = 30
TRIES = 3
PASSING = (408, 425, 429, 500, 502, 503, 504)


class Refused(Exception):
    """What kept the program from being fetched, and how to mend it."""

    def __init__(self, kind, **facts):
        Exception.__init__(self, kind)
        self.kind = kind
        self.facts = facts

    def lines(self, program, table, target, path):
        lead = "%s: the program of %s %s" % (program, table["name"], table["version"])
        facts = self.facts
        report = " If it stays so, tell its makers: %s" % table["issues"]
        by_hand = [
            "  Without a network: fetch %s elsewhere, take %s out of it," % (target["url"], target["path"]),
            "  and put it here, executable: %s" % path,
        ]
        if self.kind == "digest":
            return [
                "%s was not started: %s is not what was released." % (lead, facts["what"]),
                "  expected sha256 %s" % facts["expected"],
                "  got      sha256 %s" % facts["got"],
                "  Something on the way changed it (a proxy, a mirror), or the file of the release was replaced. It was deleted.",
                "  Mend: run again, from another network if need be.%s" % report,
            ]
        if self.kind == "status" and facts["status"] in (404, 410):
            return [
                "%s is not at %s (%d): the release was removed, or is not public." % (lead, facts["url"], facts["status"]),
                "  Mend: pip install --upgrade %s   (or another version).%s" % (table["name"], report),
            ]
        if self.kind == "status":
            return ["%s could not be fetched: %s answered %d." % (lead, host(facts["url"]), facts["status"]), "  Mend: run again in some minutes.%s" % report]
        if self.kind == "certificate":
            return [
                "%s could not be fetched: the certificate of %s is not trusted (%s)." % (lead, host(facts["url"]), facts["why"]),
                "  A proxy or a virus scanner that opens TLS shows its own. Mend: SSL_CERT_FILE=/path/to/its-ca.pem %s" % program,
            ]
        if self.kind == "network":
            return [
                "%s could not be fetched: no connection to %s (%s)." % (lead, host(facts["url"]), facts["why"]),
                "  Mend: connect and run again; behind a proxy, set HTTPS_PROXY (and NO_PROXY) right.",
            ] + by_hand
        return ["%s could not be unpacked: %s." % (lead, facts["why"]), "  Mend: run again.%s" % report] + by_hand


def host(url):
    return urllib.parse.urlsplit(url).hostname or url


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Never from https to plain http."""

    def redirect_request(self, request, fp, code, message, headers, url):
        if request.full_url.startswith("https:") and not url.startswith("https:"):
            raise Refused("network", url=url, why="%s leads there without TLS" % host(request.full_url))
        return urllib.request.HTTPRedirectHandler.redirect_request(self, request, fp, code, message, headers, url)


def download(url, path, size):
    """Fetches an address into a file, which has `size` bytes at most."""
    opener = urllib.request.build_opener(_SafeRedirects)
    request = urllib.request.Request(url, headers={"User-Agent": "pypi-wrapper"})
    for attempt in range(1, TRIES + 1):
        try:
            with opener.open(request, timeout=IDLE) as answer, open(path, "wb") as file:
                left = size + 1
                while left > 0:
                    chunk = answer.read(min(left, 1 << 20))
                    if not chunk:
                        return
                    left -= len(chunk)
                    file.write(chunk)
                return
        except urllib.error.HTTPError as error:
            error.close()
            if attempt == TRIES or error.code not in PASSING:
                raise Refused("status", url=url, status=error.code)
        except urllib.error.URLError as error:
            reason = error.reason
            if isinstance(reason, ssl.SSLCertVerificationError):
                raise Refused("certificate", url=url, why=getattr(reason, "verify_message", "") or str(reason))
            if attempt == TRIES or "Tunnel connection failed" in str(reason):
                raise Refused("network", url=url, why=str(reason))
        except OSError as error:
            # What the disk says is told by the caller; the rest is the connection.
            if error.filename is not None or error.errno in _DISK:
                raise
            if attempt == TRIES:
                raise Refused("network", url=url, why=str(error) or error.__class__.__name__)
        except Exception as error:
            if isinstance(error, Refused):
                raise
            # http.client's own: a connection that was cut.
            if attempt == TRIES:
                raise Refused("network", url=url, why=str(error) or error.__class__.__name__)
        time.sleep(0.3 * attempt * attempt)


def _numbers(*names):
    import errno

    return tuple(getattr(errno, name) for name in names if hasattr(errno, name))


_DISK = _numbers("ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO")
