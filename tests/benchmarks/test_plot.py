"""What `make bench-plot` makes of its measurements; the measuring itself is no test's business."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import page_changes, plot

REDRAW = {"10": [0.001, 0.002], "100": [0.003, 0.004], "300": [0.005, 0.006]}
RUN = ([10.0, 20.0], [11.0, 22.0], [0.11, 0.44])
OURS: dict[str, Any] = {"redraw": REDRAW, "runs": [RUN, RUN, RUN]}
THEIRS: dict[str, Any] = {"redraw": REDRAW, "run": [4.0, 5.0], "drawing": [3.0, 4.0]}


def test_both_clocks_are_told_apart() -> None:
    result = plot.result_of(OURS, THEIRS)
    assert result["redraw_ms"] == {"10": 1.0, "100": 3.0, "300": 5.0}
    assert result["redraw_ms_wall"] == {"10": 2.0, "100": 4.0, "300": 6.0}
    assert (result["overhead_share"], result["overhead_share_wall"]) == (0.01, 0.02)
    assert result["livelossplot_redraw_ms_wall"] == {"10": 2.0, "100": 4.0, "300": 6.0}
    assert (result["livelossplot_share"], result["livelossplot_share_wall"]) == (0.75, 0.8)
    assert "| panel, wall time | 2.00 | 4.00 | 6.00 | 2.0% |" in plot.table(result)


def test_without_the_other_one_there_is_no_comparison() -> None:
    result = plot.result_of(OURS, {"problem": "no package index"})
    assert result["livelossplot_redraw_ms"] is None
    assert "| livelossplot, wall time | – | – | – | – |" in plot.table(result)


def test_the_section_is_written_anew_and_its_neighbours_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Performance\n\n{plot.HEADING}\nold\n\n## After\n\nkept\n")
    monkeypatch.setattr(plot, "PAGE", page)
    section = plot.section(plot.result_of(OURS, THEIRS), load=0.5)
    plot.write_page(section)
    assert page.read_text() == f"# Performance\n\n{section}\n## After\n\nkept\n"
    changes = {"play gru": page_changes.Change(0.42, 0.91, 1.04, 2.13, 31_240, 812)}
    page.write_text(f"{page.read_text()}\n{plot.PANELS}")
    plot.write_page(plot.panels_section(changes, load=0.5), plot.PANELS)
    assert "| play gru | 0.4 | 0.9 | 1.0 | 2.1 | 31.2 | 0.8 |" in page.read_text()
    assert "\n## After\n\nkept\n" in page.read_text()
    page.write_text("# Performance\n")
    with pytest.raises(SystemExit, match="has no section"):
        plot.write_page(section)
