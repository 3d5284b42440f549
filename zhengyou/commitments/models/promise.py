"""A commitment, its items one by one, every step of an item and every change of its words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhengyou.campaigns.models import Campaign, Duty
from zhengyou.journal.models import Entry, Evidence
from zhengyou.kit.ids import new_id
from zhengyou.org.models import Person, Unit


class Commitment(models.Model):
    """What one member (`member`) or one unit (none) promises in one campaign; `unit` is where it was made and stays.

    Where a member's commitment is read and reviewed today is a question of the day (the registered unit), a closed
    unit's goes to its successor; both are asked by query, no row is moved. `signed_hash` is the digest of the text that
    the author signed: nothing else is ever published.
    """

    class State(models.IntegerChoices):
        DRAFT = 10, "draft"
        NOTED = 15, "noted"  # said aloud, written down by the secretary: waits for the member's own word
        PROPOSED = 20, "proposed"
        RETURNED = 30, "returned"
        APPROVED = 40, "approved"  # every item accepted, the author has not signed this text yet
        PUBLISHED = 50, "published"
        SETTLED = 70, "settled"

    class Scope(models.TextChoices):
        UNIT = "unit", "unit"
        ORGANISATION = "all", "organisation"
        WEB = "web", "web"

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="commitments", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(Person, models.PROTECT, null=True, related_name="commitments", db_index=False)
    duty = models.OneToOneField(Duty, models.PROTECT, null=True, related_name="commitment")
    state = models.IntegerField(choices=State, default=State.DRAFT)
    summary = models.TextField(blank=True)
    goals = models.TextField(blank=True)
    served = models.CharField(max_length=200, blank=True)
    scope = models.CharField(max_length=4, choices=Scope, default=Scope.UNIT)
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    proposed_on = models.DateField(null=True)
    oral_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    oral_on = models.DateField(null=True)
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    signed_on = models.DateField(null=True)
    signed_hash = models.CharField(max_length=64, blank=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    reviewed_on = models.DateField(null=True)
    published_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    version = models.IntegerField(default=0)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "member"],
                condition=Q(member__isnull=False),
                name="commitment_member_once",
            ),
            models.UniqueConstraint(
                fields=["campaign", "unit"], condition=Q(member=None), name="commitment_unit_once"
            ),
        ]
        indexes = [
            models.Index(fields=["member", "state"], name="commitment_member"),
            models.Index(fields=["unit", "state"], name="commitment_unit"),
            models.Index(fields=["oral_by"], name="commitment_oral", condition=Q(state=15)),
        ]

    def __str__(self) -> str:
        return f"commitment {self.public_id}"

    @property
    def of_unit(self) -> bool:
        """Whether a unit promises, not a member."""
        return self.member_id is None

    @property
    def is_public(self) -> bool:
        """Whether it stands on the wall: published, or settled since."""
        return self.state in (self.State.PUBLISHED, self.State.SETTLED)


class Item(models.Model):
    """One promise: what, how a third person could check it, by when, who answers for it (units), and how it stands.

    `verdict` and `reasons` are those of the newest review round. Overdue is a view (`due_on` passed while open), never
    a state. `explained` on what was not kept: with cause (`cause` says which) or without. The third refusal of a claim
    tells the level above who refused: `alerts_at`.
    """

    class Kind(models.TextChoices):
        COMMON = "common", "common"
        POST = "post", "post"
        DEED = "deed", "deed"

    class State(models.IntegerChoices):
        OPEN = 10, "open"
        CLAIMED = 20, "claimed"
        DISPUTED = 30, "disputed"
        KEPT = 40, "kept"
        UNKEPT = 50, "not kept"
        RELEASED = 60, "released"

    class Verdict(models.TextChoices):
        NONE = "", "not judged"
        ACCEPTED = "accepted", "accepted"
        RETURNED = "returned", "returned"

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="items", db_index=False)
    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    place = models.SmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.POST)
    text = models.TextField()
    how = models.TextField(blank=True)
    measure = models.TextField(blank=True)
    due_on = models.DateField(null=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    owner_text = models.CharField(max_length=100, blank=True)
    same = models.CharField(
        max_length=32, blank=True
    )  # digest of the normalised words, to find what was copied
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default=Verdict.NONE)
    reasons = models.TextField(blank=True)
    state = models.IntegerField(choices=State, default=State.OPEN)
    claim = models.TextField(blank=True)
    claimed_on = models.DateField(null=True)
    claimed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_on = models.DateField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    decision = models.TextField(blank=True)
    cause = models.TextField(blank=True)
    explained = models.BooleanField(null=True)
    changed = models.SmallIntegerField(default=0)  # changes approved since it was published
    alerts_at = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    version = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["commitment", "place"], name="commitment_item_place"),
            models.Index(fields=["same"], name="commitment_item_same", condition=~Q(same="")),
            models.Index(fields=["state", "due_on"], name="commitment_item_due"),
            models.Index(
                fields=["alerts_at"], name="commitment_item_alert", condition=Q(alerts_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.public_id}"


OPEN_ITEMS = (Item.State.OPEN, Item.State.CLAIMED, Item.State.DISPUTED)
"""States of an item that is not settled yet."""


class ItemChange(models.Model):
    """A change of a published item's words, or its release, asked for with the reason; both texts stay readable.

    `told` (a release): to whom of those it was promised to the reason was explained. `new_*` are empty on a release.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", "change"
        RELEASE = "release", "release"

    class State(models.IntegerChoices):
        ASKED = 10, "asked"
        APPROVED = 20, "approved"
        REFUSED = 30, "refused"
        WITHDRAWN = 40, "withdrawn"

    item = models.ForeignKey(Item, models.PROTECT, related_name="changes", db_index=False)
    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    kind = models.CharField(max_length=7, choices=Kind)
    old_text = models.TextField()
    old_measure = models.TextField(blank=True)
    old_due_on = models.DateField(null=True)
    new_text = models.TextField(blank=True)
    new_measure = models.TextField(blank=True)
    new_due_on = models.DateField(null=True)
    reason = models.TextField()
    told = models.CharField(max_length=200, blank=True)
    state = models.IntegerField(choices=State, default=State.ASKED)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    asked_on = models.DateField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_on = models.DateField(null=True)
    answer = models.TextField(blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(state=10), name="commitment_change_one_asked"
            )
        ]
        indexes = [models.Index(fields=["item", "id"], name="commitment_change_item")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.item_id}"


class ItemEvent(models.Model):
    """One step of one item, append-only: what the page shows as the way of the promise. `text` is what was said with it."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", "accepted in review"
        RETURNED = "returned", "returned in review"
        PUBLISHED = "published", "published"
        CLAIMED = "claimed", "claimed done"
        CONFIRMED = "confirmed", "confirmed"
        DISPUTED = "disputed", "disputed"
        ASKED = "asked", "change or release asked"
        CHANGED = "changed", "changed"
        RELEASED = "released", "released"
        REFUSED = "refused", "change or release refused"
        UNKEPT = "unkept", "not kept"

    item = models.ForeignKey(Item, models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=9, choices=Kind)
    day = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    text = models.TextField(blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["item", "id"], name="commitment_event_item")]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id}"


class ItemEvidence(models.Model):
    """A piece of evidence linked to an item with a claim; kept once by the journal (S14)."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="evidence", db_index=False)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "evidence"], name="item_evidence_once")]

    def __str__(self) -> str:
        return f"evidence {self.evidence_id} for item {self.item_id}"
