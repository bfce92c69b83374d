"""What the closing notebook claims about its runs on the examples; `told` says how."""

from .told import Claim

_CONTEST = tuple(
    rf"^{name} +\d+ weights +new sequences right: +([\d.]+)%"
    for name in (
        "GRU",
        "minGRU",
        "attention",
        "minGRU, sizes given",
        "attention, sizes given",
        "the same without positions",
    )
)

YOURS = [
    Claim(
        "One layer of either does not reach the GRU here.",
        _CONTEST[:3],
        lambda gru, minimal, attention: gru > 97 and max(minimal, attention) < gru - 5,
    ),
    Claim(
        "the *size* of each reading, given beside it, must cure it",
        _CONTEST[3:4],
        lambda cured: cured > 97,
    ),
    Claim(
        "Without them it must fail, size or not.",
        _CONTEST[4:],
        lambda placed, nowhere: nowhere < placed - 5,
    ),
    Claim(
        "A recurrent network has to beat both, or order says nothing here.",
        (r"^always .* val +([\d.]+)%", r"^mean of all steps +val +([\d.]+)%"),
        lambda commonest, mean: commonest < 15 and mean > 90,
    ),
    Claim(
        "Below the bigram model it knows more of your text than pairs of words.",
        (r"^bigram +perplexity on validation +([\d.]+)", r"^GRU +perplexity .* ([\d.]+) "),
        lambda bigram, gru: gru < bigram,
    ),
]
