"""From choices to code: the graded cell of a repair, in the form of its unit's own scaffold.

A question file's LAB says what its scaffold is made of (docs/authors.md); `Scaffold.code` writes
the whole cell for a `RecipeChoice`, and `Scaffold.remarks` says which choices do nothing, and why.
No widget and no training here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from grader.core.errors import CourseError
from grader.lab.repair import remarks
from grader.lab.repair.recipe_choice import RecipeChoice
from grader.lab.training_settings import SETTINGS, TrainingSettings

ALWAYS, CHOOSE = "always", "choose"


@dataclass(frozen=True)
class Scaffold:
    """A unit's scaffold: the pieces of its answer cell, as they stand in LAB.

    reads: by name, the lines that turn `output` and `h_n` into what the head gets, for one
    direction and, where `both` is offered, for two; the last line is an expression. lengths: ""
    where the data has none, "ignore", "choose" (packing is a choice) or "always" packed.
    """

    kind: str
    layer: str
    inputs: str
    outputs: str
    reads: Mapping[str, Mapping[str, list[str]]]
    start: RecipeChoice
    embedding: str = ""
    lengths: str = ""
    offers_both: bool = False
    signature: str = "hidden={hidden}"
    size: str = "hidden"
    built_with: str = "hidden={hidden}"

    @classmethod
    def from_json(cls, kind: str, data: Mapping[str, Any]) -> Self:
        """Read LAB; `kind` is the question's LAYER, such as "GRU"."""
        known = {each.name for each in fields(cls)} - {"kind"}
        if not known.issuperset(data):
            message = f"LAB has {sorted(set(data) - known)}. It knows: {sorted(known)}."
            raise CourseError(message)
        start = RecipeChoice(**{"read": next(iter(data["reads"])), **data["start"]})
        return cls(kind=kind, **{**data, "start": start})

    def chosen(self, values: Mapping[str, Any]) -> RecipeChoice:
        """A choice from what a page sends: its own values where they are of sense, else ours."""
        start = self.start.to_json()
        made = {name: values.get(name, old) for name, old in start.items()}
        made |= {
            name: each.limited(made[name], start[name])
            for name, each in SETTINGS.items()
            if name in start
        }
        if made["read"] not in self.reads:
            made["read"] = self.start.read
        made["both"] = bool(made["both"]) and self.offers_both
        made["packed"] = self.lengths == ALWAYS or (self.lengths == CHOOSE and bool(made["packed"]))
        return RecipeChoice(**made)

    def code(self, choice: RecipeChoice) -> str:
        """The graded cell."""
        given = {"hidden": choice.hidden}
        signature, built_with = (form.format(**given) for form in (self.signature, self.built_with))
        arguments = "self, x, lengths" if self.lengths else "self, x"
        lines = [
            "class Repaired(nn.Module):",
            f"    def __init__(self, {signature}):",
            *(f"        {line}" for line in self._parts(choice)),
            "",
            f"    def forward({arguments}):",
            *(f"        {line}" for line in self._forward(choice)),
            "",
            "",
            "def build_model():",
            f"    return Repaired({built_with})",
            "",
            "",
            f"settings = dict({self._settings(choice)})",
            "",
            "",
            "def train_model(train, val):",
            "    lab.seed(0)",
            "    model = build_model()",
            "    lab.fit(model, train, val, **settings)",
            "    return model",
        ]
        return "\n".join(lines)

    def describe(self, choice: RecipeChoice) -> str:
        """A recipe in a few words: where it leaves the scaffold's own."""
        start = self.start.to_json()
        forms = {name: each.form for name, each in SETTINGS.items()}
        said = [
            form.said.format(value)
            for name, value in choice.to_json().items()
            if value != start[name] and (form := forms.get(name))
        ]
        if choice.read != self.start.read:
            said.append(f"reads {choice.read}")
        said += ["both ways"] * (choice.both and not self.start.both)
        said += ["packed"] * (choice.packed and not self.start.packed)
        return ", ".join(said) or "as it stands"

    def remarks(self, choice: RecipeChoice) -> list[str]:
        """What a learner should know about this choice before training it."""
        return remarks.about(choice, packs=bool(self.lengths), embeds=bool(self.embedding))

    def _parts(self, choice: RecipeChoice) -> list[str]:
        options = [f"num_layers={choice.layers}"] * (choice.layers > 1)
        options += ["batch_first=True"]
        options += ["bidirectional=True"] * choice.both
        options += [f"dropout={choice.drop_between:g}"] * (
            choice.drop_between > 0 and choice.layers > 1
        )
        features = f"2 * {self.size}" if choice.both else self.size
        layer = f"nn.{self.kind}({self.inputs}, {self.size}, {', '.join(options)})"
        return [
            "super().__init__()",
            *([f"self.embedding = {self.embedding}"] if self.embedding else []),
            *([f"self.drop_in = nn.Dropout({choice.drop_in:g})"] if choice.drop_in else []),
            f"self.{self.layer} = {layer}",
            *([f"self.drop_out = nn.Dropout({choice.drop_out:g})"] if choice.drop_out else []),
            f"self.head = nn.Linear({features}, {self.outputs})",
        ]

    def _forward(self, choice: RecipeChoice) -> list[str]:
        read = "self.embedding(x)" if self.embedding else "x"
        read = f"self.drop_in({read})" if choice.drop_in else read
        if choice.packed:
            lines = [
                "packed = pack_padded_sequence(",
                f"    {read}, lengths.cpu(), batch_first=True, enforce_sorted=False",
                ")",
                f"output, h_n = self.{self.layer}(packed)",
                "output, _ = pad_packed_sequence("
                "output, batch_first=True, total_length=x.shape[1])",
            ]
        else:
            lines = [f"output, h_n = self.{self.layer}({read})"]
        *before, summary = self.reads[choice.read]["two" if choice.both else "one"]
        summary = f"self.drop_out({summary})" if choice.drop_out else summary
        return [*lines, *before, f"return self.head({summary})"]

    def _settings(self, choice: RecipeChoice) -> str:
        given = {each.name: getattr(choice, each.name, None) for each in fields(TrainingSettings)}
        return ", ".join(f"{name}={value!r}" for name, value in given.items() if value)
