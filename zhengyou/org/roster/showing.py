"""What the diff page shows: figures, chips, rows of one kind with search and pages, questions, the missing."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengyou.kit import clock
from zhengyou.org import current
from zhengyou.org.models import RosterImport, RosterRow
from zhengyou.org.roster import actions_staging as staging
from zhengyou.org.roster import rules
from zhengyou.org.roster.diff import ENDS
from zhengyou.org.roster.report import option, shown
from zhengyou.org.roster.sentences import at_column, column, place, say
from zhengyou.org.roster.words import Words

PER_PAGE = 50
QUESTIONS = 20
KINDS = ("new", "changed", "unchanged", "missing", "error")


def labels() -> dict[str, str]:
    """The results of a row in words."""
    return {
        "new": _("新增"), "changed": _("变更"), "unchanged": _("不变"), "missing": _("名册里没有"), "error": _("有错"),
        "all": _("全部"),
    }  # fmt: skip


def how_labels() -> dict[str, str]:
    """What may become of a missing person."""
    return {"keep": _("保留不动"), "out": _("转出"), "left": _("离开"), "deceased": _("去世")}


def figures(roster: RosterImport) -> dict[str, Any]:
    """The balance as parts, and the import's own numbers."""
    found = roster.summary
    balance = found.get("balance", {})
    parts = [
        ("", _("期初"), balance.get("opening", 0)),
        ("+", _("转入"), balance.get("in", 0)),
        ("+", _("新发展"), balance.get("developed", 0)),
        ("−", _("转出"), balance.get("out", 0)),
        ("−", _("离开"), balance.get("left", 0)),
        ("−", _("去世"), balance.get("deceased", 0)),
        ("=", _("期末"), balance.get("closing", 0)),
    ]
    return {
        "late": roster.day < timezone.localdate(roster.uploaded_at) and not clock.is_set(),
        "figures": found,
        "balance": [{"op": op, "word": word, "n": n} for op, word, n in parts],
        "leaves": balance.get("leaves", 0),
        "adds_up": balance.get("leaves") == balance.get("closing"),
        "touched": found.get("new", 0)
        + found.get("changed", 0)
        + sum(balance.get(how, 0) for how in ENDS[1:]),
    }


def chosen(request: HttpRequest, roster: RosterImport) -> str:
    """The kind of rows the address asks for; first faults, then changes, then what is new."""
    asked = request.GET.get("show", "")
    if asked in (*KINDS, "all"):
        return asked
    found = roster.summary
    return next((kind for kind in ("error", "changed", "new", "missing") if _count(found, kind)), "all")


def _count(found: dict[str, Any], kind: str) -> int:
    return int(found.get("errors" if kind == "error" else kind, 0))


def diff_page(request: HttpRequest, roster: RosterImport) -> dict[str, Any]:
    """Everything the diff page needs; a handful of queries, whatever the file's size."""
    part = current.part()
    assert part is not None
    words = Words(part)
    show, q = chosen(request, roster), " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]
    rows = RosterRow.objects.filter(roster=roster).defer("cells").order_by("n")
    if show != "all":
        rows = rows.filter(state=show)
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(number__startswith=q) | Q(unit__icontains=q))
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    open_questions = [asked for asked in roster.questions if not asked["answer"]]
    counts = roster.summary
    here = reverse("roster_import", args=[roster.public_id])
    names = labels()
    total = counts["rows"] + counts["missing"]
    verdict = rules.may_confirm(counts["errors"], counts["questions"])
    warnings = staging.warnings(roster)
    return {
        "roster": roster,
        "show": show,
        "q": q,
        "page": found,
        "rows": [_row(row, words, roster) for row in found],
        "chips": [
            {"kind": kind, "word": names[kind], "n": total if kind == "all" else _count(counts, kind),
             "url": f"{here}?{urlencode({'show': kind} | ({'q': q} if q else {}))}"}
            for kind in ("all", *KINDS)
        ],
        "word": names[show],
        "by_field": _by_field(roster) if show == "changed" else "",
        "questions": [_question(asked, words, roster) for asked in open_questions[:QUESTIONS]],
        "more_questions": max(0, len(open_questions) - QUESTIONS),
        "answered": [_question(asked, words, roster) for asked in roster.questions if asked["answer"]][:50],
        "verdict": verdict,
        "warnings": warnings[:100],
        "more_warnings": max(0, len(warnings) - 100),
        "new_units": [
            {**unit, "kind": words.label("unit_kind", unit["kind"])} for unit in counts["new_units"][:60]
        ],
        "more_units": max(0, counts["new_units_count"] - 60),
        "hows": list(how_labels().items()),
        "has_file": staging.staged(roster).exists(),
        **figures(roster),
    }  # fmt: skip


