"""The doors of the wall: reading in public, posters, questions, deeds."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from zhengyou.commitments.views import deeds, figures, questions, wall

urlpatterns: list[URLPattern | URLResolver] = [
    path("wall/", wall.wall, name="wall"),
    path("wall/promise/<str:public_id>/", wall.promise, name="wall_promise"),
    path("wall/promise/<str:public_id>/ask/", questions.ask, name="wall_ask"),
    path("wall/figures/", figures.page, name="wall_figures"),
    path("wall/figures/export/", figures.export, name="wall_figures_export"),
    path("wall/code/", questions.code, name="wall_code"),
    path("wall/questions/", questions.listing, name="wall_questions"),
    path("wall/questions/<str:public_id>/", questions.page, name="wall_question"),
    path("wall/unit/<str:public_id>/poster/", wall.poster, name="wall_poster"),
    path("deeds/", deeds.listing, name="deeds"),
    path("deeds/new/", deeds.new, name="deed_new"),
    path("deeds/<str:public_id>/", deeds.page, name="deed"),
]
