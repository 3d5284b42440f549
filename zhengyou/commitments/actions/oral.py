"""Said aloud: the secretary writes down what a member promised; only the member's own word makes it a proposal."""

from __future__ import annotations

from zhengyou.campaigns.models import Duty
from zhengyou.commitments import rules
from zhengyou.commitments.actions import writing
from zhengyou.commitments.actions.proposing import current, made
from zhengyou.commitments.models import Commitment
from zhengyou.journal.actions import Actor, record
from zhengyou.kit import clock
from zhengyou.kit.verdict import insist
from zhengyou.org.rules import authority_for


def note(duty: Duty, words: writing.Words, *, by: Actor) -> Commitment:
    """Write down what a member said aloud; nothing is handed in: the member confirms or changes it with `propose`."""
    with record("commitment.noted", by=by, subject=f"duty:{duty.pk}") as entry:
        authority = authority_for(by)
        duty, found = current(duty.pk)
        insist(rules.may_note(authority, duty, found))
        writing.checked(words, duty)
        found = found or made(entry, duty)
        items = writing.rewrite(found, words)
        writing.unsign(found)
        found.state, found.oral_by, found.oral_on = Commitment.State.NOTED, authority.person, clock.today()
        writing.bump(found)
        entry.row.unit = duty.unit.public_id
        entry.note(commitment=found.public_id, items=len(items), text=writing.text_of(found, items))
    return found
