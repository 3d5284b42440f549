"""Doors of plans: the tree of plans, one plan to read, write, judge, print; answers about a changed clause."""

from __future__ import annotations

from django.urls import path

from zhengyou.plans.views import exporting, listing, reading, reviewing, writing

ONE = "plans/<slug:campaign>/<slug:unit>/"
urlpatterns = [
    path("plans/", listing.page, name="plans"),
    path("plans/export/", listing.export, name="plans_export"),
    path("plans/duty/<int:pk>/", writing.duty, name="plan_duty"),
    path("plans/questions/<slug:public_id>/", reading.answer, name="plan_question"),
    path(ONE, reading.page, name="plan"),
    path(ONE + "write/", writing.write, name="plan_write"),
    path(ONE + "draft/", writing.draft, name="plan_draft"),
    path(ONE + "versions/", writing.versions, name="plan_versions"),
    path(ONE + "withdraw/", writing.withdraw, name="plan_withdraw"),
    path(ONE + "disagree/", writing.disagree, name="plan_disagree"),
    path(ONE + "review/", reviewing.page, name="plan_review"),
    path(ONE + "review/draft/", reviewing.draft, name="plan_review_draft"),
    path(ONE + "word/", exporting.document, name="plan_word"),
]
