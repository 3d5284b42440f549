"""For the command line: the set-up link of an empty directory, inviting somebody into the office."""

from zhengyou.org.actions.accounts import MadeSlip, invite, make_setup_link, setup_is_open

__all__ = ["MadeSlip", "invite", "make_setup_link", "setup_is_open"]
