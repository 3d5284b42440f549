"""The dated organisation: persons, units, placements, affiliations and posts, each true in [valid_from, valid_to)."""

from zhengyou.org.models.accounts import SetupLink, Slip, SlipTry, User, UserManager
from zhengyou.org.models.dated import Dated, dated, on
from zhengyou.org.models.people import Affiliation, Person, Post, Transfer
from zhengyou.org.models.rights import Consent, Glass, Look, PersonRequest
from zhengyou.org.models.roster import RosterBefore, RosterImport, RosterRow, UnitAlias
from zhengyou.org.models.tree import (
    ChangedUnit,
    Closure,
    Organisation,
    OrganisationPart,
    Placement,
    Succession,
    Unit,
    UnitChange,
)

__all__ = [
    "Affiliation",
    "ChangedUnit",
    "Closure",
    "Consent",
    "Dated",
    "Glass",
    "Look",
    "Organisation",
    "OrganisationPart",
    "Person",
    "PersonRequest",
    "Placement",
    "Post",
    "RosterBefore",
    "RosterImport",
    "RosterRow",
    "SetupLink",
    "Slip",
    "SlipTry",
    "Succession",
    "Transfer",
    "Unit",
    "UnitAlias",
    "UnitChange",
    "User",
    "UserManager",
    "dated",
    "on",
]
