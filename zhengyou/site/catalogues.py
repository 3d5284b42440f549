"""Translations: every room's django.po compiled to the .mo that Django reads. Used by the build and by `manage compile`."""

from __future__ import annotations

from pathlib import Path


def compile_all(package: Path) -> list[Path]:
    """Compile each `<room>/locale/*/LC_MESSAGES/*.po` under `package` that is newer than its .mo; returns those made."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    made = []
    for source in sorted(package.glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parents[1].name)
        with target.open("wb") as out:
            write_mo(out, catalogue)
        made.append(target)
    return made
