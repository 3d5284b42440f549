"""Entries of the hash chain, the keys of persons and of forms, evidence kept once, drafts."""

from __future__ import annotations

from django.db import models

from zhengyou.kit.ids import new_id


class Entry(models.Model):
    """One action: who did what to which thing on which day; its id is the recorded-time axis (CORE §1.2).

    Holds ids and keyed digests only: never a name, a free text or a reason.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    day = models.DateField()
    verb = models.CharField(max_length=60)
    actor = models.CharField(max_length=60)
    unit = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=80, blank=True)
    digests = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["day", "id"], name="entry_day"),
            models.Index(fields=["subject", "id"], name="entry_subject"),
            models.Index(fields=["actor", "id"], name="entry_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.verb}"


class Chain(models.Model):
    """The chain's last link, one row, locked by every entry so that id order is commit order on every database."""

    last = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"chain at {self.last}"


class SubjectKey(models.Model):
    """One person's own key: what entries about `person:<id>` keep is digested with it; destroyed when the person is erased.

    Without it nobody can try out whether a name or a text was the one; the chain itself needs no key and stays whole.
    """

    subject = models.CharField(max_length=80, unique=True)
    key = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"key of {self.subject}"


class SpentKey(models.Model):
    """An idempotency key that a committed action used up, and where its answer led."""

    key = models.CharField(max_length=40, unique=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    actor = models.CharField(max_length=60)
    path = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.key


class Evidence(models.Model):
    """A statement or a file kept once and linked from any number of things (S14); rooms hold the links."""

    public_id = models.CharField(max_length=16, unique=True, default=new_id, editable=False)
    text = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-id"], name="evidence_owner"),
            models.Index(fields=["sha256"], name="evidence_sha"),
        ]

    def __str__(self) -> str:
        return self.name or self.text[:40]


class Draft(models.Model):
    """One saved version of a text being written; it grew from `base`, may put `joined` to rest; not journalled.

    Versions that no other grew from are heads: one head is the text, two are two tabs that both went on writing.
    """

    owner = models.CharField(max_length=60)
    label = models.CharField(max_length=80)
    version = models.IntegerField()
    base = models.IntegerField(default=0)
    joined = models.IntegerField(default=0)
    body = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "label", "version"], name="draft_version")]

    def __str__(self) -> str:
        return f"{self.label} v{self.version}"
