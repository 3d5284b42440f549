"""Everything that changes campaigns and duties; views, command line and story all come through here."""

from zhengyou.campaigns.actions import mass
from zhengyou.campaigns.actions.deciding import decide, decide_many, exempt, extend, take_back, void
from zhengyou.campaigns.actions.handing import hand_in, object_to_return, withdraw
from zhengyou.campaigns.actions.judging import Outcome, accept, give_back, judge
from zhengyou.campaigns.actions.moving import Moved, move_day, move_slot
from zhengyou.campaigns.actions.starting import Started, start
from zhengyou.campaigns.actions.ticking import Ticked, tick

__all__ = [
    "Moved",
    "Outcome",
    "Started",
    "Ticked",
    "accept",
    "decide",
    "decide_many",
    "exempt",
    "extend",
    "give_back",
    "hand_in",
    "judge",
    "mass",
    "move_day",
    "move_slot",
    "object_to_return",
    "start",
    "take_back",
    "tick",
    "void",
    "withdraw",
]
