"""Forms of members through time: what becomes of a class, letters of transfer, terms, delegations and hand-overs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengyou.kit import clock
from zhengyou.org import current
from zhengyou.org.forms import Form, day_field

Choices = Sequence[tuple[str, str]]


class ClassDeed(Form):
    """What becomes of the chosen members, all that were found or the ticked ones, from which day."""

    scope = forms.ChoiceField(label=_("给谁办"), widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label=_("办什么"), widget=forms.RadioSelect, error_messages={"required": _("选一种")}
    )
    unit = forms.ChoiceField(
        label=_("转到哪个单位"), required=False, help_text=_("选了「转到别的单位」才用；不在里面的，在上面找")
    )
    status = forms.ChoiceField(label=_("改成哪种状态"), required=False, help_text=_("选了「改状态」才用"))
    category = forms.ChoiceField(label=_("改成哪种类别"), required=False, help_text=_("选了「改类别」才用"))
    day = day_field(_("从哪一天起"), required=False, help_text=_("可以补录过去的日期，不能晚于今天"))
    document_no = forms.CharField(label=_("文号"), max_length=80, required=False)

    def __init__(self, *args: Any, words: current.Words, units: Choices, found: int, **named: Any):
        super().__init__(*args, initial={"day": clock.today(), "scope": "all"}, **named)
        everybody = gettext("符合条件的全部 %(n)s 人") % {"n": f"{found:,}"}
        self._choose("scope", [("all", everybody), ("ticked", gettext("只给勾上的人"))])
        hows = [("graduate", gettext("毕业或调出：转到别的组织，职务和活动单位一起结束"))]
        if units:
            hows.append(("move", gettext("转到别的单位")))
        if words.of("status"):
            hows.append(("status", gettext("改状态，比如按期转正、保留组织关系")))
        if words.of("category"):
            hows.append(("category", gettext("改类别")))
        hows += [("left", gettext("不再是成员")), ("deceased", gettext("去世"))]
        self._choose("how", hows)
        self._choose("unit", [("", "—"), *units])
        for name in ("status", "category"):
            self._choose(name, [("", "—"), *words.of(name)])

    def _choose(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What was chosen needs its own answer."""
        data = super().clean() or self.cleaned_data
        how = data.get("how", "")
        field = {"move": "unit", "status": "status", "category": "category"}.get(how)
        if field and not data.get(field):
            self.add_error(field, gettext("选一个"))
        data["value"] = data.get(field, "") if field else ""
        return data


def term_field() -> forms.DateField:
    """The last day of a term."""
    return day_field(_("任期到哪一天"), required=False, help_text=_("这一天是任期的最后一天；不写就没有任期"))


class Delegate(Form):
    """Who acts for the holder, from when, until when."""

    person = forms.ChoiceField(
        label=_("由谁代行"),
        widget=forms.RadioSelect,
        error_messages={"required": _("选一个人"), "invalid_choice": _("选一个人")},
    )
    day = day_field(_("从哪一天起"), required=False)
    until = day_field(_("到哪一天为止"), help_text=_("这一天还代行，第二天自己结束"))
    document_no = forms.CharField(label=_("文号"), max_length=80, required=False)

    def __init__(self, *args: Any, **named: Any):
        super().__init__(*args, **named)
        self.fields["until"].error_messages["required"] = gettext("写上到哪一天为止")


class HandOver(Form):
    """Who takes the post over, from when, by which document, until when."""

    person = forms.ChoiceField(
        label=_("由谁接任"),
        widget=forms.RadioSelect,
        error_messages={"required": _("选一个人"), "invalid_choice": _("选一个人")},
    )
    day = day_field(
        _("从哪一天起"), required=False, help_text=_("前任的职务在这一天结束，接任的从这一天开始")
    )
    document_no = forms.CharField(label=_("文号"), max_length=80, required=False)
    term_last = term_field()


class AskTransfer(Form):
    """Where a member goes: a unit found by name, or another organisation."""

    unit = forms.ChoiceField(label=_("转到哪个单位"), widget=forms.RadioSelect, required=False)
    outside = forms.CharField(label=_("或者转到外面：写上那边组织的全称"), max_length=200, required=False)
    reason = forms.CharField(label=_("为什么"), max_length=2000, required=False)


class EnterLetter(Form):
    """A letter brought from another organisation."""

    name = forms.CharField(label=_("姓名"), max_length=100, error_messages={"required": _("写上姓名")})
    number = forms.CharField(label=_("编号"), max_length=40, error_messages={"required": _("写上编号")})
    outside = forms.CharField(
        label=_("从哪里来"),
        max_length=200,
        help_text=_("写那边组织的全称"),
        error_messages={"required": _("写上从哪里来")},
    )
    letter_no = forms.CharField(
        label=_("介绍信的号码"), max_length=80, error_messages={"required": _("写上介绍信的号码")}
    )
    day = day_field(_("介绍信是哪一天开的"), required=False)
    valid_until = day_field(_("有效到哪一天"), required=False, help_text=_("不写就按通常的天数"))


class Release(Form):
    """A letter's number, its day and how long it is valid."""

    letter_no = forms.CharField(
        label=_("介绍信的号码"), max_length=80, error_messages={"required": _("写上介绍信的号码")}
    )
    day = day_field(_("哪一天开的"), required=False)
    valid_until = day_field(_("有效到哪一天"), required=False, help_text=_("不写就按通常的天数"))


class Receive(Form):
    """The day on the return slip; for whoever comes from outside also category and status."""

    day = day_field(
        _("回执上的日期"), required=False, help_text=_("从这一天起算到新单位；这一天以前算在原单位")
    )
    category = forms.ChoiceField(label=_("类别"), required=False)
    status = forms.ChoiceField(label=_("状态"), required=False)

    def __init__(self, *args: Any, words: current.Words, joins: bool, **named: Any):
        super().__init__(*args, **named)
        for name in ("category", "status"):
            if joins:
                self.fields[name].choices = [("", "—"), *words.of(name)]  # type: ignore[attr-defined]
            else:
                del self.fields[name]


class Reason(Form):
    """Why."""

    reason = forms.CharField(
        label=_("理由"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
