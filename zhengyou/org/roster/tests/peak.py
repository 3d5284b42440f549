"""A process of its own that reads files and says how large its largest child grew: `peak FILE` or `peak corpus N SEED ROOM`."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path


def main(words: list[str]) -> None:
    """Read what was asked for; prints what was told and the peak of all children in kB as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengyou.site.settings")
    import django

    django.setup()
    from zhengyou.org.roster.tests import odd
    from zhengyou.org.roster.tests.test_hostile import attempt

    if words[0] == "corpus":
        files = odd.corpus(int(words[1]), seed=int(words[2]))
        told = [attempt(Path(words[3]), name, content) for name, content in files]
    else:
        path = Path(words[0])
        told = [attempt(path.parent, path.name, path.read_bytes())]
    print(json.dumps({"told": told, "kb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}))


if __name__ == "__main__":
    main(sys.argv[1:])
