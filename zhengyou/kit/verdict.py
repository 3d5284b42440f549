"""Answers to "may I?": yes, or a no that says why."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


@dataclass(frozen=True)
class Verdict:
    """A yes (no reason) or a no with the sentence shown to the person; true when yes."""

    why: str = ""

    def __bool__(self) -> bool:
        return not self.why


YES = Verdict()


def no(why: object) -> Verdict:
    """A refusal with its reason, a finished sentence in the reader's language."""
    return Verdict(str(why))


class Refused(PermissionDenied):
    """An action was asked for that a rule forbids; its text is shown with the 403."""


def insist(verdict: Verdict) -> None:
    """Raise Refused with the verdict's reason unless it is a yes."""
    if not verdict:
        raise Refused(verdict.why)
