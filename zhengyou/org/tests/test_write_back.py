"""Many rows written back by one statement: dates, texts and references arrive, other rows and fields stay."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhengyou.kit import sql
from zhengyou.org.models import Affiliation
from zhengyou.org.tests import builder


def test_what_is_written_back_is_there_and_nothing_else(db):
    school = builder.build()
    rows = list(Affiliation.objects.order_by("pk"))[:3]
    other = Affiliation.objects.order_by("pk").exclude(pk__in=[row.pk for row in rows]).values().first()
    for n, row in enumerate(rows):
        row.valid_to, row.category, row.unit = date(2031, 1, n + 1), f"c{n}", school.root
        row.status = "not to be written"
    with CaptureQueriesContext(connection) as asked:
        sql.write_back(rows, ["valid_to", "category", "unit"])
    assert len(asked) == 1
    for n, row in enumerate(Affiliation.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")):
        assert (row.valid_to, row.category, row.unit_id) == (date(2031, 1, n + 1), f"c{n}", school.root.pk)
        assert row.status != "not to be written"
    assert Affiliation.objects.filter(pk=other["id"]).values().get() == other


def test_no_rows_ask_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        sql.write_back([], ["name"])
