"""Doors of the organisation. `doors(then)` gives those that change the roster what must follow in the same transaction."""

from __future__ import annotations

from django.urls import URLPattern, path

from zhengyou.org.actions.rows import Then
from zhengyou.org.roster.urls import doors as roster_doors
from zhengyou.org.views import members, person, posts, setup, slips, units


def doors(then: Then | None = None) -> list[URLPattern]:
    """All doors of the room; `then` is called with the open entry at the end of every change of affiliations."""
    follow = {"then": then}
    return [
        path("setup/<str:token>/", setup.page, name="setup"),
        path("slip/", slips.redeem, name="slip"),
        path("me/", person.me, name="me"),
        path("my-unit/", units.my_unit, name="my_unit"),
        path("vacancies/", units.vacancies, name="vacancies"),
        path("units/", units.browser, name="units"),
        path("units/<str:public_id>/", units.page, name="unit"),
        path("units/<str:public_id>/members/", members.listing, name="unit_members"),
        path("units/<str:public_id>/members/export/", members.export, name="unit_export"),
        path("units/<str:public_id>/members/add/", members.add, follow, name="unit_add_member"),
        path("units/<str:public_id>/add/", units.add, name="unit_add"),
        path("units/<str:public_id>/rename/", units.rename, name="unit_rename"),
        path("units/<str:public_id>/appoint/", posts.appoint, name="unit_appoint"),
        path("units/<str:public_id>/slips/", slips.choose, name="unit_slips"),
        path("posts/<int:pk>/end/", posts.end, name="post_end"),
        path("people/<str:public_id>/", person.page, name="person"),
        path("people/<str:public_id>/contact/", person.contact, name="person_contact"),
        path("people/<str:public_id>/move/", person.move, follow, name="person_move"),
        path("people/<str:public_id>/leave/", person.leave, follow, name="person_leave"),
        path("people/<str:public_id>/slip/", slips.one, name="person_slip"),
        path("people/<str:public_id>/slip/cancel/", slips.cancel, name="person_slip_cancel"),
        path("activity/<int:pk>/end/", person.end_activity, follow, name="activity_end"),
        *roster_doors(then),
    ]


urlpatterns = doors()
