"""Who may steer a running campaign: dates, gates, closing and opening again, amendments. Reads only."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhengyou.campaigns.models import Campaign, Phase, Slot
from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org.rules import Authority

LONGEST = 1000
"""Longest reason, characters."""


def may_steer(authority: Authority, campaign: Campaign) -> Verdict:
    """May move dates, accept and close phases, amend: the office (power `start`), while the campaign runs."""
    if not authority.on_root("start"):
        return no(_("日期、阶段和方案由办公室改：有建议请告诉办公室。"))
    if campaign.state != Campaign.State.RUNNING:
        return no(_("活动进行中才能这样改。"))
    return YES


def may_move(authority: Authority, slot: Slot) -> Verdict:
    """May move the date of this task in this period: the office, until the period is closed."""
    verdict = may_steer(authority, slot.task.campaign)
    if not verdict:
        return verdict
    if slot.closed_on <= slot.opens_on:
        return no(_("这一期在修订时取消了，没有日期可改。"))
    if slot.closed_on <= authority.day:
        return no(_("这一期已经结束归档：要改日期，先重新开放这一期。"))
    return YES


def may_accept(authority: Authority, phase: Phase) -> Verdict:
    """May record that a phase is accepted, so that the next one opens: the office, once."""
    verdict = may_steer(authority, phase.programme.campaign)
    if not verdict:
        return verdict
    if phase.gate != "acceptance":
        return no(_("这个阶段不用验收，到日子就进入下一阶段。"))
    if phase.accepted_on is not None:
        return no(_("这个阶段已经验收过了。"))
    if phase.starts_on is None or phase.starts_on > authority.day:
        return no(_("这个阶段还没有开始。"))
    return YES
