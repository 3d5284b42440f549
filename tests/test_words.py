"""The machine that finds what no translation reaches, and that it finds nothing."""

from tests import leftovers


def test_nothing_chinese_stands_outside_the_translations():
    assert leftovers.leftovers() == []


def test_the_list_of_exceptions_names_only_what_is_there():
    for name, (why, strings) in leftovers.ALLOWED.items():
        path = leftovers.HOUSE / name
        assert why
        assert path.exists(), name
        if path.is_file():
            of = leftovers.of_python if path.suffix == ".py" else leftovers.of_template
            found = {string for _line, string in of(path.read_text("utf8"))}
            assert found, name
            assert strings is None or strings <= found, (name, strings - found)


def test_what_is_left_in_python_is_found():
    text = 'def f(a):\n    """说明"""\n    return _("对") + "、".join(a) + f"（{a}）"\n'
    assert sorted(leftovers.of_python(text)) == [(3, "、"), (3, "（"), (3, "）")]


def test_what_is_left_in_a_template_is_found():
    text = '{# 说明 #}{% translate "对" %}\n<b title="{{ x|default:_("空") }}">（{{ n }}）</b>'
    assert list(leftovers.of_template(text)) == [(2, "（"), (2, "）")]


def test_a_doubled_percent_sign_is_found_where_nothing_is_filled_in():
    assert list(leftovers.doubled('_("10%%")\n_("10%%, %(a)s") % x\n_("10%%", a=1)')) == [(1, "10%%")]
