"""The dated organisation: persons, units, placements, affiliations and posts, each true in [valid_from, valid_to)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from zhengyou.journal.actions import Actor
from zhengyou.journal.models import Entry
from zhengyou.kit.ids import new_id
from zhengyou.kit.sql import FAR
from zhengyou.packs.organisation import Organisation as Part


class Organisation(models.Model):
    """The one organisation of this installation, founded from a pack's organisation part."""

    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=60, default="Asia/Shanghai")
    brand = models.CharField(max_length=7, blank=True)
    founded_on = models.DateField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return self.name


class OrganisationPart(models.Model):
    """One version of the organisation's own rules: unit kinds, posts, words, calendar; the newest is in force."""

    version = models.IntegerField(unique=True)
    pack_id = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    body = models.JSONField()
    valid_from = models.DateField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"{self.pack_id} v{self.version}"

    def part(self) -> Part:
        """The typed part, read back from its JSON."""
        return Part.from_json(self.body)


class Dated(models.Model):
    """A fact true in [valid_from, valid_to), known from `entry` until `dropped`; immutable but for `dropped` (CORE §1)."""

    valid_from = models.DateField()
    valid_to = models.DateField(default=FAR)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    dropped = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        abstract = True


def on(day: date, prefix: str = "") -> Q:
    """Condition: the dated row is held true and holds on `day`."""
    return Q(
        **{f"{prefix}dropped": None, f"{prefix}valid_from__lte": day, f"{prefix}valid_to__gt": day},
    )


def dated(name: str, key: list[str], **also: Any) -> list[models.BaseConstraint]:
    """Constraints of a dated table: no empty interval, and no two current rows of `key` that start or stay open together."""
    now = Q(dropped=None, **also)
    return [
        models.CheckConstraint(condition=Q(valid_from__lt=F("valid_to")), name=f"{name}_interval"),
        models.UniqueConstraint(fields=[*key, "valid_from"], condition=now, name=f"{name}_start"),
        models.UniqueConstraint(fields=key, condition=now & Q(valid_to=FAR), name=f"{name}_open"),
    ]


class Unit(models.Model):
    """A unit for ever: never deleted, closed from `closed_on` on; `place` keeps the organisation's own order."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    opened_on = models.DateField()
    closed_on = models.DateField(default=FAR)
    place = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.public_id


class Placement(Dated):
    """Where a unit hangs and what it is called, by date; a closed unit keeps its last one, so its past stays in sums."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="placements", db_index=False)
    parent = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, db_index=False)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = dated("placement", ["unit"])
        indexes = [
            models.Index(fields=["parent", "valid_to"], name="placement_parent"),
            models.Index(fields=["name"], name="placement_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """Cache of placements as known now: `ancestor` is above (or is) `descendant` in [valid_from, valid_to)."""

    ancestor = models.ForeignKey(Unit, models.CASCADE, related_name="+", db_index=False)
    descendant = models.ForeignKey(Unit, models.CASCADE, related_name="+", db_index=False)
    valid_from = models.DateField()
    valid_to = models.DateField(default=FAR)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["descendant", "ancestor", "valid_from"], name="closure_once")
        ]
        indexes = [models.Index(fields=["ancestor", "valid_to", "descendant"], name="closure_down")]

    def __str__(self) -> str:
        return f"{self.ancestor_id}>{self.descendant_id}"


class Person(models.Model):
    """Anybody known: a member is a person with a registered affiliation; a non-member has no number."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    number = models.CharField(max_length=40, unique=True, null=True)
    name = models.CharField(max_length=100)
    sort_key = models.CharField(max_length=120, blank=True)
    joined_on = models.DateField(null=True)
    confirmed_on = models.DateField(null=True)
    email = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["name"], name="person_name"),
            models.Index(fields=["sort_key", "id"], name="person_order"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        """This person as the one who acts."""
        return Actor.person(self.public_id)


class Affiliation(Dated):
    """A member in a unit: exactly one registered (R) at any instant while a member, any number of activity (A).

    What audiences ask of a member (category, status) stands in the same dated row. `begun` and `ended` say how the
    interval starts and ends in the balance: in, developed, moved, changed / out, left, deceased, moved, changed.
    """

    class Role(models.TextChoices):
        REGISTERED = "R", "registered"
        ACTIVITY = "A", "activity"

    person = models.ForeignKey(Person, models.PROTECT, related_name="affiliations", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=1, choices=Role, default=Role.REGISTERED)
    category = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=40, blank=True)
    begun = models.CharField(max_length=12, default="in")
    ended = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            *dated("affiliation", ["person"], role="R"),
            models.UniqueConstraint(
                fields=["person", "unit", "valid_from"],
                condition=Q(dropped=None, role="A"),
                name="affiliation_activity",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "valid_to"], name="affiliation_unit", condition=Q(dropped=None)),
            models.Index(fields=["entry"], name="affiliation_entry"),
            models.Index(fields=["dropped"], name="affiliation_dropped", condition=Q(dropped__isnull=False)),
            models.Index(fields=["person", "valid_to"], name="affiliation_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.unit_id}"


class Post(Dated):
    """A post held on a unit by date; authority flows from here alone, down the tree."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", db_index=False)
    post = models.CharField(max_length=40)
    first_responsible = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_from__lt=F("valid_to")), name="post_interval"),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(dropped=None, first_responsible=True, valid_to=FAR),
                name="post_first",
            ),
            models.UniqueConstraint(
                fields=["person", "unit", "post"], condition=Q(dropped=None, valid_to=FAR), name="post_once"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "valid_to"], name="post_person"),
            models.Index(fields=["unit", "valid_to"], name="post_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.post}@{self.unit_id}"


class UserManager(BaseUserManager["User"]):
    """Users are made by a set-up link or a sign-in slip, never by sign-up."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(number=username)


class User(AbstractBaseUser):
    """A sign-in of one person; the sign-in name is the person's number. Holds no authority: posts do."""

    number = models.CharField(max_length=40, unique=True)
    person = models.OneToOneField(Person, models.PROTECT, related_name="user")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    seen_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "number"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]
    objects = UserManager()

    def __str__(self) -> str:
        return self.number


