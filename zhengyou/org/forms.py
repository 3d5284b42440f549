"""Forms of the organisation: what is asked, how it is called; what is right is decided by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengyou.kit.faults import Invalid
from zhengyou.org import current


class Form(forms.Form):
    """A form whose faults come from its action too; without browser-side checks of its own words."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, invalid: Invalid) -> None:
        """Show what an action found wrong at its field."""
        for problem in invalid.problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.text)


def day_field(label: Any, **named: Any) -> forms.DateField:
    """A day, today unless chosen otherwise."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    faults = {"invalid": _("日期这样写：2010-11-22")}
    return forms.DateField(label=label, widget=widget, error_messages=faults, **named)


def document_field() -> forms.CharField:
    """The number of the document by which it was decided."""
    return forms.CharField(
        label=_("决定的文号"),
        max_length=80,
        help_text=_("上级作出决定的文件，比如「校发〔2010〕18号」"),
        error_messages={"required": _("写上决定的文号")},
    )


class Setup(Form):
    """The set-up page: the organisation's name, its pack, and the first person of the office."""

    organisation = forms.CharField(
        label=_("组织的名称"),
        max_length=200,
        help_text=_("显示在每一页的上面"),
        error_messages={"required": _("写上组织的名称")},
    )
    root_name = forms.CharField(
        label=_("最上级单位的名称"), max_length=200, required=False, help_text=_("不写就用方案包里的叫法")
    )
    pack = forms.ChoiceField(
        label=_("方案包"),
        help_text=_("单位有哪几种、有哪些职务、用什么词，都从这里来"),
        required=False,
    )
    pack_file = forms.FileField(
        label=_("或者上传自己的方案包"),
        required=False,
        help_text=_("要有 organisation（组织）部分；选了文件就用文件"),
    )
    name = forms.CharField(
        label=_("您的姓名"), max_length=100, error_messages={"required": _("写上您的姓名")}
    )
    number = forms.CharField(
        label=_("您的编号"),
        max_length=40,
        help_text=_("花名册上的编号，比如工号；以后用它登录"),
        error_messages={"required": _("写上您的编号：以后用它登录")},
    )
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符，可以是一句您记得住的话"),
        error_messages={"required": _("写一个密码")},
    )

    def __init__(self, *args: Any, packs: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["pack"].choices = packs  # type: ignore[attr-defined]


class Redeem(Form):
    """A sign-in slip for an account."""

    number = forms.CharField(
        label=_("编号"),
        max_length=40,
        help_text=_("登录条上印着"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
        error_messages={"required": _("写上编号")},
    )
    code = forms.CharField(
        label=_("登录码"),
        max_length=40,
        help_text=_("登录条上的 12 个字母和数字，大小写和空格都不要紧"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": _("写上登录码")},
    )
    password = forms.CharField(
        label=_("新密码"),
        strip=False,
        help_text=_("至少 10 个字符，可以是一句您记得住的话；以后用编号和它登录"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("写一个密码")},
    )


class Contact(Form):
    """E-mail and phone."""

    email = forms.CharField(label=_("邮箱"), max_length=200, required=False)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)


class NewUnit(Form):
    """A unit under another."""

    name = forms.CharField(label=_("名称"), max_length=200, error_messages={"required": _("写上名称")})
    kind = forms.ChoiceField(label=_("种类"))
    document_no = document_field()
    day = day_field(_("成立日期"), required=False)

    def __init__(self, *args: Any, parent_kind: str, words: current.Words, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kinds = words.part.children_of(parent_kind) if words.part is not None else ()
        self.fields["kind"].choices = [(k.code, k.text(words.lang)) for k in kinds]  # type: ignore[attr-defined]


class Rename(Form):
    """Another name from a day on."""

    name = forms.CharField(label=_("新名称"), max_length=200, error_messages={"required": _("写上名称")})
    document_no = document_field()
    day = day_field(_("从哪一天起"), required=False)


class Appoint(Form):
    """Who is to hold which post from when."""

    person = forms.ChoiceField(
        label=_("谁"),
        widget=forms.RadioSelect,
        error_messages={"required": _("选一个人"), "invalid_choice": _("选一个人")},
    )
    post = forms.ChoiceField(label=_("职务"))
    first_responsible = forms.BooleanField(label=_("是这个单位的第一责任人"), required=False)
    day = day_field(_("从哪一天起"), required=False)
    document_no = forms.CharField(label=_("文号"), max_length=80, required=False)
    term_last = day_field(
        _("任期到哪一天"), required=False, help_text=_("这一天是任期的最后一天；不写就没有任期")
    )


class NewMember(Form):
    """A person to be registered in a unit."""

    name = forms.CharField(label=_("姓名"), max_length=100, error_messages={"required": _("写上姓名")})
    number = forms.CharField(
        label=_("编号"),
        max_length=40,
        help_text=_("工号或学号：同名的人靠它分清，登录也用它"),
        error_messages={"required": _("写上编号")},
    )
    category = forms.ChoiceField(label=_("类别"), required=False)
    status = forms.ChoiceField(label=_("状态"), required=False)
    begun = forms.ChoiceField(
        label=_("怎样来的"), choices=[("in", _("从别的组织转来")), ("developed", _("新发展的"))]
    )
    day = day_field(_("从哪一天起"), required=False)

    def __init__(self, *args: Any, words: current.Words, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("category", "status"):
            self.fields[name].choices = [("", "—"), *words.of(name)]  # type: ignore[attr-defined]


class Move(Form):
    """To another unit from a day on."""

    unit = forms.ChoiceField(
        label=_("转到哪里"),
        widget=forms.RadioSelect,
        error_messages={"required": _("选一个单位"), "invalid_choice": _("选一个单位")},
    )
    role = forms.ChoiceField(
        label=_("怎样去"),
        widget=forms.RadioSelect,
        choices=[("R", _("注册关系转过去")), ("A", _("只在那里参加活动，注册关系不动"))],
        initial="R",
    )
    day = day_field(_("从哪一天起"), required=False)


class Leave(Form):
    """How and when somebody stopped being a member."""

    how = forms.ChoiceField(
        label=_("怎样离开"),
        widget=forms.RadioSelect,
        choices=[("out", _("转到别的组织")), ("left", _("不再是成员")), ("deceased", _("去世"))],
        error_messages={"required": _("选一种")},
    )
    day = day_field(_("从哪一天起"), required=False)


class EndPost(Form):
    """When a post ends."""

    day = day_field(_("从哪一天起不再担任"), required=False)
