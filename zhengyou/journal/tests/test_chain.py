"""The journal: one entry per action, chained, with digests only; a key is spent once."""

import random
from datetime import timedelta

import pytest
from django.db import transaction

from zhengyou.journal.actions import Actor, AlreadyDone, Form, current_form, record
from zhengyou.journal.chain import verify
from zhengyou.journal.models import Chain, Entry, SpentKey

pytestmark = pytest.mark.django_db
OFFICE = Actor.person("office")


def write(n: int = 5) -> None:
    for i in range(n):
        with record("test.done", by=OFFICE, subject=f"thing:{i}", name="张三", count=i):
            pass


def test_entries_are_numbered_without_gaps_and_the_chain_is_whole():
    write()
    assert list(Entry.objects.order_by("id").values_list("id", flat=True)) == [1, 2, 3, 4, 5]
    assert (verify().entries, verify().broken) == (5, None)


def test_a_name_or_reason_never_stands_in_an_entry():
    write(1)
    entry = Entry.objects.get()
    assert "张三" not in str(entry.digests)
    assert entry.digests["count"] == 0
    assert len(entry.digests["name"]) == 32


def test_an_action_that_fails_leaves_nothing():
    write(1)
    with pytest.raises(ZeroDivisionError), record("test.done", by=OFFICE):
        raise ZeroDivisionError
    assert Entry.objects.count() == 1
    assert verify().broken is None


def test_an_action_in_which_nothing_happened_leaves_no_entry():
    with record("test.done", by=OFFICE) as entry:
        entry.discard()
    write(1)
    assert list(Entry.objects.values_list("id", flat=True)) == [1]
    assert verify().broken is None


def test_actions_do_not_nest():
    with pytest.raises(RuntimeError), record("a.b", by=OFFICE), record("c.d", by=OFFICE):
        pass
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "field", ["verb", "actor", "unit", "subject", "hash", "previous", "day", "at", "digests"]
)
def test_a_changed_field_is_found_and_named(field):
    write()
    row = Entry.objects.get(id=3)
    value = getattr(row, field)
    changed = {"day": "2001-01-01", "at": "2001-01-01T00:00:00Z", "digests": {"count": 99}}.get(field)
    Entry.objects.filter(id=3).update(**{field: changed or f"{value}x"[-60:]})
    assert verify().broken == 3


@pytest.mark.parametrize("gone", [1, 3, 5])
def test_a_missing_entry_is_found(gone):
    write()
    Entry.objects.filter(id=gone).delete()
    assert verify().broken == gone


def test_an_entry_added_beside_the_chain_is_found():
    write(3)
    last = Entry.objects.get(id=3)
    last.id, last.pk = 4, 4
    last.save(force_insert=True)
    assert verify().broken == 4


@pytest.mark.parametrize("seed", range(40))
def test_every_single_character_changed_is_found(seed):
    write(8)
    rng = random.Random(seed)
    row = Entry.objects.get(id=rng.randint(1, 8))
    field = rng.choice(["verb", "actor", "subject", "hash", "previous"])
    text = getattr(row, field) or "0"
    at = rng.randrange(len(text))
    Entry.objects.filter(id=row.id).update(**{field: text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]})
    assert verify().broken in (row.id, row.id + 1)


@pytest.mark.deep
def test_ten_thousand_changes_of_one_byte_are_all_found():
    """TRUST.md G9: any field, any place, any other character; each mended again before the next."""
    write(12)
    chance = random.Random(9)
    for _ in range(10_000):
        row = Entry.objects.get(id=chance.randint(1, 12))
        field = chance.choice(
            ["verb", "actor", "unit", "subject", "hash", "previous", "day", "at", "digests"]
        )
        before = getattr(row, field)
        Entry.objects.filter(id=row.id).update(**{field: changed_once(before, chance)})
        assert verify().broken in (row.id, row.id + 1), (row.id, field)
        Entry.objects.filter(id=row.id).update(**{field: before})
    assert verify().broken is None


def changed_once(value, chance):
    """The value with one character, one day, one second or one digest changed."""
    if isinstance(value, dict):
        return {**value, "count": chance.randint(100, 10**9)}
    if isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        return (value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]) if at < len(value) else value + "x"
    return value + timedelta(days=chance.choice([-1, 1, 365]))


@pytest.fixture
def form():
    form = Form(key="k" * 32, path="/x/")
    token = current_form.set(form)
    yield form
    current_form.reset(token)


def test_a_key_is_spent_once_by_the_action_that_commits(form):
    with record("test.done", by=OFFICE):
        pass
    assert SpentKey.objects.get().entry_id == form.entry == 1
    current_form.set(Form(key=form.key, path="/x/"))
    ran = []
    with pytest.raises(AlreadyDone), record("test.done", by=OFFICE):
        ran.append(1)
    assert not ran
    assert Entry.objects.count() == 1


def test_a_refused_action_does_not_spend_the_key(form):
    with pytest.raises(ValueError, match="no"), record("test.done", by=OFFICE):
        raise ValueError("no")
    assert not SpentKey.objects.exists()
    with record("test.done", by=OFFICE):
        pass
    assert SpentKey.objects.count() == 1


def test_a_rolled_back_transaction_takes_entry_key_and_chain_with_it(form):
    with pytest.raises(KeyError), transaction.atomic():  # noqa: PT012
        with record("test.done", by=OFFICE):
            pass
        raise KeyError
    assert not Entry.objects.exists()
    assert not SpentKey.objects.exists()
    assert not Chain.objects.filter(last__gt=0).exists()
