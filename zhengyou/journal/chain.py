"""Proving the chain: every entry in order, each with the hash of the one before it (TRUST §3)."""

from __future__ import annotations

from dataclasses import dataclass

from zhengyou.journal.actions import link
from zhengyou.journal.models import Chain, Entry


@dataclass(frozen=True)
class Proof:
    """How many entries were read, and the first one that does not hold (None: the chain is whole) with the reason."""

    entries: int
    broken: int | None = None
    why: str = ""


def verify() -> Proof:
    """Read the whole chain in order; stops at the first broken entry. Reads in batches, memory stays bounded."""
    previous, expected = "", 1
    for row in Entry.objects.order_by("id").iterator(chunk_size=2000):
        if row.id != expected:
            return Proof(expected - 1, expected, "missing")
        if row.previous != previous:
            return Proof(expected, row.id, "link")
        if row.hash != link(row):
            return Proof(expected, row.id, "content")
        previous, expected = row.hash, expected + 1
    chain = Chain.objects.filter(pk=1).first()
    if chain and (chain.last, chain.hash) != (expected - 1, previous):
        return Proof(expected - 1, expected, "missing")
    return Proof(expected - 1)
