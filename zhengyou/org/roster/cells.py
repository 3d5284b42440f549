"""Reading one cell: a value, or a fault; what was normalised on the way. Every fault of DOMAIN.md S1 that sits in a cell.

A reader gives `(value, warning, error)`; the two last are keys of `sentences.py` or "". Cells arrive as `kit.sheets`
gives them: text, or U+0002 with n (number), d (date), b (yes/no), t (time).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

from zhengyou.org.names import clean_name
from zhengyou.org.roster.words import blanks

Read = tuple[str, str, str]
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_EPOCH = date(1899, 12, 30)


def tidy(cell: str) -> str:
    """A cell as text: marks, invisible characters and outer spaces gone; what means "nothing" is empty."""
    if cell[:1] == "\2":
        return cell[2:]
    text = _INVISIBLE.sub("", cell).replace("\xa0", " ").replace("\u3000", " ").strip()
    return "" if text.casefold() in blanks() else text


def wide(text: str) -> str:
    """Full-width letters, digits and signs as ordinary ones."""
    return unicodedata.normalize("NFKC", text)


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)


def is_national_id(text: str) -> bool:
    """Whether a text is a Chinese national ID number: 18 digits with the right check character, or 15 with a day."""
    if (
        len(text) not in (15, 18)
        or text[:2] not in _PROVINCES
        or not (text.isascii() and text[:-1].isdigit())
    ):
        return False
    if len(text) == 15:
        return text.isdigit() and _day(1900 + int(text[6:8]), int(text[8:10]), int(text[10:12])) is not None
    if _day(int(text[6:10]), int(text[10:12]), int(text[12:14])) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


_LOOSE = re.compile(
    r"(?<![0-9A-Za-z.])\d{6}[\s-]?\d{4}[\s-]?\d{4}[\s-]?\d{3}[\dXx](?![0-9A-Za-z])|(?<![\d.])\d{15}(?!\d)"
)


_DIGITS = re.compile(r"\d{6}")


def looks_like_id(cell: str) -> bool:
    """Whether a cell is, or holds, a national ID number, also with spaces, full width or as a number cut by Excel."""
    if len(cell) < 15 or not _DIGITS.search(cell):
        return False
    text = wide(cell[2:] if cell[:1] == "\2" else cell)
    if (
        cell[:2] == "\2n" and len(text) == 18 and text.isdigit()
    ):  # Excel keeps 15 digits: no check character left
        return (
            text[:2] in _PROVINCES and _day(int(text[6:10]), int(text[10:12]), int(text[12:14])) is not None
        )
    return any(is_national_id(re.sub(r"[\s-]", "", found)) for found in _LOOSE.findall(text))


def is_id(cell: str) -> bool:
    """Whether a whole cell is a national ID number."""
    text = re.sub(r"[\s-]", "", wide(cell[2:] if cell[:1] == "\2" else cell)).strip("'")
    return len(text) < 19 and looks_like_id(cell) and (cell[:1] == "\2" or is_national_id(text))


_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/\-]*")


def number(cell: str) -> Read:
    """A member number: digits and letters; what can be read with certainty is, the rest is a fault."""
    if cell.isascii() and cell.isalnum() and len(cell) < 15:
        return ("", "", "") if cell.casefold() in blanks() else (cell, "", "")
    if looks_like_id(cell):
        return "", "", "number_id"
    if cell[:1] == "\2":
        text = cell[2:]
        if cell[1:2] == "n" and ("e+" in text or (text.isdigit() and len(text) > 15)):
            return "", "", "number_precise"
        if cell[1:2] != "n" or not text.isdigit():
            return "", "", "number_odd"
        return text, "number_numeric", ""
    text = tidy(cell)
    if not text:
        return "", "", ""
    before = text
    text = "".join(wide(text).split())
    if quoted := re.fullmatch(r'="(.*)"', text):
        text = quoted[1]
    text = text.lstrip("'’‘`")
    if re.fullmatch(r"\d+\.0+", text):
        return text.split(".")[0], "number_decimal", ""
    if re.fullmatch(r"\d+(\.\d+)?[Ee]\+?\d+", text):
        return "", "", "number_science"
    if not _NUMBER.fullmatch(text) or len(text) > 40 or re.fullmatch(r"\d+\.\d+", text):
        return "", "", "number_odd"
    return text, "number_written" if text != before else "", ""


def name(cell: str) -> Read:
    """A person's name without padding; a number or a sentence in its place is a fault."""
    if cell[:1] == "\2":
        return "", "", "name_odd"
    text = tidy(cell)
    if not text:
        return "", "", ""
    text = _INVISIBLE.sub("", text)
    read = clean_name(text)
    if read.isascii() or any("\uff01" <= c <= "\uff5e" for c in read):
        read = clean_name(wide(read))
    if len(read) > 100 or read.isdigit() or not any(c.isalpha() for c in read):
        return "", "", "name_odd"
    return read, "name_spaces" if read != text else "", ""


def label(cell: str) -> Read:
    """The name of a unit: width and spaces evened out, so that one unit has one name."""
    text = tidy(cell)
    if not text:
        return "", "", ""
    even = wide(text)
    even = re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", " ".join(even.split()))
    even = even.replace("(", "（").replace(")", "）") if not even.isascii() else even
    if len(even) > 200:
        return "", "", "too_long"
    return even, "", ""


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


