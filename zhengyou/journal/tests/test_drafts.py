"""Drafts are versions: nothing typed is lost, two tabs are told, the same text twice is one version."""

import pytest

from zhengyou.journal import drafts
from zhengyou.journal.models import Draft, Entry

pytestmark = pytest.mark.django_db
ME, LABEL = "me", "duty:7"


def save(base, text, **more):
    return drafts.save(ME, LABEL, base, {"done": text}, **more)


def test_each_save_grows_from_the_one_before():
    assert save(0, "a").version == 1
    assert save(1, "ab").version == 2
    written = drafts.load(ME, LABEL)
    assert (written.body, written.clash) == ({"done": "ab"}, False)
    assert [d.body["done"] for d in drafts.history(ME, LABEL)] == ["ab", "a"]
    assert not Entry.objects.exists()


def test_saving_the_same_text_again_keeps_no_new_version():
    save(0, "a")
    assert save(0, "a").version == 1
    assert save(1, "a").version == 1
    assert Draft.objects.count() == 1


def test_two_tabs_from_one_version_both_stay():
    save(0, "a")
    save(1, "a in tab one")
    written = save(1, "a in tab two")
    assert written.clash
    assert {h.body["done"] for h in written.heads} == {"a in tab one", "a in tab two"}


def test_each_tab_goes_on_from_its_own_head_and_the_clash_stays_until_chosen():
    save(0, "a")
    save(1, "one")
    save(1, "two")
    assert save(3, "two and more").clash
    chosen = save(4, "one and two", joined=2)
    assert not chosen.clash
    assert chosen.body == {"done": "one and two"}
    assert {"one", "two"} <= {d.body["done"] for d in drafts.history(ME, LABEL)}


def test_old_versions_go_but_a_head_never():
    save(0, "a")
    save(1, "the other tab")
    version = save(1, "b").version
    for i in range(drafts.KEPT + 20):
        version = save(version, f"text {i}").version
    written = drafts.load(ME, LABEL)
    assert Draft.objects.count() <= drafts.KEPT + 2
    assert "the other tab" in {h.body["done"] for h in written.heads}


def test_nobody_reads_another_persons_draft():
    save(0, "mine")
    assert drafts.load("you", LABEL).body == {}


def test_a_dropped_draft_is_gone():
    save(0, "a")
    drafts.drop(ME, LABEL)
    assert drafts.load(ME, LABEL).version == 0
