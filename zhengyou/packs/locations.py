"""Where packs lie: beside the code in a checkout, inside the package in a wheel; read without a traceback."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path as File

from .reading import MAX_BYTES, Source, read
from .wording import Text as _

_HERE = File(__file__).resolve()
#: The checkout's folder first, then the one that the wheel brings along.
FOLDERS = (_HERE.parents[2] / "packs", _HERE.parents[1] / "bundled")


def bundled() -> dict[str, File]:
    """The packs that come with the program, by id."""
    for folder in FOLDERS:
        files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
        found = {f.stem: f for f in files if "." not in f.stem and f.stem != "defaults"}
        if found:
            return found
    return {}


def beside(path: File, ending: str) -> File | None:
    """The file that goes with a pack: `excellence-2010.en.yaml` beside `excellence-2010.yaml`."""
    other = path.with_name(f"{path.name.removesuffix('.yaml')}.{ending}.yaml")
    return other if other.is_file() else None


def locate(named: str | File) -> File:
    """The file that a path or the id of a bundled pack means."""
    path = File(named)
    try:
        there = path.exists()
    except (OSError, ValueError):
        there = False
    return path if there else bundled().get(str(named), path)


def read_file(path: File) -> Source:
    """A file's source; what cannot be opened or is no text becomes the fault P008."""
    name = str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            return _unreadable(
                name, "P001", _("文件超过 %(max)s 字节，读不了；一个文件只写一个方案包", max=MAX_BYTES)
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        return _unreadable(name, "P008", _("没有这个文件：请核对路径，或写自带方案包的名字"))
    except (OSError, ValueError):
        return _unreadable(name, "P008", _("打不开这个文件：请核对它是不是一个可读的文件"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return read(text, name)
        break
    return _unreadable(name, "P008", _("这不是文本文件：方案包是 UTF-8 的 YAML 文件"))


def _unreadable(name: str, code: str, message: object) -> Source:
    src = Source(name)
    src.fault(code, (), message)
    return src


@lru_cache(maxsize=1)
def default_minutes() -> dict[str, dict[str, int]]:
    """Minutes by form, to do and to review, from `packs/defaults.yaml`; `report` stands for unknown forms."""
    for folder in FOLDERS:
        if (folder / "defaults.yaml").is_file():
            data = read_file(folder / "defaults.yaml").data
            return {
                part: {form: int(minutes) for form, minutes in data[part].items()}
                for part in ("minutes", "review_minutes")
            }
    return {"minutes": {"report": 30}, "review_minutes": {"report": 5}}
