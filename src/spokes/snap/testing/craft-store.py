"""Publishes a snap as snapcraft does, by craft-store, Canonical's own library: NAME FILE CHANNEL; what the store said, as JSON.

Credentials are in SNAPCRAFT_STORE_CREDENTIALS. What snapcraft itself sends over the library's session is told in canonical/snapcraft,
snapcraft/store/client.py; what an answer has to have, in the schemas that the store publishes for it:
https://dashboard.snapcraft.io/docs/v2/en/snaps.html#snap-releases and .../tokens.html#api-tokens-whoami
"""

import datetime
import json
import pathlib
import sys
import time

import craft_store
import requests

DASHBOARD = "https://dashboard.snapcraft.io"
PUBLIC = "https://api.snapcraft.io"
AGENT = "judge/1"
NUMBER, TEXT, LIST, NONE = int, str, list, type(None)

REVISION = {
    "architectures": (LIST,),
    "build_url": (TEXT, NONE),
    "confinement": (TEXT,),
    "created_at": (TEXT,),
    "grade": (TEXT,),
    "revision": (NUMBER,),
    "sha3-384": (TEXT,),
    "size": (NUMBER,),
    "status": (TEXT,),
    "version": (TEXT,),
}
RELEASE = {
    "architecture": (TEXT,),
    "branch": (TEXT, NONE),
    "channel": (TEXT,),
    "expiration-date": (TEXT, NONE),
    "revision": (NUMBER, NONE),
    "risk": (TEXT,),
    "track": (TEXT,),
    "when": (TEXT,),
}
ACCOUNT = {"email": (TEXT,), "id": (TEXT,), "name": (TEXT,), "username": (TEXT,)}


def fits(row, shape):
    for key, types in shape.items():
        if not isinstance(row.get(key, ...), types):
            raise SystemExit("%s is not as documented in %s" % (key, json.dumps(row)))
    for key in ("when", "created_at"):
        if key in shape:
            datetime.datetime.fromisoformat(row[key])


def publish(store, name, file, channel):
    ask = lambda method, path, body=None: store.request(method, DASHBOARD + path, json=body).json()
    account = store.whoami()["account"]
    fits(account, ACCOUNT)
    ask("POST", "/dev/api/snap-push/", {"name": name, "dry_run": True})
    upload = store.upload_file(filepath=file)
    push = {
        "name": name,
        "series": "16",
        "updown_id": upload,
        "binary_filesize": file.stat().st_size,
        "source_uploaded": False,
    }
    address = ask("POST", "/dev/api/snap-push/", push)["status_details_url"]
    codes = []
    while True:
        status = store.request("GET", address).json()
        codes.append(status["code"])
        if status.get("processed", False):
            break
        time.sleep(0.05)
    if status.get("errors"):
        return {"codes": codes, "errors": [one["message"] for one in status["errors"]]}
    release = {"name": name, "revision": str(status["revision"]), "channels": [channel]}
    ask("POST", "/dev/api/snap-release/", release)
    held = ask("GET", "/api/v2/snaps/%s/releases" % name)
    for one in held["revisions"]:
        fits(one, REVISION)
    for one in held["releases"]:
        fits(one, RELEASE)
    headers = {"Snap-Device-Series": "16", "User-Agent": AGENT}
    fields = {"fields": "channel-map,revision,version,download"}
    public = requests.get("%s/v2/snaps/info/%s" % (PUBLIC, name), headers=headers, params=fields, timeout=30).json()
    rows = [[one["channel"]["name"], one["channel"]["architecture"], one["revision"]] for one in public["channel-map"]]
    return {
        "username": account["username"],
        "codes": codes,
        "revision": status["revision"],
        "held": [[one["revision"], one["version"], one["status"], one["sha3-384"]] for one in held["revisions"]],
        "releases": [[one["track"], one["risk"], one["revision"]] for one in held["releases"]],
        "channels": rows,
    }


def main(name, file, channel):
    store = craft_store.UbuntuOneStoreClient(
        base_url=DASHBOARD,
        storage_base_url="https://storage.snapcraftcontent.com",
        auth_url="https://login.ubuntu.com",
        endpoints=craft_store.endpoints.U1_SNAP_STORE,
        application_name="snapcraft",
        user_agent=AGENT,
        environment_auth="SNAPCRAFT_STORE_CREDENTIALS",
    )
    try:
        said = publish(store, name, pathlib.Path(file), channel)
    except craft_store.errors.StoreServerError as error:
        said = {"status": error.response.status_code, "refused": str(error.error_list)}
    print(json.dumps(said))


main(*sys.argv[1:])
