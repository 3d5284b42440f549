"""Duties follow from roster, tasks and decisions: rules select what differs, an event says so, `apply` carries it out."""

from zhengyou.campaigns.duties.audience import audience_of, fragment
from zhengyou.campaigns.duties.decisions import carry_out
from zhengyou.campaigns.duties.disposing import adopt, dispose_of, open_pieces, open_work
from zhengyou.campaigns.duties.events import apply, change
from zhengyou.campaigns.duties.faults import faults
from zhengyou.campaigns.duties.leaning import at_hand, leaning
from zhengyou.campaigns.duties.reconcile import (
    dispose,
    follow_decisions,
    follow_roster,
    open_slots,
    reconcile,
    touched,
)

__all__ = [
    "adopt",
    "apply",
    "at_hand",
    "audience_of",
    "carry_out",
    "change",
    "dispose",
    "dispose_of",
    "faults",
    "follow_decisions",
    "follow_roster",
    "fragment",
    "leaning",
    "open_pieces",
    "open_slots",
    "open_work",
    "reconcile",
    "touched",
]
