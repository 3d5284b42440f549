"""Doors of members and posts through time: the class dialog, letters of transfer, terms, delegations, hand-overs."""

from __future__ import annotations

from django.urls import URLPattern, path

from zhengyou.org.actions.rows import Follow
from zhengyou.org.views import classes, terms


def doors(follow: Follow | None = None) -> list[URLPattern]:
    """All these doors; `follow` is what the rooms above do within every change."""
    then = {"then": follow.roster if follow is not None else None}
    return [
        path("units/<str:public_id>/members/class/", classes.page, then, name="unit_class"),
        path("terms/", terms.listing, name="terms"),
        path("terms/export/", terms.export, name="terms_export"),
        path("posts/<int:pk>/delegate/", terms.delegate, name="post_delegate"),
        path("posts/<int:pk>/hand-over/", terms.hand_over, {"follow": follow}, name="post_hand_over"),
    ]
