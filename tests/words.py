"""No sentence without its English: `python -m tests.words` collects all marked strings and compares them with the catalogues.

Then it lists what no catalogue can reach (`tests.leftovers`). Needs Debian's gettext for Django's own collector; writes
only into a temporary copy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.leftovers import leftovers

HOUSE = Path(__file__).resolve().parents[1] / "zhengyou"


def untranslated(room: Path, scratch: Path) -> list[str]:
    """Sentences of one room that its English catalogue lacks, leaves empty or only guesses (fuzzy)."""
    from babel.messages.pofile import read_po

    copy = scratch / room.name
    shutil.copytree(room, copy, ignore=shutil.ignore_patterns("tests", "vendor", "migrations", "__pycache__"))
    (copy / "locale" / "en" / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "en", "--no-location", "--no-wrap"],
        cwd=copy,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "zhengyou.site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return [f"{room.name}: {done.stderr.strip()[-400:]}"]
    po = copy / "locale" / "en" / "LC_MESSAGES" / "django.po"
    if not po.exists():
        return []
    with po.open("rb") as file:
        catalogue = read_po(file)
    found = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            found.append(f"{room.name}: {message.id!r}{' (fuzzy)' if message.fuzzy else ''}")
    return found


def main() -> int:
    """Print every missing sentence and every leftover; 0 when there is none."""
    found = leftovers()
    with tempfile.TemporaryDirectory() as scratch:
        for room in sorted(p for p in HOUSE.iterdir() if (p / "locale").is_dir()):
            found += untranslated(room, Path(scratch))
    print("\n".join(found) or "every sentence has its English")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
