"""Doors of the campaigns: duties, decisions, reviews, preparing. Names are used by navigation, desk and board."""

from __future__ import annotations

from django.urls import path

from zhengyou.campaigns.views import (
    asking,
    dates,
    decisions,
    duties,
    files,
    phases,
    preparing,
    questions,
    reports,
    reviews,
    starting,
)

urlpatterns = [
    path("duties/", decisions.listing, name="duties"),
    path("duties/decide/<slug:kind>/", decisions.decide_many, name="duties_decide"),
    path("duties/scope/<slug:kind>/", decisions.decide_scope, name="duties_scope"),
    path("duties/<int:pk>/", duties.page, name="duty"),
    path("duties/<int:pk>/draft/", duties.draft, name="duty_draft"),
    path("duties/<int:pk>/versions/", duties.versions, name="duty_versions"),
    path("duties/<int:pk>/withdraw/", duties.withdraw, name="duty_withdraw"),
    path("duties/<int:pk>/take-back/", duties.take_back, name="duty_take_back"),
    path("duties/<int:pk>/decide/<slug:kind>/", decisions.decide_one, name="duty_decide"),
    path("duties/<int:pk>/files/", files.attach, name="duty_attach"),
    path("duties/<int:pk>/files/<int:number>/", files.serve, name="duty_file"),
    path("duties/<int:pk>/ask/", asking.duty, name="duty_ask"),
    path("tasks/<int:pk>/ask/", asking.task, name="task_ask"),
    path("questions/", asking.listing, name="asked"),
    path("questions/<slug:public_id>/", asking.page, name="question"),
    path("reviews/", reviews.queue, name="reviews"),
    path("reviews/<int:pk>/", reviews.page, name="review"),
    path("campaigns/", preparing.listing, name="campaigns"),
    path("campaigns/take-up/", preparing.take_up, name="campaign_take_up"),
    path("campaigns/<slug:public_id>/", preparing.plan, name="campaign"),
    path("campaigns/<slug:public_id>/burden/", preparing.burden, name="campaign_burden"),
    path("campaigns/<slug:public_id>/defaults/", preparing.defaults, name="campaign_defaults"),
    path("campaigns/<slug:public_id>/questions/", questions.page, name="campaign_questions"),
    path("campaigns/<slug:public_id>/questions/draft/", questions.draft, name="campaign_draft"),
    path("campaigns/<slug:public_id>/answers/", questions.upload, name="campaign_upload"),
    path("campaigns/<slug:public_id>/answers.yaml", questions.download, name="campaign_answers"),
    path("campaigns/<slug:public_id>/dates/", dates.page, name="campaign_dates"),
    path("campaigns/<slug:public_id>/phases/", phases.page, name="campaign_phases"),
    path("campaigns/<slug:public_id>/phases/export/", phases.export, name="campaign_exceptions"),
    path("campaigns/<slug:public_id>/reports/", reports.listing, name="campaign_reports"),
    path("reports/<slug:public_id>/", reports.page, name="report"),
    path("reports/<slug:public_id>/rows/", reports.rows, name="report_rows"),
    path("reports/<slug:public_id>/export/", reports.export, name="report_export"),
    path("campaigns/<slug:public_id>/check/", starting.check, name="campaign_check"),
    path("campaigns/<slug:public_id>/approve/", starting.approve, name="campaign_approve"),
    path("campaigns/<slug:public_id>/start/", starting.start, name="campaign_start"),
]