_FULL = re.compile(
    r"(\d{4})[-/.年\s]+(\d{1,2})[-/.月\s]+(\d{1,2})[日号]?(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_MONTH = re.compile(r"(\d{4})(?:[-/.年\s]+)(\d{1,2})月?(?:份)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_REVERSED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_ENGLISH = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([A-Za-z]{3,9})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})"
)
_HAN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")


def day(cell: str) -> Read:
    """A day as ISO text from a date cell, an Excel serial, 2010.7, 2010年7月, 二〇一〇年七月, 1 July 2010 and the like."""
    if cell[:2] == "\2d":
        return (cell[2:], "", "") if "1900" <= cell[2:6] <= "2100" else ("", "", "day_range")
    if cell[:2] == "\2n":
        return _from_number(cell[2:])
    if cell[:1] == "\2":
        return "", "", "day_odd"
    text = wide(tidy(cell)).strip(" 。.,;；")
    if not text:
        return "", "", ""
    if re.search(r"[〇零○一二三四五六七八九十]", text):
        text = _han(text)
    if found := _FULL.fullmatch(text):
        return _iso(
            int(found[1]),
            int(found[2]),
            int(found[3]),
            "" if found[0] == text and "-" in text else "day_text",
        )
    if found := _MONTH.fullmatch(text):
        return _iso(int(found[1]), int(found[2]), 1, "day_month")
    if text.isdigit():
        return _from_number(text)
    if re.fullmatch(r"\d+\.0+", text):
        return _from_number(text.split(".")[0])
    if found := _REVERSED.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first > 12 >= second:
            return _iso(year, second, first, "day_text")
        if second > 12 >= first:
            return _iso(year, first, second, "day_text")
        return _iso(year, first, second, "day_text") if first == second else ("", "", "day_order")
    if found := _ENGLISH.fullmatch(text):
        month = _MONTHS.get(found[2][:3].casefold())
        if month:
            on = found[1] or found[3]
            return _iso(int(found[4]), month, int(on or 1), "day_text" if on else "day_month")
    if re.fullmatch(r"\d{4}年?", text):
        return "", "", "day_year"
    return "", "", "day_odd"


def _from_number(text: str) -> Read:
    if re.fullmatch(r"\d{4}\.\d{1,2}", text):
        year, month = text.split(".")
        if month == "1":  # 2010.1 as a number may have been typed as 2010.10
            return "", "", "day_tenth"
        return _iso(int(year), int(month), 1, "day_month")
    if not text.isdigit():
        whole = text.split(".")[0]
        return _from_number(whole) if whole.isdigit() and len(whole) == 5 else ("", "", "day_odd")
    if found := _COMPACT.fullmatch(text):
        return _iso(int(found[1]), int(found[2]), int(found[3] or 1), "day_text" if found[3] else "day_month")
    if len(text) == 5 and 1 < int(text) < 73051:
        return (_EPOCH + timedelta(days=int(text))).isoformat(), "day_serial", ""
    return "", "", "day_year" if len(text) == 4 else "day_odd"


def _iso(year: int, month: int, on: int, warning: str) -> Read:
    found = _day(year, month, on)
    return (found.isoformat(), warning, "") if found else ("", "", "day_range")


def _han(text: str) -> str:
    def tens(found: re.Match[str]) -> str:
        head, tail = found[1].translate(_HAN_DIGITS), found[2].translate(_HAN_DIGITS)
        return f"{head or 1}{tail or 0}"

    text = re.sub(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)", tens, text)
    return text.translate(_HAN_DIGITS)


_EMAIL = re.compile(r"[^@\s,;，；]+@[^@\s,;，；]+\.[^@\s,;，；.]{2,}")


def email(cell: str) -> Read:
    """An e-mail address."""
    if cell.isascii() and len(cell) <= 200 and _EMAIL.fullmatch(cell):
        return cell, "", ""
    text = wide(tidy(cell)).replace(" ", "")
    if not text:
        return "", "", ""
    return (text, "", "") if len(text) <= 200 and _EMAIL.fullmatch(text) else ("", "", "email_odd")


_PHONE = re.compile(r"[0-9+][0-9+()\- 转x,;/.*#]{3,38}", re.IGNORECASE)


def phone(cell: str) -> Read:
    """A telephone number as people write it; a whole number from a number cell is its digits."""
    if 4 < len(cell) < 20 and cell.isascii() and cell.isdigit():
        return cell, "", ""
    text = wide(tidy(cell)).strip("'")
    if not text:
        return "", "", ""
    if re.fullmatch(r"\d+\.0", text):
        text = text[:-2]
    return (text, "", "") if _PHONE.fullmatch(text) else ("", "", "phone_odd")


def note(cell: str) -> Read:
    """Free text, at most 500 characters."""
    text = tidy(cell)
    if cell[:2] == "\2b":
        text = {"1": "TRUE", "0": "FALSE"}[text]
    return (text, "", "") if len(text) <= 500 else ("", "", "too_long")


def names(cell: str) -> list[str]:
    """Several names of units in one cell."""
    return [read for part in re.split(r"[、,，;；/\n|]+", tidy(cell)) if (read := label(part)[0])]


def memo(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """Remember what cells mean: a roster repeats itself. Forgets when it grows beyond 50,000 cells."""
    known: dict[str, Read] = {}

    def ask(cell: str) -> Read:
        found = known.get(cell)
        if found is None:
            if len(known) > 50_000:
                known.clear()
            found = known[cell] = read(cell)
        return found

    return ask
