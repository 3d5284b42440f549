"""Evidence: a statement or a file kept once, by its SHA-256, type told by content; rooms link it and serve it.

The caller holds the open entry of its action; a file whose action fails stays unlinked and is purged after a day.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from zhengyou.journal.actions import Actor, OpenEntry
from zhengyou.journal.models import Evidence
from zhengyou.kit.faults import Invalid, Problem

MAX_BYTES = 20 * 1024 * 1024
"""Largest file kept, bytes."""
MAX_UNPACKED = 200 * 1024 * 1024
"""Largest unpacked size of an office document, bytes; more is taken for a bomb."""

#: content type -> (extensions, first bytes); a list of what is welcome, not a detector of everything
WELCOME: dict[str, tuple[tuple[str, ...], bytes]] = {
    "application/pdf": ((".pdf",), b"%PDF-"),
    "image/jpeg": ((".jpg", ".jpeg"), b"\xff\xd8\xff"),
    "image/png": ((".png",), b"\x89PNG\r\n\x1a\n"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ((".docx",), b"PK\x03\x04"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ((".xlsx",), b"PK\x03\x04"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ((".pptx",), b"PK\x03\x04"),
    "text/plain": ((".txt", ".csv", ".md"), b""),
}
OFFICE = {".docx": "word/", ".xlsx": "xl/", ".pptx": "ppt/"}


def keep_file(upload: UploadedFile, by: Actor, entry: OpenEntry) -> Evidence:
    """Store an uploaded file once and return its evidence; the same content of the same owner is the same evidence.

    Raises Invalid with a sentence for what is too large, empty, of an unwelcome kind, or not what its name says.
    """
    name = safe_name(upload.name or "")
    media_type = _checked_type(upload, name)
    digest = hashlib.sha256()
    staging = Path(settings.DATA) / "staging" / f"evidence-{os.getpid()}-{time.monotonic_ns()}"
    upload.seek(0)
    with staging.open("wb") as out:
        for chunk in upload.chunks():
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    sha = digest.hexdigest()
    target = path_of(sha)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        staging.unlink()
    else:
        staging.replace(target)
    entry.note(file=sha)
    known = Evidence.objects.filter(owner=by.id, sha256=sha, name=name).first()
    return known or Evidence.objects.create(
        sha256=sha,
        name=name,
        media_type=media_type,
        size=upload.size or 0,
        owner=by.id,
        entry_id=entry.id,
    )


def keep_statement(text: str, by: Actor, entry: OpenEntry) -> Evidence:
    """Keep a statement as evidence. Raises Invalid where it is empty or longer than 5,000 characters."""
    text = text.strip()
    if not text or len(text) > 5000:
        raise Invalid(Problem("statement", _("说明要写一两句，最多 5,000 字。")))
    entry.note(statement=text)
    return Evidence.objects.create(text=text, owner=by.id, entry_id=entry.id)


def path_of(sha256: str) -> Path:
    """Where a kept file lies in the data directory."""
    return Path(settings.DATA) / "files" / sha256[:2] / sha256


def safe_name(name: str) -> str:
    """A file name without folders, control characters or direction marks, at most 120 characters."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")).strip(
        " ."
    )
    stem, dot, ending = name.rpartition(".")
    return (f"{stem[: 110 - len(ending)]}.{ending}" if dot and len(ending) <= 8 else name[:110]) or "file"


def purge(linked: Iterable[str], older_than: float = 86_400) -> int:
    """Remove kept files that no evidence names (left by actions that failed), older than so many seconds."""
    known, gone = set(linked) | set(Evidence.objects.values_list("sha256", flat=True)), 0
    for path in (Path(settings.DATA) / "files").glob("??/*"):
        if path.name not in known and path.stat().st_mtime < time.time() - older_than:
            path.unlink()
            gone += 1
    return gone


def _checked_type(upload: UploadedFile, name: str) -> str:
    """The file's type by its content; Invalid where it is not welcome or differs from what the name says."""
    size = upload.size or 0
    if not size:
        raise Invalid(
            Problem("file", _("「%(name)s」是空文件，没有收下。请选有内容的文件。") % {"name": name})
        )
    if size > MAX_BYTES:
        text = _("「%(name)s」有 %(size)s MB，超过 20 MB，没有收下。请压缩图片或分成几份再传。")
        raise Invalid(Problem("file", text % {"name": name, "size": size // 1024 // 1024}))
    ending = Path(name).suffix.lower()
    upload.seek(0)
    head = upload.read(8192)
    for media_type, (endings, magic) in WELCOME.items():
        if ending in endings and head.startswith(magic):
            if ending in OFFICE:
                _check_office(upload, name, OFFICE[ending])
            if media_type == "text/plain" and not _is_text(head):
                break
            return media_type
    text = _(
        "「%(name)s」不是能收的文件，或者内容和扩展名对不上，没有收下。"
        "可以传 PDF、Word、Excel、PPT（新格式）、JPG、PNG 和纯文本。"
    )
    raise Invalid(Problem("file", text % {"name": name}))


def _check_office(upload: UploadedFile, name: str, folder: str) -> None:
    """Refuse documents that are bombs, carry macros or are another kind than their name says."""
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload.file or upload) as box:
            items = box.infolist()
            unpacked = sum(item.file_size for item in items)
            names = [item.filename for item in items]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        names, unpacked = [], 0
    if not any(n.startswith(folder) for n in names):
        raise Invalid(
            Problem(
                "file",
                _("「%(name)s」打不开，没有收下。请在 Office 或 WPS 里另存一次再传。") % {"name": name},
            )
        )
    if unpacked > MAX_UNPACKED or len(names) > 5000:
        raise Invalid(
            Problem("file", _("「%(name)s」展开后太大，没有收下。请分成几份再传。") % {"name": name})
        )
    if any(
        re.search(r"vbaproject|activex|\.exe$|\.bin$", n, re.I) and "printerSettings" not in n for n in names
    ):
        text = _("「%(name)s」带有宏或嵌入程序，没有收下。请另存为不带宏的文件再传。")
        raise Invalid(Problem("file", text % {"name": name}))


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            head[: len(head) - 4 if len(head) > 4000 else None].decode(encoding)
        except UnicodeDecodeError:
            continue
        return not re.match(rb"\s*<(!doctype|html|svg|script|\?xml)", head, re.I)
    return False
