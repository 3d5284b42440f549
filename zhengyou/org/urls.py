"""Doors of the organisation. `doors(follow)` gives those that change it what must follow in the same transaction."""

from __future__ import annotations

from django.urls import URLPattern, path

from zhengyou.org import urls_members, urls_rights
from zhengyou.org.about import NOTHING, About
from zhengyou.org.actions.rows import Follow
from zhengyou.org.roster.urls import doors as roster_doors
from zhengyou.org.views import changes, members, person, posts, setup, slips, units


def doors(follow: Follow | None = None, about: About = NOTHING) -> list[URLPattern]:
    """All doors of the room; `follow` is what the rooms above do within every change, `about` what they hold of a person."""
    roster = follow.roster if follow is not None else None
    then = {"then": roster}
    whole = {"follow": follow}
    return [
        path("setup/<str:token>/", setup.page, name="setup"),
        path("slip/", slips.redeem, name="slip"),
        path("my-unit/", units.my_unit, name="my_unit"),
        path("vacancies/", units.vacancies, name="vacancies"),
        path("units/", units.browser, name="units"),
        path("units/<str:public_id>/", units.page, name="unit"),
        path("units/<str:public_id>/members/", members.listing, name="unit_members"),
        path("units/<str:public_id>/members/export/", members.export, name="unit_export"),
        path("units/<str:public_id>/members/add/", members.add, then, name="unit_add_member"),
        path("units/<str:public_id>/add/", units.add, whole, name="unit_add"),
        path("units/<str:public_id>/rename/", units.rename, whole, name="unit_rename"),
        *(
            path(
                f"units/<str:public_id>/{kind}/", changes.change, {**whole, "kind": kind}, name=f"unit_{kind}"
            )
            for kind in ("reparent", "merge", "split", "dissolve")
        ),
        path("units/<str:public_id>/changes/", changes.history, name="unit_changes"),
        path("changes/", changes.listing, name="changes"),
        path("changes/export/", changes.export, name="changes_export"),
        path("changes/<str:public_id>/", changes.one, name="change"),
        path("changes/<str:public_id>/put-away/", changes.drop, name="change_put_away"),
        path("units/<str:public_id>/appoint/", posts.appoint, name="unit_appoint"),
        path("units/<str:public_id>/slips/", slips.choose, name="unit_slips"),
        path("posts/<int:pk>/end/", posts.end, name="post_end"),
        path("people/<str:public_id>/", person.page, name="person"),
        path("people/<str:public_id>/contact/", person.contact, name="person_contact"),
        path("people/<str:public_id>/move/", person.move, then, name="person_move"),
        path("people/<str:public_id>/leave/", person.leave, then, name="person_leave"),
        path("people/<str:public_id>/slip/", slips.one, name="person_slip"),
        path("people/<str:public_id>/slip/cancel/", slips.cancel, name="person_slip_cancel"),
        path("activity/<int:pk>/end/", person.end_activity, then, name="activity_end"),
        *urls_members.doors(follow),
        *urls_rights.doors(about, roster),
        *roster_doors(follow),
    ]


urlpatterns = doors()
