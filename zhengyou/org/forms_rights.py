"""Forms of what a person asks, of its decision, and of opening somebody's entries with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengyou.org import rights
from zhengyou.org.forms import Form


def words_field(label: Any, rows: int = 3, **named: Any) -> forms.CharField:
    """A text of a few lines."""
    return forms.CharField(
        label=label, max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": rows}), **named
    )


class Ask(Form):
    """What a person asks: which sort, about what, what it should say, why."""

    kind = forms.ChoiceField(
        label=_("请求什么"),
        widget=forms.RadioSelect,
        choices=[
            ("correct", _("更正：登记的和实际不一样")),
            ("object", _("提出异议：不同意这样写或者这样用")),
            ("erase", _("删除：不再是成员以后，把个人信息删掉")),
        ],
        error_messages={"required": _("选一种申请")},
    )
    about = forms.ChoiceField(label=_("哪一项"), required=False)
    new_text = words_field(
        _("应该是什么"),
        rows=2,
        help_text=_("更正才要写。日期写成 2010-11-22；单位写全称"),
    )
    reason = words_field(_("理由"), help_text=_("写给决定的人看"))

    def __init__(self, *args: Any, also: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = [*rights.FIELDS.items(), (rights.OTHER, rights.label(rights.OTHER))]
        if also not in dict(choices) and also.startswith("duty:"):
            choices.append((also, rights.label(also)))
        self.fields["about"].choices = choices  # type: ignore[attr-defined]


class Answer(Form):
    """The decision's words."""

    answer = words_field(_("答复"), help_text=_("不同意要写理由；本人看得到"))


class Appeal(Form):
    """Why the next level should look again."""

    reason = words_field(_("为什么请上一级再看"))


class BreakGlass(Form):
    """Whose entries, and why."""

    number = forms.CharField(
        label=_("编号"),
        max_length=40,
        help_text=_("只打开这一个人的登记，一小时"),
        error_messages={"required": _("写上编号")},
    )
    reason = forms.CharField(
        label=_("为什么要看"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("本人马上看得到这句话和您的名字；办公室有一份清单"),
        error_messages={"required": _("写明为什么要看")},
    )
