"""Random public ids: what stands in addresses instead of row numbers."""

from __future__ import annotations

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_id(length: int = 12) -> str:
    """A random id of `length` letters and digits that are not mistaken for one another (about 59 bits at 12)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
