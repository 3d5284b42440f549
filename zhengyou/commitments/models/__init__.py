"""Commitments and their items, what became of each, real difficulties taken up, questions from the wall."""

from zhengyou.commitments.models.counting import AskCount, AskDay
from zhengyou.commitments.models.deeds import Deed, WallQuestion
from zhengyou.commitments.models.promise import (
    OPEN_ITEMS,
    Commitment,
    Item,
    ItemChange,
    ItemEvent,
    ItemEvidence,
)

__all__ = [
    "OPEN_ITEMS",
    "AskCount",
    "AskDay",
    "Commitment",
    "Deed",
    "Item",
    "ItemChange",
    "ItemEvent",
    "ItemEvidence",
    "WallQuestion",
]
