"""What the repair lab says about a choice before it is trained: what does nothing, and why."""

from grader.lab.repair.recipe_choice import RecipeChoice

LAST_COLUMN = "last column"
FINAL_STATE = "final state"


def about(choice: RecipeChoice, *, packs: bool, embeds: bool) -> list[str]:
    """The sentences for a choice; `packs` where the data has lengths, `embeds` where words."""
    said = [*_dropout(choice), *_stopping(choice)]
    if packs:
        said += _padding(choice)
    if embeds and choice.drop_in:
        said.append("Dropout on the input sits on the word vectors, after the embedding.")
    return said


def _dropout(choice: RecipeChoice) -> list[str]:
    if choice.drop_between and choice.layers == 1:
        return [
            f"Dropout between layers ({choice.drop_between:g}) does nothing here: it acts between "
            "two layers, and you have one. It is left out of the code. Stack a second layer, or "
            "drop on the input or before the head."
        ]
    return []


def _stopping(choice: RecipeChoice) -> list[str]:
    if choice.patience is not None and choice.patience >= choice.epochs:
        return [
            f"Patience {choice.patience} cannot run out in {choice.epochs} epochs, so nothing "
            "stops early; what it still does is put the best epoch's weights back at the end."
        ]
    return []


def _padding(choice: RecipeChoice) -> list[str]:
    if choice.read == LAST_COLUMN and choice.packed:
        return [
            "The last column is padding: after unpacking it holds zeros for every sequence "
            "shorter than the longest, and the head sees nothing of them."
        ]
    if choice.read == LAST_COLUMN and choice.both:
        return ["At the last column the backward direction has read one step, and that is padding."]
    if choice.read == FINAL_STATE and not choice.packed:
        return ["Without packing the final state has read the padding behind each sequence too."]
    if choice.both and not choice.packed:
        return ["Without packing the backward direction begins its reading in the padding."]
    return []
