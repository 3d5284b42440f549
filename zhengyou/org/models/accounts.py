"""Sign-ins, sign-in slips and the set-up link."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from zhengyou.journal.models import Entry
from zhengyou.org.models.people import Person


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