def _by_field(roster: RosterImport) -> str:
    """How many of the changed rows differ in which field, in words; from at most 5,000 of them."""
    said: Counter[str] = Counter()
    for row in RosterRow.objects.filter(roster=roster, state="changed").values_list("said", flat=True)[:5000]:
        said.update(change[0] for change in row.get("changes", ()))
    return " · ".join(f"{column(field)} {n}" for field, n in said.most_common())


def _row(row: RosterRow, words: Words, roster: RosterImport) -> dict[str, Any]:
    said = row.said
    faults = [
        at_column(column(where) if where else "", say(code, facts))
        for where, code, facts in said.get("faults", ())
    ]
    return {
        "row": row,
        "place": f"{row.sheet} · {row.row}" if row.row else "—",
        "word": labels()[row.state],
        "asked": bool(said.get("asked")) and row.state != "error",
        "changes": [
            {"label": column(field), "old": shown(words, field, old), "new": shown(words, field, new)}
            for field, old, new in said.get("changes", ())
        ],
        "faults": faults,
        "again": said.get("again"),
        "basis": _("号相同") if row.state in ("changed", "unchanged") else "",
        "known": said.get("known", ""),
        "how": how_labels().get(said.get("how") or "keep", "") if row.state == "missing" else "",
        "later": said.get("later", ""),
    }


def _question(asked: dict[str, Any], words: Words, roster: RosterImport) -> dict[str, Any]:
    sheet, row, where = asked["at"]
    names = roster.reading["sheets"]
    header = dict(roster.reading["headers"]).get(sheet, {}).get(where) or (column(where) if where else "")
    return {
        "id": asked["id"],
        "text": place(names[sheet], row, header, say(asked["code"], asked["facts"])),
        "options": [
            {"answer": answer, "label": option(words, code, facts), "chosen": answer == asked["answer"]}
            for answer, code, facts in asked["options"]
        ],
    }


def answers(request: HttpRequest, roster: RosterImport) -> dict[str, str]:
    """Decisions in a posted form: `question` and `answer`; or `how` for `number`s, or for all who are missing."""
    post = request.POST
    qid = post.get("question", "")
    if qid:
        known = {asked["id"]: [one[0] for one in asked["options"]] for asked in roster.questions}
        answer = post.get("answer", "")
        return {qid: answer} if qid in known and answer in (*known[qid], "") else {}
    how = post.get("how", "")
    if how not in ENDS:
        return {}
    if post.get("all"):
        singly = {name: "" for name in roster.decisions if name.startswith("missing:")}
        return singly | {"missing:*": how}
    missing = RosterRow.objects.filter(
        roster=roster, state="missing", number__in=post.getlist("number")[:500]
    )
    return {f"missing:{number}": how for number in missing.values_list("number", flat=True)}


def back(request: HttpRequest, roster: RosterImport) -> str:
    """The diff page as it was left: same kind, search and page."""
    kept = {name: request.POST.get(name, "") for name in ("show", "q", "page")}
    query = urlencode({name: value[:100] for name, value in kept.items() if value})
    return reverse("roster_import", args=[roster.public_id]) + (f"?{query}" if query else "")
