"""Who may see which figures: the own subtree by row, the whole as one total. Names: `campaigns.rules.may_see_names`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhengyou.kit.verdict import YES, Verdict, no
from zhengyou.org.rules import Authority


def may_see_board(authority: Authority) -> Verdict:
    """Whoever holds a post sees the whole as one total; others see their own list only (DOMAIN.md §7)."""
    if authority.posts:
        return YES
    return no(_("进度总览给担任职务的人看。您自己的事都在「待办」里。"))


def may_see_rows(authority: Authority, unit_id: int) -> Verdict:
    """A unit row by row: at or below a post with any power, or everywhere for leaders and the office (PRODUCT.md §2.8)."""
    if authority.sees_unit(unit_id):
        return YES
    if not authority.posts:
        return may_see_board(authority)
    return no(_("这个单位不在您负责的范围里：您能逐行看到自己的单位和它下面的，别处只看全部合计。"))
