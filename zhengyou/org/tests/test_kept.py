"""What is put back for a test is, row by row, what was built."""

from django.db import transaction

from zhengyou.journal import chain
from zhengyou.journal.tests import kept
from zhengyou.org import tree
from zhengyou.org.actions import members
from zhengyou.org.models import Person
from zhengyou.org.tests import builder


def test_the_school_put_back_is_the_school_built(db):
    made = []
    for _time in range(2):
        with transaction.atomic():
            school = builder.build()
            built = kept._read()
            more = kept.kept(
                "one more", lambda s=school: members.add_person("新人", unit=s.branch, by=builder.BY)
            )
            made.append((built, kept._read(), vars(school), more))
            assert (chain.verify().broken, tree.faults()) == (None, [])
            members.add_person("又一人", unit=school.branch, by=builder.BY)
            assert Person.objects.filter(name__in=["新人", "又一人"]).count() == 2
            transaction.set_rollback(True)
    assert made[0] == made[1]
    assert len(made[0][0]["org_person"]) + 1 == len(made[0][1]["org_person"])
