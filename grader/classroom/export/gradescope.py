"""Gradescope's results.json of one submission; each question is a test that its learner may see."""

import math
from typing import Any

from grader.classroom.grading.entries import EXCUSED, Entry
from grader.core.verdicts import Verdict


def results(entry: Entry) -> dict[str, Any]:
    """The file's content.

    Without any score where there is no mark: Gradescope would add up those of the tests.
    """
    mark = entry.mark
    names = list(dict.fromkeys([*(mark.cells if mark else ()), *entry.verdicts]))
    output = entry.reason
    if mark and mark.penalty:
        output = f"Handed in late: {mark.penalty:g} points are taken off."
    content: dict[str, Any] = {
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "output": output,
        "output_format": "text",
        "tests": [_test(entry, name) for name in names],
    }
    if entry.score is not None:
        content["score"] = _finite(entry.score)
    if entry.report:
        content["execution_time"] = _finite(entry.report.seconds)
        content["extra_data"] = {
            "device": entry.report.device,
            "sandbox": entry.report.sandbox,
        }
    return content


def _test(entry: Entry, name: str) -> dict[str, Any]:
    if name in entry.excused:
        told = {"name": name, "number": name, "output": EXCUSED}
        return told | {"visibility": "visible", "output_format": "text"}
    verdict = entry.verdicts.get(name)
    points, maximum = entry.points(name), _maximum(entry, name, verdict)
    test: dict[str, Any] = {
        "name": name,
        "number": name,
        "max_score": _finite(maximum),
        "output": entry.words(name),
        "visibility": "visible",
        "output_format": "text",
    }
    if points is None:
        test["output"] = f"Not graded yet: {entry.waiting.get(name) or entry.reason}"
        return test
    if entry.score is not None:
        test["score"] = _finite(points)
    test["status"] = "passed" if points >= maximum else "failed"
    if verdict:
        test["tags"] = list(filter(None, (entry.said(name), entry.mistake(name))))
    return test


def _maximum(entry: Entry, name: str, verdict: Verdict | None) -> float:
    if entry.mark and name in entry.mark.cells:
        return entry.mark.cells[name][1]
    return verdict.maximum if verdict else 0.0


def _finite(value: float) -> float:
    """Gradescope reads strict JSON, which has no word for infinity or NaN."""
    return float(value) if math.isfinite(value) else 0.0
