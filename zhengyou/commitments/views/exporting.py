"""A commitment as a Word file in the office's form (承诺书), for whoever sees the whole of it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengyou.campaigns.views import words
from zhengyou.commitments import rules
from zhengyou.commitments.models import Commitment, Item
from zhengyou.commitments.views import pages
from zhengyou.kit import word
from zhengyou.org.actions import looking
from zhengyou.org.models import Person


@require_safe
def document(request: HttpRequest, public_id: str) -> HttpResponse:
    """The commitment as .docx; whose it is is noted as looked at."""
    found, where = pages.fetch_commitment(request, public_id)
    if not rules.sees_whole(request.authority, found, where):  # type: ignore[attr-defined]
        raise Http404
    looking.look_at_person(pages.me(request), found.member, looking.EXPORT)
    name, at = pages.whose(found, where)
    response = HttpResponse(file_of(found, name, at), content_type=word.DOCX)
    title = _("%(name)s公开承诺书") % {"name": name}
    response["Content-Disposition"] = content_disposition_header(True, f"{title}.docx".replace("/", "-"))
    return response


def file_of(found: Commitment, name: str, at: str) -> bytes:
    """The form: whose, plan and goals of a unit, every promise with its measure and day, signature, review, how it went."""
    items = list(found.items.select_related("owner", "decided_by").order_by("place"))
    scope = str(pages.SCOPES[Commitment.Scope(found.scope)])
    rows: list[list[word.Field]] = []
    if found.of_unit:
        rows.append([word.Field(_("单位"), name), word.Field(_("公开范围"), scope)])
        rows.append([word.Field(_("活动方案摘要"), found.summary, 30)])
        rows.append([word.Field(_("年度工作目标"), found.goals, 24)])
    else:
        rows.append([word.Field(_("姓名"), name), word.Field(_("单位"), at)])
        rows.append([word.Field(_("服务对象"), found.served), word.Field(_("公开范围"), scope)])
    head = [_("序号"), _("承诺事项"), _("怎样算做到"), _("期限")]
    head.append(_("责任人") if found.of_unit else _("类别"))
    table = word.Table(head, [_row(item, found.of_unit) for item in items], (1, 5, 4, 3, 2))
    last = word.Form(
        [
            [
                word.Field(
                    _("本人签名") if not found.of_unit else _("负责人签名"),
                    _("通过后按这份原文公布"),
                    20,
                    _signed(found.signed_by, found.signed_on),
                )
            ],
            [word.Field(_("审核"), _opinion(found), 20, _signed(found.reviewed_by, found.reviewed_on))],
            [
                word.Field(
                    _("兑现情况"), "\n".join(_went(item) for item in items) if found.is_public else "", 24
                )
            ],
        ]
    )
    campaign = words.label(found.campaign)
    return word.form(_("公开承诺书"), [word.Form(rows), table, last], under=campaign, notes=_notes(found))


def _row(item: Item, of_unit: bool) -> list[str]:
    owner = (
        (item.owner.name if item.owner else item.owner_text) if of_unit else pages.KINDS[Item.Kind(item.kind)]
    )
    text = item.text + (f"\n{item.how}" if item.how else "")
    return [
        str(item.place),
        text,
        item.measure or "—",
        words.full(item.due_on) if item.due_on else "—",
        str(owner),
    ]


def _signed(who: Person | None, day: object) -> str:
    return f"{who.name}  {words.full(day)}" if who is not None and day else ""  # type: ignore[arg-type]


def _opinion(found: Commitment) -> str:
    if found.is_public or found.state == Commitment.State.APPROVED:
        return _("逐条审核，同意。")
    return ""


def _went(item: Item) -> str:
    """One line on how an item went."""
    word_ = str(pages.ITEM_STATES[Item.State(item.state)][1])
    said = (item.claim or item.cause).rstrip(_("。"))
    parts = [word_, said, item.decided_by.name if item.decided_by else ""]
    return _("第 %(n)s 条：%(step)s") % {"n": item.place, "step": _("；").join(p for p in parts if p)}


def _notes(found: Commitment) -> list[str]:
    notes = [_("以网上为准：变更、免除都留着原文和理由。")]
    if found.oral_by is not None and found.oral_on is not None:
        said = {"who": found.oral_by.name, "day": words.full(found.oral_on)}
        notes.insert(0, _("口头承诺，%(who)s于 %(day)s记下，本人确认。") % said)
    return notes
