"""What somebody has set in the repair lab's form."""

from dataclasses import asdict, dataclass
from typing import Any

from grader.lab.training_settings import SETTINGS


@dataclass(frozen=True)
class RecipeChoice:
    """What somebody has set; the defaults regularise nothing. `patience` and `clip` may be off."""

    hidden: int = SETTINGS["hidden"].default
    layers: int = SETTINGS["layers"].default
    both: bool = False
    packed: bool = False
    read: str = ""
    drop_in: float = SETTINGS["drop_in"].default
    drop_between: float = SETTINGS["drop_between"].default
    drop_out: float = SETTINGS["drop_out"].default
    weight_decay: float = SETTINGS["weight_decay"].default
    lr: float = SETTINGS["lr"].default
    epochs: int = SETTINGS["epochs"].default
    batch_size: int = SETTINGS["batch_size"].default
    patience: int | None = SETTINGS["patience"].default
    label_smoothing: float = SETTINGS["label_smoothing"].default
    clip: float | None = SETTINGS["clip"].default

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, for the page and for the record of runs."""
        return asdict(self)
