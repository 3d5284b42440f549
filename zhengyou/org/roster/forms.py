"""What the upload page asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengyou.kit import clock
from zhengyou.org.forms import Form, day_field


class Upload(Form):
    """The workbook, the day it speaks of, and whom it is to contain."""

    file = forms.FileField(
        label=_("名册文件"),
        error_messages={"required": _("选一个文件"), "empty": _("这个文件是空的。请检查是不是选错了文件。")},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv", "aria-describedby": "fh"}),
    )
    day = day_field(
        _("这份名册是哪天的"), help_text=_("变动从这一天起算；填过去的日子会标「补录」。"), required=False
    )
    scope = forms.ChoiceField(
        label=_("这份名册应当有谁"),
        choices=[
            ("all", _("整个组织的人：不在名册里的都列出来")),
            ("units", _("只有名册里这些单位的人：别的单位不看")),
        ],
        widget=forms.RadioSelect,
        initial="all",
        required=False,
    )

    def clean_day(self) -> date:
        """Today where left blank; never a day to come."""
        day: date | None = self.cleaned_data["day"]
        if day is not None and day > clock.today():
            raise forms.ValidationError(_("名册日期不能晚于今天。"))
        return day or clock.today()

    def clean_scope(self) -> Any:
        """The whole organisation unless chosen otherwise."""
        return self.cleaned_data["scope"] or "all"
