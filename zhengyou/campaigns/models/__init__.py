"""Campaigns as run: their plan, the duties that follow from it, the figures counted from duties."""

from zhengyou.campaigns.models.change import Amendment, ChangeSeen, DateMove, Mail, Question, Report
from zhengyou.campaigns.models.duties import (
    OPEN,
    Decision,
    Duty,
    DutyEvent,
    DutyEvidence,
    Review,
    State,
    Submission,
)
from zhengyou.campaigns.models.figures import Balance, Delta, Ledger
from zhengyou.campaigns.models.plan import Answer, Campaign, Phase, Programme, Slot, Task
from zhengyou.campaigns.models.work import WorkItem

__all__ = [
    "OPEN",
    "Amendment",
    "Answer",
    "Balance",
    "Campaign",
    "ChangeSeen",
    "DateMove",
    "Decision",
    "Delta",
    "Duty",
    "DutyEvent",
    "DutyEvidence",
    "Ledger",
    "Mail",
    "Phase",
    "Programme",
    "Question",
    "Report",
    "Review",
    "Slot",
    "State",
    "Submission",
    "Task",
    "WorkItem",
]
