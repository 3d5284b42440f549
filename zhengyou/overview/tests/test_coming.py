"""Who a later task will concern is told by the same rule that issues it."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import connection

from zhengyou.campaigns.duties.audience import fragment
from zhengyou.kit import sql
from zhengyou.overview.desk.coming import concerns

AUDIENCES = [
    {"any": [["yes"]]},
    {"any": [["no"]]},
    {"any": []},
    {"any": [["=", "category", "staff"]]},
    {"any": [["!=", "category", "staff"]]},
    {"any": [["in", "category", ["staff", "student"]]]},
    {"any": [["not", ["in", "status", ["probationary"]]]]},
    {"any": [["and", ["=", "category", "staff"], ["or", ["=", "status", "full"], ["isnone", "status"]]]]},
    {"any": [["isnone", "joined"], ["<=", "joined", {"day": "2010-07-05"}]]},
    {"any": [[">", "joined", {"day": "2010-07-05"}]]},
    {"any": [["=", "role", "registered"]]},
    {"any": [["!=", "role", "registered"]]},
    {"any": [["in", "role", ["activity"]]]},
    {"any": [["=", "category", "nobody"], ["=", "status", "full"]]},
]
FACTS = list(
    product(
        ("", "staff", "student"), ("", "full", "probationary"), ("", "2010-07-01", "2010-07-05", "2010-09-09")
    )
)


@pytest.mark.parametrize("audience", AUDIENCES, ids=str)
def test_the_same_people_as_the_statement_that_issues(db, audience):
    values: dict = {}
    where = fragment(audience, values)
    kind = "DATE" if connection.vendor == "postgresql" else "TEXT"
    for category, status, joined in FACTS:
        given = {"category": category, "status": status, "joined_on": joined or None}
        found = sql.rows(
            f"""SELECT CASE WHEN {where} THEN 1 ELSE 0 END
                FROM (SELECT CAST(:category AS TEXT) AS category, CAST(:status AS TEXT) AS status) a
                CROSS JOIN (SELECT CAST(:joined_on AS {kind}) AS joined_on) p""",
            **values,
            **given,
        )
        facts = {"category": category, "status": status, "joined": joined}
        assert concerns(audience, facts) == bool(found[0][0]), facts


def test_a_stored_audience_may_come_as_text():
    assert concerns('{"any": [["=", "category", "staff"]]}', {"category": "staff"})
