"""What the wall has for a person's desk: questions and difficulties to see to, answers, what waits for the own word.

Arms of the desk's statement (nine columns, one row each); the desk reads them with `Wall.of` and `Promises.of`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from zhengyou.commitments import desks
from zhengyou.commitments.models import Commitment, Deed, Item, WallQuestion
from zhengyou.commitments.waiting import SOON
from zhengyou.org.rules import Authority

RECENT = timedelta(days=14)
"""How long an answer stays on the desk of who asked."""


@dataclass(slots=True)
class Wall:
    """Counts: questions to answer, difficulties to take up, own ones to see to and to confirm, answers just given, new
    promises made of difficulties to decide.
    """

    questions: int = 0
    raised: int = 0
    owned: int = 0
    confirm: int = 0
    answers: int = 0
    asked: int = 0

    def __bool__(self) -> bool:
        return any((self.questions, self.raised, self.owned, self.confirm, self.answers, self.asked))

    @classmethod
    def of(cls, row: Sequence[Any]) -> Wall:
        """Read the arm's row."""
        return cls(int(row[1]), int(row[6]), int(row[7]), *(int(part) for part in str(row[8]).split()))


def arm(authority: Authority, kind: int) -> tuple[str, dict[str, Any]]:
    """The arm with the given number in front, and its values; units by the day's placements."""
    stands = ", ".join(map(str, authority.units_with("review"))) or "0"
    units = f"""(SELECT u.unit_id FROM org_placement u WHERE u.dropped_id IS NULL AND u.valid_from <= :day
        AND u.valid_to > :day AND (u.unit_id IN ({stands}) OR u.parent_id IN ({stands})))"""
    units = f"({units[1:-1]} UNION SELECT l.old FROM ({desks.LATER}) l WHERE l.unit IN {units})"
    asked, more = desks.asked(authority) if authority.units_with("review") else ("SELECT 1 WHERE 1 = 0", {})
    open_deeds = f"{int(Deed.State.RAISED)}, {int(Deed.State.DISPUTED)}"
    text = f"""SELECT {int(kind)},
          (SELECT COUNT(*) FROM commitments_wallquestion q WHERE q.state = {int(WallQuestion.State.ASKED)}
            AND q.unit_id IN {units} AND (q.person_id IS NULL OR q.person_id <> :me)), '', '', '', '',
          (SELECT COUNT(*) FROM commitments_deed e WHERE e.state IN ({open_deeds}) AND e.unit_id IN {units}
            AND (e.raised_by_id IS NULL OR e.raised_by_id <> :me)),
          (SELECT COUNT(*) FROM commitments_deed e WHERE e.owner_id = :me AND e.state = {int(Deed.State.TAKEN_UP)}),
          CAST((SELECT COUNT(*) FROM commitments_deed e WHERE e.raised_by_id = :me
              AND e.state = {int(Deed.State.DONE)}) AS TEXT) || ' ' ||
            CAST((SELECT COUNT(*) FROM commitments_wallquestion q WHERE q.person_id = :me
              AND q.answered_on >= :answered) AS TEXT) || ' ' || CAST((SELECT COUNT(*) FROM ({asked}) y) AS TEXT)"""
    return text, {"answered": authority.day - RECENT, **more}


@dataclass(slots=True)
class Promises:
    """Counts: own ones that wait for the own word, own items due soon or disputed, items to confirm or to decide, those below
    whose claim was refused for the third time.
    """

    sign: int = 0
    keep: int = 0
    judge: int = 0
    alerts: int = 0

    def __bool__(self) -> bool:
        return bool(self.sign or self.keep or self.judge or self.alerts)

    @classmethod
    def of(cls, row: Sequence[Any]) -> Promises:
        """Read the arm's row."""
        return cls(int(row[1]), int(row[6]), int(row[7]), int(row[8]))


def promises(authority: Authority, kind: int) -> tuple[str, dict[str, Any]]:
    """The arm with the given number in front, and its values; what waits to be judged as the list of it says."""
    hands = _ids(authority.units_with("hand_in"))
    S, N = Commitment.State, Item.State  # noqa: N806 (short names in the statement)
    own = f"(c.member_id = :me OR (c.member_id IS NULL AND c.unit_id IN ({hands})))"
    judged, values = (
        desks.waiting(authority) if authority.units_with("review") else ("SELECT 1 WHERE 1 = 0", {})
    )
    text = f"""SELECT {int(kind)},
          (SELECT COUNT(*) FROM commitments_commitment c
            WHERE c.state IN ({int(S.NOTED)}, {int(S.APPROVED)}) AND {own}), '', '', '', '',
          (SELECT COUNT(*) FROM commitments_commitment c JOIN commitments_item i ON i.commitment_id = c.id
            WHERE c.state = {int(S.PUBLISHED)} AND ({own} OR (c.member_id IS NULL AND c.unit_id IN (
              SELECT l.old FROM ({desks.LATER}) l WHERE l.unit IN ({hands}))))
            AND (i.state = {int(N.DISPUTED)} OR (i.state = {int(N.OPEN)} AND i.due_on <= :soon))),
          (SELECT COUNT(*) FROM ({judged}) j), CAST((SELECT COUNT(*) FROM ({desks.alerted(authority)}) z) AS TEXT)"""
    return text, {"soon": authority.day + SOON, **values}


def _ids(units: Sequence[int]) -> str:
    return ", ".join(str(int(unit)) for unit in units) or "0"
