"""An import taken back within seven days (TRUST G10): the organisation as before, duties with it, the past as it was known."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date, timedelta

import pytest
from django.db.models import Q

from zhengyou.campaigns import actions as campaign_actions
from zhengyou.campaigns import duties
from zhengyou.campaigns.models import Duty
from zhengyou.campaigns.tests import play
from zhengyou.journal.chain import verify
from zhengyou.journal.models import Entry
from zhengyou.kit import clock, sql
from zhengyou.kit.faults import Conflict
from zhengyou.kit.verdict import Refused
from zhengyou.org import actions, tree
from zhengyou.org.asked import Asked
from zhengyou.org.models import (
    Affiliation,
    Person,
    Placement,
    Post,
    RosterBefore,
    RosterImport,
    Transfer,
    Unit,
    User,
    on,
)
from zhengyou.org.roster import command, undoing
from zhengyou.org.roster.actions_undoing import undo_import
from zhengyou.org.roster.tests.books import book
from zhengyou.org.tests import builder
from zhengyou.overview import board as boards
from zhengyou.overview import moment as moments
from zhengyou.overview.tests import stage
from zhengyou.site.following import FOLLOW

TODAY = stage.TODAY
BY = builder.BY
NEXT = TODAY + timedelta(days=1)
HEAD = ["学号", "姓名", "单位", "上级单位", "人员类别", "状态", "加入日期", "活动支部", "职务", "邮箱"]
ROWS = [
    # moved to a unit that the import founds, and renamed
    [
        "2008010003",
        "张伟一",
        "国贸2008级学生第二党支部",
        "经济贸易学院党总支",
        "学生",
        "正式",
        "",
        "",
        "",
        "z@example.org",
    ],
    # a new member who becomes its secretary
    [
        "2008010099",
        "新来的",
        "国贸2008级学生第二党支部",
        "经济贸易学院党总支",
        "学生",
        "预备",
        "2010-11-01",
        "",
        "书记",
        "",
    ],
    # a change of status
    ["2009010001", "𠮷田", "汉语言2009级学生党支部", "文学院党总支", "学生", "预备", "", "", "", ""],
]


@pytest.fixture
def school(db):
    school = builder.build()
    stage.start()
    stage.play_on(school)
    return school


def bring(tmp_path, rows=ROWS, day=None, **decisions) -> RosterImport:
    out, err = io.StringIO(), io.StringIO()
    kept = tmp_path / "decisions.json"
    kept.write_text(json.dumps({"missing": {"2008010005": "left", **decisions}}), encoding="utf-8")
    code = command.import_(
        book(tmp_path, rows, head=HEAD), kept, then=FOLLOW.roster, day=day, as_json=True, out=out, err=err
    )
    assert code == 0, (out.getvalue()[:3000], err.getvalue())
    return RosterImport.objects.get(state=RosterImport.State.APPLIED)


def facts() -> str:
    """The current organisation, hashed, without ids of rows and without entries (TRUST G10)."""
    lines = []
    for statement in (
        """SELECT person_id, unit_id, role, category, status, begun, ended, valid_from, valid_to
           FROM org_affiliation WHERE dropped_id IS NULL""",
        """SELECT person_id, unit_id, post, first_responsible, document_no, term_ends, valid_from, valid_to
           FROM org_post WHERE dropped_id IS NULL""",
        "SELECT unit_id, parent_id, name, valid_from, valid_to FROM org_placement WHERE dropped_id IS NULL",
        "SELECT ancestor_id, descendant_id, valid_from, valid_to FROM org_closure WHERE ancestor_id <> descendant_id",
        """SELECT p.id, p.number, p.name, p.sort_key, p.joined_on, p.confirmed_on, p.email, p.phone, p.note FROM org_person p
           WHERE EXISTS (SELECT 1 FROM org_affiliation a WHERE a.person_id = p.id AND a.dropped_id IS NULL)""",
        "SELECT number, is_active FROM org_user",
    ):
        lines.append(sorted(str(row) for row in sql.rows(statement)))
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def owed() -> list:
    """Every duty as it stands, without its history."""
    return sorted(
        Duty.objects.exclude(state="void").values_list(
            "slot", "member", "subject_unit", "unit", "state", "due_on"
        )
    )


def known(day: date) -> dict:
    """All boards of a day as they were known at its end."""
    shown = {}
    for unit in Unit.objects.order_by("pk"):
        tree_, choice = boards.open_board({"phase": "all"}, unit.public_id, moments.at(day, day)) or (
            None,
            None,
        )
        if tree_ is not None:
            board = boards.read(tree_, choice)
            shown[unit.pk] = (
                board.total,
                board.own,
                [
                    (r.kind, r.place and (r.place.id, r.place.name, r.place.closed), r.figures)
                    for r in board.rows
                ],
            )
    return shown


def held_true(entry: int) -> list:
    """Every dated row that was held true once this entry was written."""
    then = Q(entry_id__lte=entry) & (Q(dropped=None) | Q(dropped_id__gt=entry))
    return [
        sorted(model.objects.filter(then).values_list("pk", flat=True))
        for model in (Affiliation, Post, Placement)
    ]


def whole() -> None:
    assert tree.faults() == []
    assert duties.faults() == []
    assert verify().broken is None


def test_undone_the_organisation_is_what_it_was_and_duties_with_it(school, tmp_path):
    campaign_actions.tick(full=True)
    builder.user(school.neighbour)
    before, duties_before = facts(), owed()
    roster = bring(tmp_path)
    assert facts() != before
    assert owed() != duties_before
    assert User.objects.get(person=school.neighbour).is_active is False
    whole()
    with clock.playing(NEXT):
        found = undo_import(roster, by=school.office.actor, follow=FOLLOW)
        assert found.counts == {
            "added": 1,
            "moved": 1,
            "changed": 1,
            "ended": 1,
            "given": 1,
            "taken": 0,
            "units": 1,
        }
        assert (found.before, found.after) == (9, 9)
        assert facts() == before
        assert owed() == duties_before
        whole()
        campaign_actions.tick(full=True)
        whole()
        assert campaign_actions.tick(full=True).changed == {}
    roster.refresh_from_db()
    assert (roster.state, roster.undone_entry.verb) == (RosterImport.State.UNDONE, "roster.undone")
    assert not RosterBefore.objects.exists()
    came = Person.objects.get(number="2008010099")
    assert not came.affiliations.filter(dropped=None).exists()


def test_what_was_known_before_the_undoing_stays_what_was_known(school, tmp_path):
    roster = bring(tmp_path)
    last = Entry.objects.latest("id").id
    then, rows_then = known(TODAY), held_true(last)
    rows = Affiliation.objects.filter(entry=roster.entry).count()
    with clock.playing(NEXT):
        undo_import(roster, by=BY, follow=FOLLOW)
        assert known(TODAY) == then
        assert held_true(last) == rows_then
    assert Affiliation.objects.filter(entry=roster.entry, dropped=None).count() == 0
    assert Affiliation.objects.filter(entry=roster.entry).count() == rows
    back = Affiliation.objects.filter(entry__verb="roster.undone", dropped=None)
    assert back.exists()


def why(roster, school) -> dict[str, str]:
    with pytest.raises(Refused, match="后来的登记"):
        undo_import(roster, by=school.office.actor, follow=FOLLOW)
    found = undoing.look(roster, FOLLOW, clock.today())
    roster.refresh_from_db()
    assert roster.state == RosterImport.State.APPLIED
    return {one.number or one.name: one.why for one in found.obstacles}


@pytest.mark.parametrize(
    ("later", "named"),
    [
        ("moved", {"2008010003": "后来又登记过"}),
        ("joined", {"2009010001": "后来又登记过"}),
        ("post", {"2008010099": "后来任了职"}),
        ("post here", {"国贸2008级学生第二党支部": "后来任免过职务"}),
        ("handed", {"2008010099": "已经交过材料"}),
        ("unit handed", {"国贸2008级学生第二党支部": "已经交过"}),
        ("renamed", {"国贸2008级学生第二党支部": "又变动过"}),
        ("member here", {"国贸2008级学生第二党支部": "又有人登记在这里"}),
        ("letter", {"2008010003": "后来办过转接"}),
        ("old unit closed", {"会计2008级学生党支部": "人不能回到那里"}),
    ],
)
def test_refused_where_something_later_depends_on_it_naming_whom(school, tmp_path, later, named):
    roster = bring(tmp_path)
    made = Unit.objects.get(placements__name="国贸2008级学生第二党支部")
    came = Person.objects.get(number="2008010099")
    with clock.playing(NEXT):
        if later == "moved":
            actions.move_members([school.member], school.branch2, by=BY, then=FOLLOW.roster)
        elif later == "joined":
            actions.affiliate(school.far, school.branch2, role="A", by=BY, then=FOLLOW.roster)
        elif later == "post":
            actions.appoint(came, school.branch4, "organiser", by=BY)
        elif later == "post here":
            actions.end_post(Post.objects.get(unit=made, dropped=None), by=BY)
        elif later == "handed":
            play.hand_in(came, came, "theme")
        elif later == "unit handed":
            play.hand_in(made, came, "report")
        elif later == "renamed":
            actions.rename_unit(made, "另一个名称", by=BY, document_no="1号", follow=FOLLOW)
            named = {"另一个名称": "又变动过"}
        elif later == "member here":
            actions.add_person("后来的", number="77", unit=made, by=BY, then=FOLLOW.roster)
        elif later == "letter":
            entry = Entry.objects.order_by("-pk").first()
            actions.set_contact(school.staff, email="a@example.org", phone="", by=BY)
            Transfer.objects.create(
                person=school.member,
                source=made,
                outside="外校",
                asked_on=NEXT,
                by="x",
                entry_id=entry.pk + 1,
            )
        else:
            decided = Asked(
                "merge",
                NEXT,
                "2号",
                units=(school.branch.public_id, school.branch2.public_id),
                into=school.branch.public_id,
            )
            actions.decide(decided, by=BY, follow=FOLLOW)
        found = why(roster, school)
        for who, text in named.items():
            assert text in found[who], found
        whole()


def test_after_seven_days_not_any_more_nor_twice_nor_by_others(school, tmp_path):
    roster = bring(tmp_path)
    with pytest.raises(Refused, match="办公室"):
        undo_import(roster, by=school.secretary.actor, follow=FOLLOW)
    with clock.playing(TODAY + timedelta(days=8)), pytest.raises(Refused, match="7 天内"):
        undo_import(roster, by=school.office.actor, follow=FOLLOW)
    with clock.playing(TODAY + timedelta(days=7)):
        undo_import(roster, by=school.office.actor, follow=FOLLOW)
        with pytest.raises(Conflict, match="已经撤销"):
            undo_import(roster, by=school.office.actor, follow=FOLLOW)


def test_what_is_undone_is_what_was_shown(school, tmp_path):
    roster = bring(tmp_path)
    seen = undoing.look(roster, FOLLOW, clock.today()).fingerprint
    actions.add_person("多一位", number="88", unit=school.direct, by=BY, then=FOLLOW.roster)
    with pytest.raises(Conflict, match="情况又有变动"):
        undo_import(roster, by=BY, seen=seen, follow=FOLLOW)


def test_contact_details_changed_since_stay(school, tmp_path):
    roster = bring(tmp_path)
    actions.set_contact(school.member, email="mine@example.org", phone="1", by=school.member.actor)
    undo_import(roster, by=BY, follow=FOLLOW)
    school.member.refresh_from_db()
    assert (school.member.name, school.member.email, school.member.phone) == ("张伟", "mine@example.org", "1")


def test_the_same_file_can_be_imported_again_afterwards(school, tmp_path):
    roster = bring(tmp_path)
    undo_import(roster, by=BY, follow=FOLLOW)
    again = bring(tmp_path)
    assert again.pk != roster.pk
    assert Placement.objects.filter(on(TODAY), name="国贸2008级学生第二党支部").count() == 1
    assert Person.objects.filter(number="2008010099").count() == 1
    whole()


def test_a_second_import_must_be_undone_first(school, tmp_path):
    first = bring(tmp_path)
    rows = [
        ["2008010003", "张伟一", "会计2008级学生党支部", "经济贸易学院党总支", "学生", "正式", "", "", "", ""]
    ]
    with clock.playing(NEXT):
        out = io.StringIO()
        assert (
            command.import_(
                book(tmp_path, rows, head=HEAD), scope="units", then=FOLLOW.roster, as_json=True, out=out
            )
            == 0
        ), out.getvalue()
        second = RosterImport.objects.order_by("-pk").first()
        assert "2008010003" in why(first, school)
        undo_import(second, by=BY, follow=FOLLOW)
        # it stays refused: what came between is part of what is known
        assert "2008010003" in why(first, school)


#: Where persons and units are named, and why an undoing may pass over it: it is looked at (`undoing`, `leaning`), it
#: follows by itself, or it never depends on membership.
LOOKED_AT = {
    "org.affiliation", "org.post", "org.placement", "org.changedunit", "org.transfer", "campaigns.submission",
    "campaigns.decision", "campaigns.question", "campaigns.review",
    "commitments.commitment", "commitments.deed", "commitments.wallquestion",
}  # fmt: skip
FOLLOWS = {"org.closure", "org.unitalias", "org.rosterbefore", "campaigns.duty", "campaigns.dutyevent",
           "campaigns.delta", "campaigns.ledger", "campaigns.balance", "commitments.item",
           "commitments.itemchange", "commitments.itemevent"}  # fmt: skip
APART = {
    "plans.plan": "hangs on a duty that was handed in, which is looked at; the top one on the root",
    "plans.planversion": "likewise: where it waits and was judged, a unit that reviews",
    "campaigns.workitem": "entered by a unit's head; the unit of an import that is undone has none",
    "org.user": "the account is switched off",
    "org.slip": "of no use to a non-member's account",
    "org.personrequest": "stays asked and decided, member or not",
    "org.consent": "the person's own",
    "org.look": "who looked stays who looked",
    "org.glass": "likewise",
    "org.succession": "only of units that a change names, which is looked at",
    "campaigns.mail": "what was sent was sent",
    "campaigns.changeseen": "what was seen was seen",
}


def test_every_table_that_names_persons_or_units_was_thought_of():
    found = {
        field.related_model._meta.label_lower
        for model in (Person, Unit)
        for field in model._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete
    }
    assert found <= LOOKED_AT | FOLLOWS | APART.keys(), (
        "add it to `roster.undoing`, `duties.leaning` or this list"
    )
