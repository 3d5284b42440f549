"""Dates the tasks of a checked pack: who owes what, in which periods, from when to when."""

from __future__ import annotations

from .plans import PhasePlan, ProgrammePlan, SlotPlan, TaskPlan

__all__ = ["PhasePlan", "ProgrammePlan", "SlotPlan", "TaskPlan"]
