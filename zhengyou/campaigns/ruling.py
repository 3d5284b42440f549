"""What the running campaigns' packs rule in days: corrections, escalation; each pack is read once per process."""

from __future__ import annotations

from functools import lru_cache

from zhengyou.campaigns import packed
from zhengyou.campaigns.models import Campaign
from zhengyou.org.about import CORRECTION_DAYS


def stated(name: str) -> list[tuple[int, int]]:
    """(campaign's row id, days) for each running campaign whose pack states this rule; two queries."""
    running = Campaign.objects.filter(state=Campaign.State.RUNNING).order_by("id")
    out = []
    for campaign in running.only("pk", "sha256"):
        value = of(campaign.pk, campaign.sha256).get(name)
        if value is not None:
            out.append((campaign.pk, value))
    return out


def correction_days() -> int:
    """Days within which a person's request is decided: the shortest that a running campaign states, else the default."""
    return min((days for _campaign, days in stated("correction_days")), default=CORRECTION_DAYS)


@lru_cache(maxsize=64)
def of(pk: int, sha256: str) -> dict[str, int]:
    """The numbers among a campaign's rules; nothing where its text cannot be read."""
    campaign = Campaign.objects.get(pk=pk)
    pack = packed.checked(campaign).pack if campaign.text else None
    rules = pack.rules if pack is not None else None
    names = ("correction_days", "escalate_after")
    found = {name: getattr(rules, name, None) for name in names}
    return {name: value for name, value in found.items() if isinstance(value, int)}
