"""The words of an invented organisation fit it: a hospital promises nothing about dormitories."""

from __future__ import annotations

import re
from dataclasses import fields
from random import Random

from zhengyou import packs
from zhengyou.packs import locations
from zhengyou.site.story import promises, words

SCHOOL = re.compile("学生|同学|寝室|宿舍|学期|新生|支部|党|教学")


def said(bank):
    """Every text of a bank."""
    for one in fields(bank):
        held = getattr(bank, one.name)
        for text in (held,) if isinstance(held, str) else held:
            yield from (text,) if isinstance(text, str) else text


def test_plain_words_fit_any_organisation():
    assert words.of("hospital-quality") is words.of("anything") is words.PLAIN
    assert not [text for text in said(words.PLAIN) if SCHOOL.search(text)]
    assert words.of("excellence-2010") is words.SCHOOL


def test_every_text_can_be_filled_in():
    for bank in (words.SCHOOL, words.PLAIN):
        holes = {"day": "一", "place": "门口", "who": "同事", "n": "3", "m": "2"}
        for text in said(bank):
            assert "{" not in text.format(**holes)
        assert Random(1).choice(bank.own)
        assert promises.words is words


def test_a_pack_file_brings_the_answers_that_lie_beside_it():
    named = packs.demo_answers("hospital-quality")
    path = locations.bundled()["hospital-quality"]
    assert named is not None
    assert packs.demo_answers(str(path)) == named
    assert named.demo["organisation"] == "示范医院"
    assert packs.demo_answers("no-such-pack") is None
