"""Forms of the duty pages: handing in, returning, deciding. What is allowed is judged by the actions, not here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 5000
"""Longest text of one field, characters."""


class HandInForm(forms.Form):
    """A short report: nothing to report first, else what was done and what changed. All texts may wait as a draft."""

    has = forms.ChoiceField(
        label=_("这次有内容要写吗？"),
        choices=[("yes", _("有，我写几句")), ("no", _("这段时间没有可报的，也算完成"))],
        widget=forms.RadioSelect,
        initial="yes",
        required=False,
    )
    done = forms.CharField(
        label=_("做了什么"),
        help_text=_("一两句就够。不用写认识和体会。"),
        widget=forms.Textarea({"rows": 4}),
        max_length=LONGEST,
        required=False,
    )
    changed = forms.CharField(
        label=_("有什么变化"),
        help_text=_("看得见的变化；还看不出来，就写「还看不出来」。"),
        widget=forms.Textarea({"rows": 2}),
        max_length=LONGEST,
        required=False,
    )
    statement = forms.CharField(
        label=_("文字说明"),
        help_text=_("没有文件也行：在哪里、谁可以证明，写一句。"),
        widget=forms.Textarea({"rows": 2}),
        max_length=LONGEST,
        required=False,
    )
    objection = forms.CharField(
        label=_("为什么不同意退回"),
        help_text=_("会和这次交的放在一起，由上一级审核，不由同一个人。"),
        widget=forms.Textarea({"rows": 3}),
        max_length=LONGEST,
        required=False,
    )

    def body(self) -> dict[str, Any]:
        """What is kept as a draft: the texts as typed, whether or not they would be accepted."""
        return {name: self.data.get(name, "")[: LONGEST * 2] for name in self.fields}


class ReturnForm(forms.Form):
    """Why something goes back to its author; the author reads exactly this."""

    reasons = forms.CharField(
        label=_("哪里要改"),
        help_text=_("写给交的人看：哪一处、缺什么、怎么补。不用改的地方也说一声。"),
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
        required=False,
    )


class DecisionForm(forms.Form):
    """Exempting, extending or voiding: a reason of the organisation's short list, words, and a day where one is needed."""

    reason = forms.ChoiceField(label=_("理由"), required=False)
    text = forms.CharField(
        label=_("说明"),
        help_text=_("只有本人、本单位负责人和做决定的人看得到。不要写病情和家事。"),
        widget=forms.Textarea({"rows": 2}),
        max_length=1000,
        required=False,
    )
    due_on = forms.DateField(
        label=_("改到哪一天"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def __init__(self, kind: str, reasons: list[tuple[str, str]], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", "—"), *reasons]  # type: ignore[attr-defined]
        if kind != "extend":
            del self.fields["due_on"]
        if kind != "exempt" or not reasons:
            del self.fields["reason"]


class ApprovalForm(forms.Form):
    """The number of the document by which the campaign was approved."""

    document_no = forms.CharField(
        label=_("批准的文号"),
        help_text=_("领导小组批准这份方案的文件，例如「校发〔2010〕12号」；没有文号就写会议和日期。"),
        max_length=80,
        required=False,
    )
