"""What a learner reads about a function where no mistake of the question's own list fits.

General faults (nothing returned, an input changed, a gradient cut off), and what torch's and
Python's commonest errors mean: the name of each, its words, and a sentence that helps.
"""

import re

from grader.core.requests import Raised

NOTHING_RETURNED = (
    "Your function gives back nothing: Python then returns None. Whatever it has computed has to "
    "come out of it. Is a `return` missing, or does it stand inside an `if`?"
)


RANDOM = (
    "Called twice with the same inputs, your function gives two different results. Something in it "
    "is drawn at random, a first state or weights of its own, where it should be zeros or come "
    "from the inputs."
)
A_LIST = (
    "Your function gives back a list; one tensor is asked for. Of tensors in a list "
    "`torch.stack(…)` makes one with a new axis (say with `dim` where it belongs); of plain "
    "numbers, `torch.tensor(…)`."
)


def several_returned(count: int) -> str:
    """Say that one thing was asked for."""
    things = "one thing in a tuple" if count == 1 else f"{count} things, a tuple"
    return (
        f"Your function gives back {things}; one tensor is asked for. Return that "
        "one alone, and look for a comma at the end of a line."
    )


def input_changed(names: list[str]) -> str:
    """Say that a function changed what it was given."""
    what = " and ".join(f"`{name}`" for name in names)
    return (
        f"The result is right, but {what} {'is' if len(names) == 1 else 'are'} not as before: your "
        "function writes into what it was given, and whoever gave it still needs it. Write into a "
        "copy (`clone()`), or make a new tensor."
    )


GRADIENT_CUT = (
    "The numbers are right, but the gradient does not find its whole way back: somewhere between "
    "two steps it is cut off, and no network could learn from what came earlier. Look for "
    "`.detach()`, `.data`, `.item()`, NumPy or `torch.no_grad()` and hand on the tensor itself."
)


def no_gradient(names: list[str]) -> str:
    """Say that a result has no gradient at all."""
    what = " or ".join(f"`{name}`" for name in names)
    return (
        f"The numbers are right, but no gradient flows from them back to {what}: a network built "
        "on this could not learn, and nothing would say so. Leave out `torch.no_grad()`, "
        "`.detach()` and `.data`, and compute with the tensors themselves, not with NumPy or plain "
        "numbers."
    )


def gradient_raised(reply: Raised) -> str:
    """Tell the author of a right answer that nothing could be trained with it."""
    said = reply.message.partition("\n")[0][:300].rstrip(".")
    return (
        f"One thing: asked for a gradient, it raised {reply.kind} ({said}). So the numbers are "
        "right, but a network could not be trained through this code."
    )


