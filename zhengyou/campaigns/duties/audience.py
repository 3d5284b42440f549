"""A task's audience as data, and that data as one WHERE fragment."""

from __future__ import annotations

from datetime import date
from typing import Any

from zhengyou.packs.expressions import Node
from zhengyou.packs.schedule import TaskPlan

FIELDS = {"category": "a.category", "status": "a.status", "joined": "p.joined_on"}
COMPARE = {"=": "=", "!=": "<>", ">=": ">=", "<=": "<=", ">": ">", "<": "<"}
EVERYBODY: dict[str, Any] = {"any": [["yes"]]}


class Unreadable(ValueError):
    """A stored audience holds what this program does not know; nothing may be issued from it."""


def audience_of(task: TaskPlan) -> dict[str, Any]:
    """The audience of a planned task as it is kept on `Task.audience`.

    Members: {"any": [condition, ...]}, a condition being ["=", field, word], ["in", field, [words]], ["isnone", field],
    ["and"|"or"|"not", ...], ["yes"] or ["no"]; days are {"day": "2010-07-05"}. Units: {"kinds": [...]} or {"root": true}.
    """
    if task.subject == "unit":
        return {"root": True} if task.root_only else {"kinds": sorted(task.unit_kinds)}
    return {"any": [stored(node) for node in task.conditions]}


def stored(node: Node) -> list[Any]:
    """One checked condition as plain data; raises Unreadable for what is no condition over a member's fields."""
    if node.op in ("and", "or", "not"):
        return [node.op, *(stored(arg) for arg in node.args)]
    if node.op == "flag":
        return ["yes" if node.value else "no"]
    if node.op == "isnone" and node.args[0].op == "name":
        return ["isnone", node.args[0].value]
    if node.op == "in" and node.args[0].op == "name":
        return ["in", node.args[0].value, list(node.value)]
    if node.op in COMPARE and node.args[0].op == "name":
        return [node.op, node.args[0].value, _value(node.args[1])]
    raise Unreadable(f"no condition over a member: {node.op}")


def _value(node: Node) -> Any:
    if node.op == "day":
        return {"day": node.value.isoformat()}
    if node.op in ("word", "name"):
        return str(node.value)
    raise Unreadable(f"neither word nor day: {node.op}")


def fragment(audience: dict[str, Any], values: dict[str, Any]) -> str:
    """The audience as SQL over affiliation a, unit u and person p; its words go into `values`. Same data, same text."""
    if audience.get("root"):
        return """u.id IN (SELECT r.unit_id FROM org_placement r WHERE r.parent_id IS NULL AND r.dropped_id IS NULL
                  AND r.valid_from <= s.ref AND r.valid_to > s.ref)"""
    if "kinds" in audience:
        return f"u.kind IN ({_bound(audience['kinds'], values)})" if audience["kinds"] else "1 = 0"
    if "any" not in audience:
        raise Unreadable(f"audience of {sorted(audience)}")
    return " OR ".join(f"({_sql(part, values)})" for part in audience["any"]) or "1 = 0"


def _sql(part: list[Any], values: dict[str, Any]) -> str:
    op, *rest = part
    if op in ("yes", "no"):
        return "1 = 1" if op == "yes" else "1 = 0"
    if op in ("and", "or"):
        return f" {op.upper()} ".join(f"({_sql(inner, values)})" for inner in rest)
    if op == "not":
        return f"NOT ({_sql(rest[0], values)})"
    if rest[0] == "role":  # only the registered unit is charged in language 1
        wanted = rest[1] if op == "in" else [rest[1]]
        return "1 = 1" if ("registered" in wanted) == (op != "!=") else "1 = 0"
    if rest[0] not in FIELDS:
        raise Unreadable(f"field {rest[0]}")
    column = FIELDS[rest[0]]
    empty = f"{column} IS NULL" if rest[0] == "joined" else f"{column} = ''"
    if op == "isnone":
        return empty
    if op == "in":
        return f"{column} IN ({_bound(rest[1], values)})"
    if op not in COMPARE:
        raise Unreadable(f"comparison {op}")
    known = (
        "" if rest[0] == "joined" else f" AND NOT ({empty})"
    )  # an unknown word is neither equal nor unequal
    return f"{column} {COMPARE[op]} {_bound([rest[1]], values)}{known}"


def _bound(words: list[Any], values: dict[str, Any]) -> str:
    names = []
    for word in words:
        name = f"aud{len([key for key in values if key.startswith('aud')])}"
        values[name] = date.fromisoformat(word["day"]) if isinstance(word, dict) else word
        names.append(f":{name}")
    return ", ".join(names)
