"""Everything that changes plans."""

from zhengyou.plans.actions.asking import keep, taken_over
from zhengyou.plans.actions.judging import judge
from zhengyou.plans.actions.writing import hand_in, issue, object_to_return, withdraw

__all__ = ["hand_in", "issue", "judge", "keep", "object_to_return", "taken_over", "withdraw"]
