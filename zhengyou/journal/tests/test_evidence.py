"""Evidence is kept once, told by content, refused with a sentence."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhengyou.journal import evidence
from zhengyou.journal.actions import Actor, record
from zhengyou.journal.models import Evidence
from zhengyou.kit.faults import Invalid

pytestmark = pytest.mark.django_db
ME = Actor.person("me")
PDF = b"%PDF-1.4\n1 0 obj\nendobj\n"


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path
    for name in ("files", "staging"):
        (tmp_path / name).mkdir()
    return tmp_path


def keep(name, content, by=ME):
    with record("test.kept", by=by) as entry:
        return evidence.keep_file(SimpleUploadedFile(name, content), by, entry)


def office(*names, big=0):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as z:
        for name in names:
            z.writestr(name, b"0" * big)
    return box.getvalue()


def test_the_same_file_is_stored_once_and_read_back_unchanged(data):
    one, two = keep("a.pdf", PDF), keep("a.pdf", PDF)
    assert one == two
    assert evidence.path_of(one.sha256).read_bytes() == PDF
    assert len([p for p in (data / "files").rglob("*") if p.is_file()]) == 1
    assert not list((data / "staging").iterdir())


def test_another_persons_same_file_is_their_own_evidence(data):
    assert keep("a.pdf", PDF) != keep("a.pdf", PDF, by=Actor.person("you"))
    assert len([p for p in (data / "files").rglob("*") if p.is_file()]) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.pdf", b""),
        ("virus.exe", b"MZ\x90\x00"),
        ("virus.pdf", b"MZ\x90\x00"),
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("page.txt", b"<script>alert(1)</script>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("photo.png", b"GIF89a"),
        ("binary.txt", b"\x00\x01\x02"),
        ("macro.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("sheet.docx", office("xl/workbook.xml")),
        ("torn.xlsx", b"PK\x03\x04 torn"),
        ("bomb.xlsx", office("xl/workbook.xml", "xl/a.xml", big=120 * 1024 * 1024)),
        ("large.txt", b"a" * (evidence.MAX_BYTES + 1)),
        ("no ending", PDF),
    ],
)
def test_what_is_not_welcome_is_refused_with_a_sentence_and_leaves_nothing(name, content, data):
    with pytest.raises(Invalid) as refused:
        keep(name, content)
    assert refused.value.problems[0].text
    assert not Evidence.objects.exists()
    assert not [p for p in data.rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.pdf",
        "C:\\x\\报告.pdf",
        "a\u202efdp.pdf",
        "长" * 300 + ".pdf",
        "..pdf.pdf",
        "𠮷野家.pdf",
    ],
)
def test_odd_names_become_plain_names(name):
    kept = keep(name, PDF)
    assert "/" not in kept.name
    assert "\\" not in kept.name
    assert "\u202e" not in kept.name
    assert kept.name.endswith(".pdf")
    assert len(kept.name) <= 120


def test_an_office_document_is_taken():
    assert keep("a.docx", office("[Content_Types].xml", "word/document.xml")).media_type.endswith("document")


def test_files_of_failed_actions_are_purged_and_kept_ones_stay(data):
    kept = keep("a.pdf", PDF)
    with pytest.raises(ZeroDivisionError), record("test.kept", by=ME) as entry:  # noqa: PT012
        evidence.keep_file(SimpleUploadedFile("b.pdf", PDF + b"2"), ME, entry)
        raise ZeroDivisionError
    assert evidence.purge([], older_than=-1) == 1
    assert evidence.path_of(kept.sha256).exists()


def test_a_statement_is_evidence_too():
    with record("test.kept", by=ME) as entry:
        assert (
            evidence.keep_statement(" 补考名单从 11 人减到 4 人。 ", ME, entry).text
            == "补考名单从 11 人减到 4 人。"
        )
    with pytest.raises(Invalid), record("test.kept", by=ME) as entry:
        evidence.keep_statement("  ", ME, entry)
