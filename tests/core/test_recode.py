"""A draw under new names is as hard as before, and nothing that was known of it fits."""

from pathlib import Path

import numpy as np
import pytest

from grader.core import data_recipe, ngrams
from grader.core.recoded_draws import Recoding, Splits, recoded

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (11, 12, 13)
DATA = ("rumble", "shutter", "latch", "blanks", "voices", "sentences")


def both(name: str, seed: int = 11, position: int = 0) -> tuple[Splits, Splits]:
    """A draw as its recipe gives it, and under new names."""
    module = data_recipe.load(ROOT / "data" / name)
    drawn = module.draw(seed)
    return drawn, recoded(drawn, data_recipe.recoding(module), seed, position)


@pytest.mark.parametrize("name", DATA)
def test_every_data_set_says_what_may_change(name: str) -> None:
    assert data_recipe.recoding(data_recipe.load(ROOT / "data" / name)) != Recoding()


def test_no_data_set_is_missing_above() -> None:
    assert set(DATA) == {path.parent.name for path in (ROOT / "data").glob("*/recipe.py")}


@pytest.mark.parametrize("name", DATA)
def test_forms_stay_and_the_same_seed_gives_the_same_names(name: str) -> None:
    drawn, new = both(name)
    _, again = both(name)
    for part, split in drawn.items():
        assert split.keys() == new[part].keys()
        for key, array in split.items():
            assert (new[part][key].shape, new[part][key].dtype) == (array.shape, array.dtype)
            assert new[part][key].tobytes() == again[part][key].tobytes()
    other = both(name, seed=12)[1]
    assert not np.array_equal(new["train"]["x"], other["train"]["x"])


@pytest.mark.parametrize("name", DATA)
def test_only_the_order_of_hidden_rows_changes(name: str) -> None:
    drawn, new = both(name)
    for part in ("train", "val"):
        assert np.array_equal(drawn[part]["wrong"], new[part]["wrong"])
        if "lengths" in drawn[part]:
            assert np.array_equal(drawn[part]["lengths"], new[part]["lengths"])
    assert not np.array_equal(drawn["hidden"]["y"], new["hidden"]["y"])
    if "lengths" in drawn["hidden"]:
        before, after = (np.sort(split["hidden"]["lengths"]) for split in (drawn, new))
        assert np.array_equal(before, after)


@pytest.mark.parametrize("name", ["rumble", "shutter", "latch", "blanks", "voices"])
def test_a_class_keeps_its_rows_and_loses_its_name(name: str) -> None:
    drawn, new = both(name)
    old, now = drawn["train"]["y"], new["train"]["y"]
    pairs = set(zip(old.tolist(), now.tolist(), strict=True))
    assert len(pairs) == len(set(old.tolist()))
    assert all(before != after for before, after in pairs)


def test_whoever_answers_by_the_usual_names_is_wrong_on_most_draws_of_a_grade() -> None:
    module = data_recipe.load(ROOT / "data" / "rumble")
    for count in (1, 2, 3, 5):
        draws = data_recipe.draws(ROOT / "data" / "rumble", range(20, 20 + count))
        right = [(module.rule(draw.val.x.array) == draw.val.y.array).mean() > 0.5 for draw in draws]
        assert np.median(right) < 1


def test_the_bearings_rule_survives_but_for_the_names_of_its_classes() -> None:
    module = data_recipe.load(ROOT / "data" / "rumble")
    drawn, new = both("rumble")
    for part in ("train", "val"):
        right = module.rule(new[part]["x"])
        assert np.array_equal(right, module.rule(drawn[part]["x"]))
    assert not np.allclose(drawn["train"]["x"], new["train"]["x"], atol=0.5)
    assert new["train"]["x"].std() == pytest.approx(drawn["train"]["x"].std(), rel=1e-3)


def test_the_shutter_stays_and_half_of_the_detectors_turn() -> None:
    module = data_recipe.load(ROOT / "data" / "shutter")
    for seed in SEEDS:
        drawn, new = both("shutter", seed)
        assert np.array_equal(drawn["train"]["x"][:, :, 0], new["train"]["x"][:, :, 0])
        places, signs = [], []
        for channel in range(1, 11):
            now = new["train"]["x"][:, :, channel]
            found = [
                (old, sign)
                for old in range(1, 11)
                for sign in (1, -1)
                if np.array_equal(now, sign * drawn["train"]["x"][:, :, old])
            ]
            ((old, sign),) = found
            places.append(old)
            signs.append(sign)
        assert sorted(places) == list(range(1, 11))
        assert sum(signs) == 0
        # so what is known of the sum of all detectors tells nothing
        agreed = (module.rule(new["hidden"]["x"]) == new["hidden"]["y"]).mean()
        assert 0.4 < agreed < 0.6


def test_voices_keep_their_padding_their_spread_and_their_neighbours() -> None:
    drawn, new = both("voices")
    padded = np.arange(50) >= new["train"]["lengths"][:, np.newaxis]
    assert not new["train"]["x"][padded].any()
    assert not np.signbit(new["train"]["x"][padded]).any()
    heard = new["train"]["x"][~padded]
    # the noise of the line is in what the recipe gives, so its spread is a little over 1
    usual = drawn["train"]["x"][~padded].std()
    assert heard.std(axis=0) == pytest.approx(np.full(12, usual), rel=1e-3)
    assert heard.mean(axis=0) == pytest.approx(np.zeros(12), abs=0.02)
    assert np.linalg.matrix_rank(np.linalg.lstsq(drawn["train"]["x"][~padded], heard)[0]) == 12


@pytest.mark.parametrize(("name", "special"), [("blanks", 10), ("sentences", 3)])
def test_special_words_stay_and_all_others_are_exchanged(name: str, special: int) -> None:
    drawn, new = both(name)
    old, now = drawn["train"]["x"], new["train"]["x"]
    assert np.array_equal(old < special, now < special)
    assert np.array_equal(old[old < special], now[now < special])
    pairs = {pair for pair in zip(old.ravel(), now.ravel(), strict=True) if pair[0] >= special}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
    assert sum(a == b for a, b in pairs) < 10


def test_next_words_follow_their_sentences_and_bigrams_count_the_same() -> None:
    drawn, new = both("sentences")
    assert np.array_equal(drawn["train"]["y"] < 0, new["train"]["y"] < 0)
    perplexities = []
    for splits in (drawn, new):
        known, asked = (
            ngrams.places(splits[part]["x"], splits[part]["y"]) for part in ("train", "val")
        )
        perplexities.append(ngrams.perplexity(ngrams.probabilities(known, asked, 2, 2500)))
    assert perplexities[0] == pytest.approx(perplexities[1], rel=1e-9)


def test_a_recipe_that_declares_nothing_is_left_alone() -> None:
    drawn = data_recipe.load(ROOT / "data" / "rumble").draw(3)
    new = recoded(drawn, Recoding(), 3)
    assert all(np.array_equal(drawn["train"][key], new["train"][key]) for key in drawn["train"])


def test_lessons_name_what_is_drawn_anew() -> None:
    """Each lesson with a repair says it where the repair is introduced."""
    for unit in ("01_rnn", "02_gru", "03_birnn", "04_packing", "05_text"):
        text = (ROOT / "solutions" / unit / "lesson.py").read_text(encoding="utf-8")
        assert text.count("\n# Names are drawn anew, too: ") == 1, unit
