"""Doors of the roster import; `doors(follow)` gives confirming and undoing what must follow in the same transaction."""

from __future__ import annotations

from django.urls import URLPattern, path

from zhengyou.org.actions.rows import Follow
from zhengyou.org.roster import views, views_undoing


def doors(follow: Follow | None = None) -> list[URLPattern]:
    """All doors of the roster import."""
    then = follow.roster if follow is not None else None
    return [
        path("roster/", views.upload, name="roster"),
        path("roster/template/", views.template, name="roster_template"),
        path("roster/<str:public_id>/", views.page, name="roster_import"),
        path("roster/<str:public_id>/progress/", views.progress, name="roster_progress"),
        path("roster/<str:public_id>/decide/", views.decide, name="roster_decide"),
        path("roster/<str:public_id>/confirm/", views.confirm, {"then": then}, name="roster_confirm"),
        path("roster/<str:public_id>/undo/", views_undoing.undo, {"follow": follow}, name="roster_undo"),
        path("roster/<str:public_id>/drop/", views.drop, name="roster_drop"),
        path("roster/<str:public_id>/annotated/", views.annotated, name="roster_annotated"),
    ]


urlpatterns = doors()
