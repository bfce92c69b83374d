"""`make neighbours`: its hostile submissions are programs, and reports are compared by verdict."""

from benchmarks import neighbours


def test_each_hostile_kind_is_a_program_and_stands_beside_an_honest_one() -> None:
    made = [neighbours.hostile(number) for number in range(len(neighbours.HOSTILE))]
    for case in made:
        compile(case.own[0]["source"], case.name, "exec")
    assert len({case.name for case in made}) == len(neighbours.HOSTILE)
    names = sorted([*(case.name for case in made), *(neighbours.honest(n).name for n in range(4))])
    assert [name.split("-")[1] for name in names] == ["a", "b", "c"] * 4
    compile(neighbours.TRAINING, "training", "exec")


def test_a_verdict_is_an_outcome_and_points_and_no_seconds() -> None:
    def report(seconds: float, points: float) -> dict[str, object]:
        asked = {"q": {"outcome": "passed", "points": points, "seconds": seconds, "message": "x"}}
        return {"seconds": seconds, "questions": asked}

    assert neighbours.verdicts(report(1.0, 2.0)) == neighbours.verdicts(report(9.0, 2.0))
    assert neighbours.verdicts(report(1.0, 2.0)) != neighbours.verdicts(report(1.0, 1.0))
    assert neighbours.verdicts({}) == {}
