"""JUnit's report of one notebook: each question is a test, as GitLab and others show it."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from grader.core.messages import points
from grader.core.verdicts import Outcome, Verdict

_SKIPPED = (Outcome.NOT_ATTEMPTED, Outcome.MISSING)


def document(unit: str, verdicts: Mapping[str, Verdict]) -> str:
    """The file's content. A question that did not earn all its points is a failure."""
    suite = Element("testsuite", name=unit, tests=str(len(verdicts)))
    for name, verdict in verdicts.items():
        case = SubElement(suite, "testcase", classname=unit, name=name)
        case.set("time", f"{verdict.seconds:.3f}")
        kind = _kind(verdict)
        if kind:
            earned = f"{verdict.points:g} of {points(verdict.maximum)}"
            found = SubElement(case, kind, message=f"{verdict.outcome}, {earned}")
            found.text = verdict.message
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{kind}"))))
    top = Element("testsuites")
    top.append(suite)
    indent(top)
    return tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def _kind(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.BROKEN:
        return "error"
    if verdict.outcome in _SKIPPED:
        return "skipped"
    return "" if verdict.points >= verdict.maximum else "failure"
