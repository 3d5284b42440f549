"""Bad input to an action: what is wrong, at which field, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One fault: the form field it belongs to ("" for the whole form) and a sentence in the reader's language."""

    field: str
    text: str


class Invalid(ValueError):
    """Raised by an action that cannot use its input; shown at the fields, answered with 422, nothing written."""

    def __init__(self, *problems: Problem):
        super().__init__("; ".join(p.text for p in problems))
        self.problems = list(problems)


class Conflict(RuntimeError):
    """Somebody was faster: the thing is no longer in the state that was shown; answered with 409."""