# The kind of error, a pattern of its words, the mistake's name, and what it means. The first that
# fits is told; a question's own mistakes come before these.
_ERRORS = [
    (
        "TypeError",
        r"tuple indices must be integers or slices, not tuple",
        "pair-not-taken-apart",
        "You index a whole tuple. A recurrent layer gives back two things; take them apart first: "
        "`output, h_n = …`.",
    ),
    (
        "ValueError",
        r"step must be greater than zero",
        "negative-step",
        "A list can be walked backwards with `[::-1]`; a tensor cannot. `flip` turns one round, "
        "and wants to know along which axis.",
    ),
    (
        "TypeError",
        r"flip\(\) missing",
        "flip-without-axis",
        "`flip` turns nothing on its own: tell it the axis. Which one is time here?",
    ),
    (
        "TypeError",
        r"(cat|stack|hstack|vstack)\(\): argument 'tensors'.* must be tuple of Tensors, not Tensor",
        "not-in-a-list",
        "`torch.cat` and `torch.stack` want their tensors as one list: put square brackets around "
        "them.",
    ),
    (
        "RuntimeError",
        r"stack expects each tensor to be equal size",
        "stack-of-unequal-sizes",
        "`torch.stack` puts tensors of the same size on top of each other, and these differ. Look "
        "at the shapes of what is in your list.",
    ),
    (
        "RuntimeError",
        r"zero-dimensional tensor .* cannot be concatenated",
        "number-without-an-axis",
        "A tensor with a single number and no axis cannot be joined to others. Give it an axis "
        "first, with `[None]` or `unsqueeze(0)`.",
    ),
    (
        "TypeError",
        r"only integer tensors of a single element can be converted to an index",
        "tensor-as-a-slice",
        "A slice such as `[:n]` ends at one place, the same for all rows; you gave it a tensor "
        "with a place for each. Go row by row, or use a mask.",
    ),
    (
        "(ValueError|TypeError|RuntimeError)",
        r"only one element tensors can be converted|elements cannot be converted to Scalar",
        "number-of-a-tensor",
        "Something in this line wants one plain number (`math.…`, `float(…)`, `item()`, "
        "`torch.tensor(…)` of a list), and gets a tensor of many. Torch has its own functions for "
        "whole tensors, and `torch.stack` for lists of them.",
    ),
    (
        "TypeError",
        r"__init__\(\) takes .*positional argument",
        "module-as-a-function",
        "That is a layer's class: it has to be made before it can be called. For a single call "
        "take the function of that name, in `torch` or in `F`, in small letters.",
    ),
    (
        "IndexError",
        r"Dimension out of range",
        "axis-out-of-range",
        "That axis does not exist: the tensor has fewer. Inside a loop over rows the batch axis is "
        "gone, and each other axis has moved up by one.",
    ),
    (
        "IndexError",
        r"index -?\d+ is out of bounds for dimension",
        "past-the-end",
        "An index points behind the end of its axis. Counting begins at 0, so the last place is "
        "the size less one. Is it the axis that you mean?",
    ),
    (
        "RuntimeError",
        r"Index tensor must have the same number of dimensions",
        "gather-without-axes",
        "`gather` wants an index with as many axes as the tensor has, and gives back as many "
        "numbers as the index holds. Give the index its missing axes and expand it.",
    ),
    (
        "RuntimeError",
        r"must be equal to input_size|inconsistent input_size|input must have the last dimension|"
        r"Expected input_size",
        "wrong-axis-last",
        "A layer takes the last axis for the features of a step, and yours has another size. Which "
        "axes have changed places?",
    ),
    (
        "TypeError",
        r"forward\(\) got an unexpected keyword argument",
        "keyword-at-the-call",
        "That keyword belongs to the line that makes the layer, not to the line that calls it.",
    ),
    (
        "RuntimeError",
        r"(has to|must) be sorted in decreasing order",
        "not-sorted",
        "Packing wants the longest row first unless it is told that rows come in any order: it "
        "has a keyword for that, `enforce_sorted`.",
    ),
    (
        "RuntimeError",
        r"Expected `len\(lengths\)` to be equal to batch_size",
        "batch-first-forgotten",
        "Packing counts rows on another axis than yours: unless it is told that the batch comes "
        "first, it takes axis 0 for time.",
    ),
    (
        "RuntimeError",
        r"shape '.*' is invalid for input of size",
        "view-does-not-fit",
        "`view` and `reshape` keep every number, and the shape that you ask for has another count "
        "of them. Multiply its sizes and compare.",
    ),
    (
        "RuntimeError",
        r"view size is not compatible",
        "view-of-turned-axes",
        "After a transpose the numbers lie in another order than the axes say, and `view` cannot "
        "cut them. `reshape` or `flatten` can.",
    ),
    (
        "(RuntimeError|ValueError)",
        r"same dtype, but got|expected scalar type|Found dtype|does not match weight dtype",
        "two-float-types",
        "float32 and float64 have met in one product. NumPy and `torch.tensor` of Python floats "
        "may give another type than the inputs have: make it of the inputs' own, `x.new_zeros(…)`.",
    ),
    (
        "UnboundLocalError",
        r"",
        "used-before-it-is-set",
        "A variable is read before your function has given it a value. Is it set in another branch "
        "or only inside the loop?",
    ),
    (
        "NameError",
        r"name '.*' is not defined",
        "unknown-name",
        "Python does not know that name. Is it spelt as it was made, is its package imported, and "
        "has the cell that makes it been run since the kernel was started?",
    ),
    (
        "RecursionError",
        r"",
        "calls-itself",
        "Your function calls itself without end. If that is meant, something must become smaller "
        "with each call until there is nothing left to do.",
    ),
    (
        "RuntimeError",
        r"(mat1 and mat2|mat and vec|size mismatch|batch2 tensor)|"
        r"shapes cannot be multiplied|inconsistent tensor size, expected tensor",
        "product-does-not-fit",
        "In a matrix product the last axis of the left tensor meets the first of the right one (of "
        "batches the last but one), and here their sizes differ. Write both shapes down: does one "
        "have to be turned, `.T`, or is it another tensor that belongs here?",
    ),
    (
        "RuntimeError",
        r"The size of tensor a \(\d+\) must match the size of tensor b",
        "axes-do-not-meet",
        "Two tensors meet number by number. Torch lines their axes up from the right, and on one "
        "of them the sizes differ. Is an axis missing, as `[:, None]` makes one, or have two "
        "changed places?",
    ),
    (
        "RuntimeError",
        r"The expanded size of the tensor|shape mismatch: value tensor",
        "place-of-another-size",
        "What you write has another size than the place that you write it to. Print both shapes "
        "before that line.",
    ),
    (
        "RuntimeError",
        r"Sizes of tensors must match except in dimension",
        "cat-of-unequal-sizes",
        "`torch.cat` joins along one axis, and on all others the sizes have to be the same. Is the "
        "`dim` the one that you mean?",
    ),
    (
        "RuntimeError",
        r"1D tensors expected",
        "dot-of-matrices",
        "`dot` multiplies two rows of numbers. For matrices there is `@`.",
    ),
    (
        "ValueError",
        r"(not enough|too many) values to unpack",
        "names-on-the-left",
        "There are more or fewer names on the left of `=` (or behind `for`) than things on its "
        "right. Print the right side, or its shape: a tensor falls apart along its first axis.",
    ),
    (
        "(ValueError|RuntimeError)",
        r"Expected input to be 2D or 3D|input must have 3 dimensions",
        "axis-missing-for-the-layer",
        "A layer reads a batch of three axes, or one sequence of two, and this has fewer. An index "
        "drops an axis; a slice keeps it, and `[None]` puts one in.",
    ),
    (
        "TypeError",
        r"'Tensor' object is not callable",
        "called-like-a-function",
        "A tensor is not a function: its numbers are taken with square brackets.",
    ),
    (
        "TypeError",
        r"got an unexpected keyword argument|got some positional-only arguments",
        "unknown-keyword",
        "That function has no such keyword. `help(…)` in a cell of your own says which it has.",
    ),
    (
        "TypeError",
        r"unsupported operand type\(s\) for (@|\*|\+|-|/).*'(tuple|list|NoneType|ellipsis|int)'",
        "not-a-tensor-yet",
        "One side of this sum or product is no tensor: a plain number, a list, a tuple, None or "
        "the three dots. A first state is `torch.zeros(…)`, and a list of tensors has to be "
        "stacked first.",
    ),
    (
        "AttributeError",
        r"'(tuple|list|int|float|NoneType|ellipsis)' object has no attribute",
        "not-a-tensor-yet",
        "A method of a tensor is asked for, and this is none yet: a tuple, a list, a number or "
        "None. Take the pair apart, or stack the list, first.",
    ),
    (
        "AttributeError",
        r"'Tensor' object has no attribute",
        "unknown-method",
        "Tensors have no method of that name. NumPy and lists call some things otherwise.",
    ),
]


def error(reply: Raised) -> tuple[str, str] | None:
    """The name and the sentence of an error that is a mistake of its own; None for any other."""
    for kind, words, name, text in _ERRORS:
        if re.fullmatch(kind, reply.kind) and re.search(words, reply.message):
            return name, text
    return None
