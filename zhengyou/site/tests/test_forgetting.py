"""After an erasure nothing a person left is anywhere: not in the database's bytes, the files, the log, staging (G22)."""

import json
import os
import subprocess
import sys

from zhengyou.site.tests.forgetter import TOKEN


def child(room, verb):
    env = {name: value for name, value in os.environ.items() if name != "ZHENGYOU_DATABASE_URL"}
    env |= {"ZHENGYOU_DATA": str(room), "DJANGO_SETTINGS_MODULE": "zhengyou.site.settings"}
    command = [sys.executable, "-m", "zhengyou.site.tests.forgetter", verb]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def places(room):
    """Files of the data directory in whose bytes or name the canary is found."""
    found = []
    for path in room.rglob("*"):
        if path.is_file():
            held = path.read_bytes().lower()
            if TOKEN.encode() in held or TOKEN in path.name.lower() or "金丝雀".encode() in held:
                found.append(str(path.relative_to(room)))
    return found


def test_nothing_a_person_left_is_anywhere_after_the_erasure(tmp_path):
    room = tmp_path / "data"
    planted = child(room, "plant")
    assert len(planted["columns"]) >= 30, planted["columns"]
    assert len(places(room)) >= 3  # the database, the uploaded file, the staged roster
    after = child(room, "erase")
    assert after["status"] == 302
    assert after["columns"] == []
    assert places(room) == []
    assert (after["broken"], after["same"]) == (None, True)
    assert after["entries"] > 10
