"""Doors of a person's rights: my information, requests, consents, who looked, break-glass, deletion when due."""

from __future__ import annotations

from django.urls import URLPattern, path

from zhengyou.org.about import About
from zhengyou.org.actions.rows import Then
from zhengyou.org.views import erasure, glass, me, requests


def doors(about: About, then: Then | None) -> list[URLPattern]:
    """`about` is what the rooms above hold and forget of a person, `then` what follows a corrected affiliation."""
    with_about, with_then = {"about": about}, {"then": then}
    return [
        path("me/", me.page, with_about, name="me"),
        path("me/file/", me.export, with_about, name="me_export"),
        path("me/ask/", requests.ask, with_about, name="me_ask"),
        path("me/consent/<slug:purpose>/", me.consent, name="me_consent"),
        path("requests/", requests.inbox, name="requests"),
        path("requests/<str:public_id>/", requests.page, with_about, name="request"),
        path("requests/<str:public_id>/decide/", requests.decide, with_then, name="request_decide"),
        path("requests/<str:public_id>/withdraw/", requests.withdraw, name="request_withdraw"),
        path("requests/<str:public_id>/appeal/", requests.appeal, with_about, name="request_appeal"),
        path("glass/", glass.page, name="glass"),
        path("erasure/", erasure.page, with_about, name="erasure"),
        path("erasure/<str:public_id>/hold/", erasure.hold, name="erasure_hold"),
    ]
