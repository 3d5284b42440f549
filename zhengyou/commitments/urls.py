"""The room's doors: writing, reviewing, keeping; the wall's stand in `urls_wall`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from zhengyou.commitments import urls_wall
from zhengyou.commitments.views import exporting, listing, reading, reviewing, writing

urlpatterns: list[URLPattern | URLResolver] = [
    path("commitments/", listing.listing, name="commitments"),
    path("commitments/export/", listing.export, name="commitments_export"),
    path("commitments/unkept/", listing.unkept, name="commitments_unkept"),
    path("commitments/duty/<int:pk>/", writing.door, name="commitment_duty"),
    path("commitments/duty/<int:pk>/write/", writing.write, name="commitment_write"),
    path("commitments/duty/<int:pk>/draft/", writing.draft, name="commitment_draft"),
    path("commitments/duty/<int:pk>/versions/", writing.versions, name="commitment_versions"),
    path("commitments/duty/<int:pk>/withdraw/", writing.withdraw, name="commitment_withdraw"),
    path("commitments/duty/<int:pk>/sign/", writing.sign, name="commitment_sign"),
    path("commitments/duty/<int:pk>/note/", writing.note, name="commitment_note"),
    path("commitments/duty/<int:pk>/review/", reviewing.review, name="commitment_review"),
    path("commitments/duty/<int:pk>/review/draft/", reviewing.draft, name="commitment_review_draft"),
    path("commitments/items/<slug:public_id>/", reading.item, name="commitment_item"),
    path("commitments/items/<slug:public_id>/files/<int:number>/", reading.evidence, name="commitment_file"),
    path("commitments/<slug:public_id>/", reading.commitment, name="commitment"),
    path("commitments/<slug:public_id>/word/", exporting.document, name="commitment_word"),
    *urls_wall.urlpatterns,
]
