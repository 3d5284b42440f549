"""Doors of members and posts through time: the class dialog, letters of transfer, terms, delegations, hand-overs."""

from __future__ import annotations

from django.urls import URLPattern, path

from zhengyou.org.actions.rows import Follow
from zhengyou.org.views import classes, terms, transfers


def doors(follow: Follow | None = None) -> list[URLPattern]:
    """All these doors; `follow` is what the rooms above do within every change."""
    then = {"then": follow.roster if follow is not None else None}
    return [
        path("units/<str:public_id>/members/class/", classes.page, then, name="unit_class"),
        path("transfers/", transfers.listing, name="transfers"),
        path("transfers/<str:public_id>/", transfers.one, name="transfer"),
        *(
            path(
                f"transfers/<str:public_id>/{do}/", transfers.step, {**then, "do": do}, name=f"transfer_{do}"
            )
            for do in ("release", "receive", "send_back", "withdraw")
        ),
        path("people/<str:public_id>/transfer/", transfers.ask, name="person_transfer"),
        path("units/<str:public_id>/transfer-in/", transfers.enter, name="unit_transfer_in"),
        path("terms/", terms.listing, name="terms"),
        path("terms/export/", terms.export, name="terms_export"),
        path("posts/<int:pk>/delegate/", terms.delegate, name="post_delegate"),
        path("posts/<int:pk>/hand-over/", terms.hand_over, {"follow": follow}, name="post_hand_over"),
    ]
