"""Everything that changes the organisation; views, imports and commands all come through here."""

from zhengyou.org.actions.accounts import (
    cancel_slips,
    invite,
    make_setup_link,
    make_slips,
    redeem,
)
from zhengyou.org.actions.changes import carry_out_planned, decide, preview, put_away
from zhengyou.org.actions.founding import Founder, found, found_by_link
from zhengyou.org.actions.members import add_person, affiliate, end_activity, leave, move_members, set_contact
from zhengyou.org.actions.posts import appoint, end_post
from zhengyou.org.actions.rows import close_accounts
from zhengyou.org.actions.units import add_unit, rename_unit

__all__ = [
    "Founder",
    "add_person",
    "add_unit",
    "affiliate",
    "appoint",
    "cancel_slips",
    "carry_out_planned",
    "close_accounts",
    "decide",
    "end_activity",
    "end_post",
    "found",
    "found_by_link",
    "invite",
    "leave",
    "make_setup_link",
    "make_slips",
    "move_members",
    "preview",
    "put_away",
    "redeem",
    "rename_unit",
    "set_contact",
]
