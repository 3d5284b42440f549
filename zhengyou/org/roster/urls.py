"""Doors of the roster import; `doors(then)` gives confirming what must follow in the same transaction."""

from __future__ import annotations

from django.urls import URLPattern, path

from zhengyou.org.actions.rows import Then
from zhengyou.org.roster import views


def doors(then: Then | None = None) -> list[URLPattern]:
    """All doors of the roster import."""
    return [
        path("roster/", views.upload, name="roster"),
        path("roster/template/", views.template, name="roster_template"),
        path("roster/<str:public_id>/", views.page, name="roster_import"),
        path("roster/<str:public_id>/progress/", views.progress, name="roster_progress"),
        path("roster/<str:public_id>/decide/", views.decide, name="roster_decide"),
        path("roster/<str:public_id>/confirm/", views.confirm, {"then": then}, name="roster_confirm"),
        path("roster/<str:public_id>/drop/", views.drop, name="roster_drop"),
        path("roster/<str:public_id>/annotated/", views.annotated, name="roster_annotated"),
    ]


urlpatterns = doors()
