"""The organisation of this installation and its part in force, read once per use; parsing is cached by version."""

from __future__ import annotations

from functools import lru_cache

from django.utils import translation

from zhengyou.org.models import Organisation, OrganisationPart
from zhengyou.packs.organisation import Organisation as Part


def organisation() -> Organisation | None:
    """The organisation, or None in an empty directory."""
    return Organisation.objects.first()


def part() -> Part | None:
    """The organisation's part in force, or None in an empty directory. One query; parsed once per version."""
    newest = OrganisationPart.objects.order_by("-version").values_list("pk", "sha256").first()
    return None if newest is None else _parsed(*newest)


@lru_cache(maxsize=8)
def _parsed(pk: int, sha256: str) -> Part:
    return OrganisationPart.objects.get(pk=pk).part()


def language() -> str:
    """The reader's language as packs know it: zh or en."""
    return "en" if (translation.get_language() or "").startswith("en") else "zh"
