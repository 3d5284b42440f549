"""The small school that tests speak about by name, built through the actions: `school = builder.build()`.

A committee with two general branches (two branches each) and two direct branches; by name: office, head (secretary of
the committee), leader, inspector,
publicity (no members), dean and dean2 (secretaries of the general branches), secretary, secretary2 (of branch and
branch2), member (of branch), member2 (of branch, active in branch2), neighbour (of branch2), far (of branch3),
staff (of direct), stranger (a non-member). branch4 and direct2 have no secretary: they stand on the vacancy list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.test import Client

from zhengyou.journal.actions import Actor
from zhengyou.journal.tests.kept import kept
from zhengyou.org import actions
from zhengyou.org.models import (
    Organisation,
    Person,
    Unit,
    User,
)
from zhengyou.packs.organisation import KindPart, Label, MembersPart, PostPart, TermPart
from zhengyou.packs.organisation import Organisation as Part

FOUNDED = date(2008, 9, 1)
ENTERED = date(2010, 7, 1)
BY = Actor.system("builder")

NAMED = (
    *("office", "head", "leader", "inspector", "publicity", "dean", "dean2", "secretary", "secretary2"),
    *("member", "member2", "neighbour", "far", "staff", "stranger"),
)
"""The names by which tests speak of the persons."""

ALL_KINDS = ("committee", "general", "direct", "branch")
PART = Part(
    unit_kinds=(
        KindPart("committee", "校党委", "Committee"),
        KindPart("general", "党总支", "General branch", ("committee",)),
        KindPart("direct", "直属党支部", "Direct branch", ("committee",)),
        KindPart("branch", "党支部", "Branch", ("general",), max=50),
    ),
    posts=(
        PostPart(
            "secretary",
            "书记",
            "Secretary",
            ALL_KINDS,
            ("hand_in", "review", "exempt", "see_names", "slips"),
            first_responsible=True,
        ),
        PostPart("organiser", "组织委员", "Organiser", ("general", "direct", "branch"), ()),
        PostPart(
            "office",
            "办公室",
            "Office",
            ("committee",),
            ("hand_in", "review", "exempt", "import", "appoint", "start", "see_units", "slips"),
        ),
        PostPart("leader", "领导", "Leader", ("committee",), ("see_units",)),
        PostPart("inspector", "督查员", "Inspector", ("committee",), ("see_units",)),
        PostPart("publicity", "宣传员", "Publicity officer", ("committee",), ()),
    ),
    kinds={
        "category": {"staff": Label("教职工", "Staff"), "student": Label("学生", "Student")},
        "status": {"full": Label("正式", "Full"), "probationary": Label("预备", "Probationary")},
    },
    affiliation={"headcount": "registered", "duty": "registered", "vote": "registered", "evidence": "either"},
    number_width={"student": 10},
    members=MembersPart(full=("full",)),
    terms={
        "member": TermPart("党员", "Party member", "Party members"),
        "unit": TermPart("党组织", "Party unit", "Party units"),
    },
    exempt_reasons={"ill": Label("病假", "Ill"), "abroad": Label("出国", "Abroad")},
    leave_reasons={"personal": Label("事假", "Personal")},
)


@dataclass
class School:
    """The small school; units and persons are attributes, see the module."""

    organisation: Organisation
    root: Unit
    general: Unit
    general2: Unit
    direct: Unit
    direct2: Unit
    branch: Unit
    branch2: Unit
    branch3: Unit
    branch4: Unit
    office: Person
    head: Person
    leader: Person
    inspector: Person
    publicity: Person
    dean: Person
    dean2: Person
    secretary: Person
    secretary2: Person
    member: Person
    member2: Person
    neighbour: Person
    far: Person
    staff: Person
    stranger: Person

    @property
    def people(self) -> dict[str, Person]:
        """The named persons by their name here."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Person)}


def build(part: Part = PART) -> School:
    """Found the school on 2008-09-01 and fill it; members since 2010-07-01. Built once a session and kept."""
    return kept(("school", repr(part)), lambda: _build(part))


def _build(part: Part) -> School:
    founded = actions.found(
        part,
        "示范学院",
        actions.Founder("何兰", "2001001"),
        by=BY,
        pack_id="test",
        day=FOUNDED,
        root_name="示范学院党委",
    )
    root = founded.root

    def unit(name: str, kind: str, parent: Unit) -> Unit:
        return actions.add_unit(name, kind, parent, by=BY, day=FOUNDED)

    general = unit("经济贸易学院党总支", "general", root)
    general2 = unit("文学院党总支", "general", root)
    direct = unit("图书馆直属党支部", "direct", root)
    direct2 = unit("后勤直属党支部", "direct", root)
    branch = unit("国贸2008级学生第一党支部", "branch", general)
    branch2 = unit("会计2008级学生党支部", "branch", general)
    branch3 = unit("汉语言2009级学生党支部", "branch", general2)
    branch4 = unit("文学院教工党支部", "branch", general2)

    def person(name: str, number: str | None, at: Unit | None, category: str = "student") -> Person:
        return actions.add_person(
            name,
            number=number,
            unit=at,
            day=ENTERED,
            category=category if at else "",
            status="full" if at else "",
            by=BY,
        )

    people = {
        "head": person("杨承志", "2001000", None),
        "leader": person("邓怀山", "2001002", None),
        "inspector": person("周督", "2001003", None),
        "publicity": person("宣文", "2001004", None),
        "dean": person("任致远", "2001010", branch, "staff"),
        "dean2": person("苏文", "2001011", branch3, "staff"),
        "secretary": person("买合木提·吐尔逊", "2008010001", branch),
        "secretary2": person("李会", "2008010002", branch2),
        "member": person("张伟", "2008010003", branch),
        "member2": person("阿依古丽·买买提江", "2008010004", branch),
        "neighbour": person("张伟", "2008010005", branch2),
        "far": person("𠮷田", "2009010001", branch3),
        "staff": person("Anna Smith", "2001020", direct, "staff"),
        "stranger": person("王群", None, None),
    }
    actions.affiliate(people["member2"], branch2, role="A", day=ENTERED, by=BY)
    for who, at, post in (
        ("leader", root, "leader"),
        ("inspector", root, "inspector"),
        ("publicity", root, "publicity"),
        ("dean", general, "secretary"),
        ("dean2", general2, "secretary"),
        ("secretary", branch, "secretary"),
        ("secretary2", branch2, "secretary"),
        ("dean2", branch3, "secretary"),
        ("staff", direct, "secretary"),
        ("head", root, "secretary"),
    ):
        actions.appoint(people[who], at, post, day=ENTERED, by=BY)
    return School(
        organisation=founded.organisation,
        root=root,
        general=general,
        general2=general2,
        direct=direct,
        direct2=direct2,
        branch=branch,
        branch2=branch2,
        branch3=branch3,
        branch4=branch4,
        office=founded.person,
        **people,
    )


def user(person: Person) -> User:
    """The person's account, made without a password where there is none (tests sign in by force_login)."""
    found = User.objects.filter(person=person).first()
    if found is None:
        found = User(number=person.number or person.public_id, person=person)
        found.set_unusable_password()
        found.save()
    return found


def client(person: Person | None = None) -> Client:
    """A browser, signed in as the person."""
    made = Client()
    if person is not None:
        made.force_login(user(person), backend="zhengyou.site.accounts.Backend")
    return made
