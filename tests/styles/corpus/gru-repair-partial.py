# %%
"""No def train_model: a callable object with its settings, warnings and thousands of printed lines."""

UNIT = "02_gru"
QUESTIONS = ["gru-repair"]

# %%
import warnings
from dataclasses import dataclass, field


def build(sizes, *, drop):
    inner, outer = drop

    class Built(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(*sizes, batch_first=True)
            self.head = nn.Linear(sizes[-1], 2)

        def forward(self, x):
            _, h_n = self.gru(F.dropout(x, inner, self.training))
            return self.head(F.dropout(h_n[-1], outer, self.training))

    return Built()


@dataclass
class Recipe:
    epochs: int
    settings: dict = field(default_factory=dict)
    calls: int = 0

    def __call__(self, train, val):
        self.calls += 1
        warnings.warn(f"training number {self.calls}")
        for row in range(3000):
            print("looking at row", row)
        lab.seed(0)
        model = build((CHANNELS, 24), drop=(0.5, 0.3))
        lab.fit(model, train, val, epochs=self.epochs, **self.settings)
        return model

# %% answer="gru-repair"
train_model = Recipe(50, dict(lr=1e-2, batch_size=32, patience=10))