class Slip(models.Model):
    """A one-time sign-in code for one person, printed on a slip; only its keyed digest is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="slips")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"slip of {self.person_id}"


class SlipTry(models.Model):
    """Wrong codes tried in one hour from one address (for one number, or for all): what slows down guessing."""

    key = models.CharField(max_length=64)
    hour = models.DateTimeField()
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="sliptry_once")]

    def __str__(self) -> str:
        return f"{self.n} at {self.hour}"


class SetupLink(models.Model):
    """The one-time link by which an empty installation is founded; only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"set-up until {self.expires_at}"


class RosterImport(models.Model):
    """One roster file on its way: staged rows, questions and decisions, until it is applied or put away."""

    class State(models.IntegerChoices):
        READING = 0, "reading"
        REFUSED = 5, "refused"
        PARSED = 10, "parsed"
        APPLIED = 20, "applied"
        PUT_AWAY = 30, "put away"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    day = models.DateField()
    scope = models.CharField(max_length=8)
    state = models.IntegerField(choices=State, default=State.PARSED)
    summary = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    questions = models.JSONField(default=list)
    decisions = models.JSONField(default=dict)
    key = models.CharField(max_length=40, blank=True)
    uploaded_at = models.DateTimeField()
    owner = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", null=True, db_index=False)

    def __str__(self) -> str:
        return self.file_name


class RosterRow(models.Model):
    """One staged row of a roster, or a missing person: as read, and what the comparison says; gone with the import.

    `cells` is the row as read (see roster.staging), `state` new, changed, unchanged, error or missing, `said` what
    the page shows: changes, faults, the unit by name.
    """

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="rows", db_index=False)
    n = models.IntegerField()
    sheet = models.CharField(max_length=100, blank=True)
    row = models.IntegerField(default=0)
    number = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10)
    cells = models.JSONField(default=list)
    said = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "n"], name="rosterrow_once")]
        indexes = [models.Index(fields=["roster", "state", "n"], name="rosterrow_state")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.row}"


class UnitAlias(models.Model):
    """Another way in which rosters write a unit's name, learned from an answer; the newest answer holds."""

    name = models.CharField(max_length=200, unique=True)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return self.name
