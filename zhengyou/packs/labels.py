"""Words for keys and words of the language, on forms and in lists of defaults."""

from __future__ import annotations

from .wording import Text as _
from .wording import worded as pgettext

_KEYS: dict[str, tuple[str, str]] = {
    "from": ("从", "from"),
    "to": ("到", "to"),
    "duties": ("期间的任务", "tasks meanwhile"),
    "due": ("期限", "due"),
    "who": ("由谁做", "who"),
    "every": ("多久一次", "how often"),
    "times": ("次数", "times"),
    "irregular": ("至少几次", "at least"),
    "days": ("天数", "days"),
    "on": ("哪一天", "day"),
    "joiners": ("中途加入的", "joiners"),
    "joiner_days": ("还剩几天", "days left"),
    "ask_days": ("几天内答复问题", "days to answer a question"),
    "by": ("由谁审", "reviewed by"),
    "minutes": ("用时（分钟）", "minutes"),
    "quorum": ("到会要求", "quorum"),
    "scale": ("等级", "scale"),
    "count": ("个数", "count"),
    "mode": ("怎么审", "how reviewed"),
    "share": ("比例", "share"),
    "return_days": ("几天内可退回", "days to return"),
    "level": ("要求", "level"),
    "may": ("可以做", "powers"),
    "headcount": ("人数算在", "heads counted at"),
    "duty": ("任务派给", "duties charged to"),
    "vote": ("表决在", "votes at"),
    "evidence": ("材料可以来自", "evidence from"),
}
_WORDS = {
    "yes": _("是"),
    "no": _("否"),
    "none": _("没有"),
    "owe": _("照样要做"),
    "owe_if_days_left": _("剩下的天数够才做"),
    "owe_next_period": _("从下一期起做"),
    "submitted": _("交了就算"),
    "accepted": _("通过才算"),
    "not_owed": _("不用做"),
    "owed": _("照做"),
    "deadline_moves": _("期限顺延"),
    "registered": _("注册的单位"),
    "activity": _("活动的单位"),
    "either": _("两边都可以"),
    "must": _("必须做"),
    "should": pgettext("pack", "应当做"),
    "may": _("可以做，不派任务"),
    "sample": _("抽查"),
    "each": _("逐件审"),
    "day": _("每天"),
    "week": _("每周"),
    "month": _("每月"),
    "quarter": _("每季度"),
    "half": _("每半年"),
    "year": _("每年"),
    "parent": pgettext("pack", "上级单位"),
    "office": pgettext("pack", "办公室"),
    "leaders": _("领导"),
    "masses": _("群众"),
    "all_members": _("全体成员"),
    "all_units": _("全部单位"),
    "anonymous": _("匿名"),
    "confidential": _("保密"),
    "named": pgettext("pack", "实名"),
    "end": _("最后一天"),
    "start": _("第一天"),
}


def key_label(key: str) -> tuple[str, str]:
    """A key in Chinese and English; the key itself where the list has none."""
    return _KEYS.get(key, (key, key))


def word_label(word: str) -> str:
    """A word of the language as the page shows it; other words as they are."""
    return str(_WORDS.get(word, word))
