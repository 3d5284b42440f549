"""Whatever is wrong in a pack, the checker answers with places, never with a traceback."""

from __future__ import annotations

import random

import pytest

from zhengyou.packs import bundled, demo_answers
from zhengyou.packs.check import check
from zhengyou.packs.faults import OPEN
from zhengyou.packs.reading import read
from zhengyou.packs.schedule import plan, timeline

TEXTS = {name: path.read_text(encoding="utf-8") for name, path in bundled().items()}
BITS = [
    "",
    "{",
    "]",
    ": ",
    "\t",
    "999",
    "null",
    "&x ",
    "\n- ",
    "'",
    "：",
    "%",
    "𠮷",
    "\ufeff",
    "- 3 years",
    "end",
    "\x85",
]


def whole(text: str, name: str) -> None:
    """Everything that a page or command does with a text."""
    given = demo_answers(name)
    assert given is not None
    done = check(read(text, name), given)
    plan(done)
    timeline(done)
    done.as_json()


def null_in_turn(count: int, seed: int) -> None:
    """Single values of both packs set to null: a question is demanded or the key may not be null."""
    for name, text in TEXTS.items():
        paths = [
            p
            for p, v in read(text).walk()
            if p and p[0] not in ("open", "gaps", "language") and v is not OPEN
        ]
        for path in random.Random(seed).sample(paths, min(count, len(paths))):
            src = read(text, name)
            src.put(path, OPEN)
            done = check(src)
            plan(done)
            done.as_json()
            assert done.errors, path
            assert any(
                f.code in ("Q201", "S102", "S103", "S104", "S106") or f.code[0] in "NTDCK"
                for f in done.errors
            ), path


def garbled(count: int, seed: int) -> None:
    """Texts with a few characters replaced somewhere."""
    rng = random.Random(seed)
    for name, text in TEXTS.items():
        for _again in range(count):
            at = rng.randrange(len(text))
            whole(text[:at] + rng.choice(BITS) + text[at + rng.randrange(12) :], name)


def shuffled(count: int, seed: int) -> None:
    """Values put in each other's places: right YAML, wrong sense."""
    rng = random.Random(seed)
    for name, text in TEXTS.items():
        for _again in range(count):
            src = read(text, name)
            leaves = [p for p, v in src.walk() if isinstance(v, str) and p[0] not in ("open", "gaps")]
            for _swap in range(3):
                one, other = rng.sample(leaves, 2)
                src.put(one, src.get(other))
            done = check(src)
            plan(done)
            timeline(done)
            done.as_json()


def test_any_value_may_be_null_and_is_then_asked_for() -> None:
    null_in_turn(25, 7)


def test_garbled_text_never_raises() -> None:
    garbled(8, 11)


def test_values_in_wrong_places_never_raise() -> None:
    shuffled(20, 13)


@pytest.mark.deep
def test_any_value_may_be_null_deep() -> None:
    null_in_turn(10_000, 1)


@pytest.mark.deep
def test_garbled_text_never_raises_deep() -> None:
    for seed in range(10):
        garbled(60, seed)


@pytest.mark.deep
def test_values_in_wrong_places_never_raise_deep() -> None:
    for seed in range(10):
        shuffled(100, seed)
