"""Who can be a student: people of every script, in every command alike."""

import unicodedata

import pytest

from grader.classroom.submissions.student_names import is_student_name, same, shown

PEOPLE = [
    "ann",
    "José Peña",
    "Zoë",
    "Nguyễn Thị Minh Khai",
    "आर्यन शर्मा",
    "ரம்யா",
    "ปิยะดา",
    "محمد علی",
    "نگین می\u200cخواهد",
    "אבי כהן",
    "王小明",
    "さくら・田中",
    "Владимир",
    "Θεοδώρα",
    "O'Brien",
    "D\u2019Arcy",
    "'t Hooft",
    "Gal·la",
    "Jean-Luc",
    "ཚེ་རིང",
    "a.b@c+d, e (2)",
    "2021-4711",
]


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_people(name: str, form: str) -> None:
    written = unicodedata.normalize(form, name)  # type: ignore[arg-type]
    assert is_student_name(written)
    assert same(written, name)
    assert shown(written) == written


PATHS = ["", ".", "..", "-r", "a/b", "a\\b", ".ann", "_a"]
PATTERNS = ["a*", "a[1]", "a?", "{{a}}", "=1+1", "@a"]
MARKUP = ["a;b", "a<b", "a&b", 'a"b', "a`b"]
UNSEEN = [" ", "a\0", "a\nb", "a\u202eb", "\ud800", "\u0301a", "ann ", "'"]
LONG = ["a" * 101, "\u0905" * 100]


@pytest.mark.parametrize("name", [*PATHS, *PATTERNS, *MARKUP, *UNSEEN, *LONG])
def test_nobody(name: str) -> None:
    assert not is_student_name(name)
    shown(name).encode()
