"""Questions as inputs: what each asks, what the source says of it, what was typed, chosen, answered, refused."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengyou.campaigns.models import Answer, Campaign
from zhengyou.campaigns.views import planning, words
from zhengyou.kit import clock
from zhengyou.org.current import language, part
from zhengyou.packs.check import Checked
from zhengyou.packs.defaults import Default
from zhengyou.packs.labels import word_label
from zhengyou.packs.questions import Question, QuestionField


def kept_at(question: Question, field: QuestionField) -> str:
    """The address under which an input's answer is kept: the question's own where one answer holds for all its places."""
    return question.key if question.same else field.address


def values(checked: Checked, typed: dict[str, str], only: str = "") -> dict[str, dict[str, str]]:
    """What was typed or chosen and is not empty, by question: {key: {address: text}}; typing beats choosing."""
    out: dict[str, dict[str, str]] = {}
    for question in checked.questions:
        if only and question.key != only:
            continue
        part_ = {}
        for field in question.fields:
            address = kept_at(question, field)
            text = typed.get(f"a:{address}", "").strip() or typed.get(f"o:{address}", "").strip()
            if text:
                part_[address] = text
        if part_:
            out[question.key] = part_
    for default in checked.defaults:
        if (not only or only == default.address) and (text := typed.get(f"a:{default.address}", "").strip()):
            out[default.address] = {default.address: text}
    return out


class Form:
    """The page's questions; `errors` are sentences by address, `change` is the key of an answered one to be changed."""

    def __init__(
        self,
        campaign: Campaign,
        checked: Checked,
        kept: dict[str, Answer],
        typed: dict[str, Any],
        errors: dict[str, str],
        change: str = "",
    ):
        self.campaign, self.checked, self.kept = campaign, checked, kept
        self.typed, self.errors, self.change = typed, errors, change

    def open(self) -> list[dict[str, Any]]:
        """The questions to be answered: the one to be changed first, then the open ones in the pack's order."""
        shown = [q for q in self.checked.questions if q.key == self.change]
        shown += [q for q in self.checked.open if q not in shown]
        if self.campaign.state == Campaign.State.RUNNING:  # what was put off is answered now
            shown = [*self.checked.put_off, *(q for q in shown if q.state != "put_off")]
        return [self.question(q) for q in shown]

    def question(self, question: Question) -> dict[str, Any]:
        """One question with its inputs."""
        lang = language()
        fields = [self.field(question, f) for f in question.fields]
        until = f"until:{question.key}"
        return {
            "key": question.key,
            "id": f"q_{question.key}",
            "ask": question.ask.text(lang),
            "says": question.says.text(lang),
            "blocks": self.blocks(question),
            "fields": fields,
            "single": fields[0] if len(fields) == 1 and not fields[0]["options"] else None,
            "range": len(fields) == 2 and all(f["kind"] == "date" for f in fields),
            "errors": [f["error"] for f in fields if f["error"]],
            "can_wait": question.can_wait,
            "posts": self.posts(question),
            "until": self.typed.get(until, ""),
            "until_error": self.errors.get(until, ""),
        }

    def field(self, question: Question, field: QuestionField) -> dict[str, Any]:
        """One input with what stands in it: typed, else answered."""
        address = kept_at(question, field)
        answered = self.kept[address].value if address in self.kept else ""
        options = [{"value": o.value, "text": self.option(o.value, o.text)} for o in field.options]
        known = {str(o["value"]) for o in options}
        text, chosen = self.typed.get(f"a:{address}", ""), self.typed.get(f"o:{address}", "")
        if not text and not chosen:
            text, chosen = ("", answered) if answered in known else (answered, "")
        for option in options:
            option["on"] = option["value"] == chosen
        return {
            "address": address,
            "id": f"id_{address}",
            "kind": field.kind,
            "label": field.text,
            "options": options,
            "free": field.kind != "choice" or not options,
            "value": text,
            "error": self.errors.get(address, ""),
            "hint": hint(field),
        }

    def option(self, value: str, text: str) -> str:
        """An option's words; codes of the organisation and of the pack in theirs."""
        if text != value:
            return text
        return _("、").join(planning.who(self.checked, v.strip()) for v in value.split(",")) or word_label(
            value
        )

    def blocks(self, question: Question) -> str:
        """What waits for this question."""
        if "*" in question.blocks:
            return _("整个活动都等着它")
        n = len(question.blocks)
        return ngettext("%(n)s 项任务等着它", "%(n)s 项任务等着它", n) % {"n": n} if n else ""

    def posts(self, question: Question) -> list[dict[str, Any]]:
        """The posts to which a question can be put off."""
        found = part()
        chosen = self.typed.get(f"post:{question.key}", "")
        posts = found.posts if found else ()
        return [{"code": p.code, "name": p.text(language()), "on": p.code == chosen} for p in posts]

    def default(self, default: Default) -> dict[str, Any]:
        """A default to be made an answer: its place, what holds now and why, an input with it."""
        return {
            "address": default.address,
            "id": f"id_{default.address}",
            "where": planning.place(self.checked, default.address),
            "now": _("现在按「%(value)s」：%(why)s") % {"value": default.value, "why": default.why},
            "value": self.typed.get(f"a:{default.address}") or default.value,
            "error": self.errors.get(default.address, ""),
        }

    def answered(self) -> list[dict[str, Any]]:
        """What is answered or put off, in the pack's order, then the defaults made answers: words, who, when."""
        names = words.people(a.by for a in self.kept.values())
        lang, out, seen = language(), [], set()
        for question in self.checked.questions:
            seen |= {question.key, *question.addresses}
            if question.state not in ("answered", "put_off") or question.key == self.change:
                continue
            if question.state == "put_off" and self.campaign.state == Campaign.State.RUNNING:
                continue
            rows = [self.kept[a] for a in (question.key, *question.addresses) if a in self.kept]
            out.append(
                {
                    "ask": question.ask.text(lang),
                    "answer": self.words(question, rows),
                    "by": self.who(rows, names),
                    "url": reverse("campaign_questions", args=[self.campaign.public_id])
                    + f"?change={question.key}#q_{question.key}",
                }
            )
        for address, row in self.kept.items():
            if address not in seen:
                out.append(
                    {
                        "ask": planning.place(self.checked, address),
                        "answer": row.value,
                        "by": self.who([row], names),
                        "take_back": address,
                    }
                )
        return out

    def who(self, rows: list[Answer], names: dict[str, str]) -> str:
        """By whom and when it was answered."""
        return f"{names.get(rows[0].by, '')} {words.day(rows[0].day)}" if rows else _("组织已经定了")

    def words(self, question: Question, rows: list[Answer]) -> str:
        """An answer in words: options by their text, dates from-to, or to whom it is put off until when."""
        if question.state == "put_off" and rows and rows[0].put_off_to:
            values_ = {
                "post": words.organisation_label(rows[0].put_off_post),
                "day": words.full(rows[0].put_off_to),
            }
            return _("留给%(post)s，%(day)s前答") % values_
        parts = []
        for field in question.fields:
            address = kept_at(question, field)
            value = self.kept[address].value if address in self.kept else field.value or ""
            option = next((o for o in field.options if o.value == value), None)
            text = self.option(value, option.text) if option else value
            parts.append(f"{field.text} {text}".strip())
        return _("；").join(parts)


def hint(field: QuestionField) -> str:
    """How an answer is written."""
    year = clock.today().year
    return {
        "date": _("写成 %(year)s-09-01 这样") % {"year": year},
        "number": _("填一个数"),
        "words": _("几项之间用逗号隔开"),
        "scale": _("写成「好 100，一般 60」这样"),
    }.get(field.kind, "")
