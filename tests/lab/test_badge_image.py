"""The badge of a unit: its words stand in the picture and beside it, and follow from the record."""

from xml.etree import ElementTree as ET

from grader.lab.quiz.badge_image import badge

SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_and_its_words_tell_unit_problems_and_day() -> None:
    made = badge("birnn", 4, "2026-03-01")
    words = [each.text for each in ET.fromstring(made.svg).iter(f"{SVG}text")]  # noqa: S314 - ours
    assert words == [
        "★★★★",
        "BIRNN",
        "mastery",
        "BIRNN mastery",
        "all 4 problems right, each within two attempts",
        "2026-03-01",
    ]
    for word in ("BIRNN", "All 4 problems", "2026-03-01"):
        assert word in made.alt
    assert badge("birnn", 4, "2026-03-01").svg == made.svg


def test_a_day_from_a_file_is_no_markup() -> None:
    """It is read from progress.json, which anybody can edit."""
    made = badge("gru", 3, "<script>1</script>")
    assert not list(ET.fromstring(made.svg).iter(f"{SVG}script"))  # noqa: S314 - ours


def test_the_seal_has_its_teeth_inside_the_picture() -> None:
    path = next(ET.fromstring(badge("gru", 3, "").svg).iter(f"{SVG}path")).get("d")  # noqa: S314
    assert path is not None
    points = [tuple(map(float, point.split())) for point in path.strip("MZ").split("L")]
    assert len(points) == 48
    assert all(0 < x < 150 and 0 < y < 150 for x, y in points)
