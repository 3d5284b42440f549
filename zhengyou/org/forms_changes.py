"""Forms of the changes of units: what the superior decided; each becomes an `Asked`, which the preview then carries."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengyou.kit import clock
from zhengyou.org import current
from zhengyou.org.asked import CLOSE, REST, STAY, Asked, Part
from zhengyou.org.forms import Form, day_field, document_field
from zhengyou.org.models import Placement, Unit

Choices = Sequence[tuple[str, str]]
PARTS = 4
"""Parts that the page of a split offers; an empty one is not used."""


class Change(Form):
    """What every change has: a document and a day, which may be past (shown as entered late) or to come (planned)."""

    document_no = document_field()
    day = day_field(
        _("从哪一天起"),
        help_text=_("可以补录过去的日期；以后的日期先记为计划，到那一天由系统办理"),
        required=False,
    )
    field_order: list[str] | None = None

    def __init__(self, *args: Any, unit: Unit, placement: Placement, words: current.Words, **named: Any):
        super().__init__(*args, initial={"day": clock.today(), **named.pop("initial", {})}, **named)
        self.unit, self.placement, self.words = unit, placement, words

    def choose(self, name: str, choices: Choices) -> None:
        """Give a field its choices."""
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def children(self, found: list[tuple[str, str, Choices]]) -> None:
        """Ask where the units below go: (public id, name, choices) each; "" follows the successor."""
        label = gettext("下级「%(name)s」改属")
        for public_id, name, choices in found:
            self.fields[f"child-{public_id}"] = forms.ChoiceField(
                label=label % {"name": name},
                choices=[("", gettext("随接续的单位；种类不合的，归上一级")), *choices],
                required=False,
            )

    @abstractmethod
    def asked(self) -> Asked:
        """What was asked for."""

    def common(self, kind: str) -> dict[str, Any]:
        """What every change hands on."""
        data = self.cleaned_data
        below = {name[6:]: value for name, value in data.items() if name.startswith("child-") and value}
        day = data["day"] or clock.today()
        return {"kind": kind, "day": day, "document_no": data["document_no"], "children": below}


class Reparent(Change):
    """Another superior."""

    parent = forms.ChoiceField(
        label=_("改属哪个上级"),
        widget=forms.RadioSelect,
        error_messages={"required": _("选一个上级"), "invalid_choice": _("选一个上级")},
    )
    field_order = ["parent", "document_no", "day"]

    @property
    def nowhere(self) -> bool:
        """Whether no unit can be chosen: nothing was found, or no other may be its superior."""
        return not list(self.fields["parent"].choices)  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """This unit under the chosen one."""
        return Asked(
            **self.common("reparent"), units=(self.unit.public_id,), parent=self.cleaned_data["parent"]
        )


class Merge(Change):
    """Units that become one: this one, or a new one."""

    others = forms.MultipleChoiceField(
        label=_("和哪些单位合并"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("选出要合并的单位"), "invalid_choice": _("选出要合并的单位")},
    )
    into = forms.ChoiceField(label=_("合并以后"), widget=forms.RadioSelect, initial="this")
    name = forms.CharField(
        label=_("新单位的名称"), max_length=200, required=False, help_text=_("选「成立新单位」时写")
    )
    field_order = ["others", "into", "name", "document_no", "day"]

    def __init__(self, *args: Any, **named: Any):
        super().__init__(*args, **named)
        here = gettext("并入「%(name)s」，它保留；其余的撤销") % {"name": self.placement.name}
        self.choose("into", [("this", here), ("new", gettext("成立新单位，参加合并的都撤销"))])

    def clean(self) -> dict[str, Any]:
        """A new unit has a name."""
        data = super().clean() or self.cleaned_data
        if data.get("into") == "new" and not data.get("name", "").strip():
            self.add_error("name", gettext("写上新单位的名称"))
        return data

    def asked(self) -> Asked:
        """This unit and the others, into this one or a new one of its kind beside it."""
        data = self.cleaned_data
        units = (self.unit.public_id, *data["others"])
        if data["into"] == "this":
            return Asked(**self.common("merge"), units=units, into=self.unit.public_id)
        parent = self.placement.parent.public_id if self.placement.parent is not None else ""
        return Asked(
            **self.common("merge"), units=units, name=data["name"], unit_kind=self.unit.kind, parent=parent
        )


class Split(Change):
    """One unit that becomes several: new ones beside it or others that take members over."""

    rest = forms.ChoiceField(
        label=_("原来的单位"),
        widget=forms.RadioSelect,
        choices=[
            (STAY, _("保留，没有分出去的人留下")),
            ("close", _("撤销，所有人都要分出去；未完成的单位任务转给第一个分出的单位")),
        ],
        initial=STAY,
    )
    field_order = ["rest", "document_no", "day"]

    def parts(self, units: Choices, activity: Choices) -> None:
        """The fields of the parts; `units` may take members over, `activity` are units where members are active."""
        categories = [("", gettext("不限")), *self.words.of("category")]
        statuses = [("", gettext("不限")), *self.words.of("status")]
        for k in range(1, PARTS + 1):
            n = {"n": k}
            self.fields[f"unit_{k}"] = forms.ChoiceField(
                label=gettext("第 %(n)d 个：分到") % n,
                choices=[("", gettext("新成立的单位")), *units],
                required=False,
            )
            self.fields[f"name_{k}"] = forms.CharField(
                label=gettext("第 %(n)d 个：新单位的名称") % n, max_length=200, required=False
            )
            self.fields[f"category_{k}"] = forms.ChoiceField(
                label=gettext("第 %(n)d 个：类别") % n, choices=categories, required=False
            )
            self.fields[f"status_{k}"] = forms.ChoiceField(
                label=gettext("第 %(n)d 个：状态") % n, choices=statuses, required=False
            )
            self.fields[f"activity_{k}"] = forms.ChoiceField(
                label=gettext("第 %(n)d 个：平时活动的单位") % n,
                choices=[("", gettext("不限")), *activity],
                required=False,
            )
            self.fields[f"numbers_{k}"] = forms.CharField(
                label=gettext("第 %(n)d 个：哪些人") % n,
                widget=forms.Textarea(attrs={"rows": 3}),
                max_length=40000,
                required=False,
                help_text=gettext("按人分时写编号，用空格或换行隔开；不写就按上面的条件"),
            )

    def asked(self) -> Asked:
        """The parts that were filled in, in their order."""
        data, parts = self.cleaned_data, []
        for k in range(1, PARTS + 1):
            if data[f"unit_{k}"] or data[f"name_{k}"].strip():
                numbers = tuple(dict.fromkeys(re.findall(r"[\w.-]+", data[f"numbers_{k}"])))
                parts.append(
                    Part(
                        unit=data[f"unit_{k}"],
                        name="" if data[f"unit_{k}"] else data[f"name_{k}"],
                        kind=self.unit.kind,
                        category=data[f"category_{k}"],
                        status=data[f"status_{k}"],
                        activity=data[f"activity_{k}"],
                        numbers=numbers,
                    )
                )
        rest = STAY if data["rest"] == STAY else ""
        return Asked(**self.common("split"), units=(self.unit.public_id,), parts=tuple(parts), rest=rest)


class Dissolve(Change):
    """A unit that is closed: another carries on, or none, because."""

    into = forms.ChoiceField(
        label=_("由哪个单位接续"),
        widget=forms.RadioSelect,
        required=False,
        help_text=_("成员、来活动的人和未完成的任务都转到那里"),
    )
    leave = forms.ChoiceField(
        label=_("没有接续的单位时，成员"),
        choices=[("", _("没有成员了")), ("out", _("转到别的组织")), ("left", _("按决定不再是成员"))],
        required=False,
    )
    because = forms.CharField(
        label=_("没有接续的单位，因为"), max_length=200, required=False, help_text=_("选了接续的单位就不用写")
    )
    field_order = ["into", "leave", "because", "document_no", "day"]

    def asked(self) -> Asked:
        """This unit, with everything to the successor, or with everything ended."""
        data, units = self.cleaned_data, (self.unit.public_id,)
        if data["into"]:
            return Asked(**self.common("dissolve"), units=units, into=data["into"], rest=data["into"])
        return Asked(
            **self.common("dissolve"),
            units=units,
            rest=data["leave"],
            because=data["because"],
            work={REST: CLOSE},
        )


FORMS: dict[str, type[Change]] = {
    "reparent": Reparent,
    "merge": Merge,
    "split": Split,
    "dissolve": Dissolve,
}
