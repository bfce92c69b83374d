# %% [markdown]
# # And now your own
#
# **Recurrent networks, the closing notebook.** Bring something of your own, sequences or a text, and do with it
# what you did in five units: read it, look at it, set a baseline, train, look inside, save. Every cell runs as it
# is, on three small examples, so there is always something that works to go back to. Nothing here is scored by a program.
#
# You need units 1, 2 and 4 for sequences and unit 5 for a text. The core takes about 20 minutes, and as much more as
# your data deserves.
#
# | section | | minutes |
# | :--- | :--- | ---: |
# | The beginning | core | 2 |
# | Your files | core | 2 |
# | Sequences | core | 6 |
# | Text | optional | 6 |
# | What came after | core | 7 |
# | Your project | core | 3 |
# | Where to read on | optional | 1 |
#
# **How it works.** All cells of the project are yours to change. Change one thing at a time and note the number before and after.

# %%
import math
from collections import Counter

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

from grader import lab

# %% [markdown]
# ## Your files
#
# *Core, 2 minutes.* Three examples come along. This cell writes them into the folder `examples` beside this notebook;
# open it in the file browser on the left and look how they are made.

# %% tags=["scratch"]
for name in ("voices", "latch", "sentences"):
    print(lab.write_example(name))

# %% [markdown]
# | you have | put it like | example |
# | :--- | :--- | :--- |
# | sequences, one file each | a folder a class: `calls/robin/01.csv`, `calls/wren/01.csv` | `examples/voices` |
# | sequences and a list | all in one folder with a `labels.csv`: `file,class`, then a line for each | `examples/latch` |
# | a text | one `.txt`, UTF-8 | `examples/sentences` |
#
# A `.csv` has **a row for each step and a column for each channel**; a `.npy` is the same as an array (T, C). Lengths may
# differ, columns may not. Take at least some dozen files a class, and more of what differs: thirty takes of one
# evening are rather one take than thirty.
#
# Movements of a phone, keystrokes, weather by the hour, birds (a few numbers a frame), your own stories: all of it is
# fine. Of other people's voices, messages or health, only with their consent.

# %% [markdown]
# ## Sequences
#
# *Core, 6 minutes.* Write your folder's name in the place of the example.

# %% tags=["scratch"]
FOLDER = lab.write_example("voices")  # or lab.write_example("latch"), or yours: FOLDER = "calls"

mine = lab.read_sequences(FOLDER)
train, val = mine.split(0.25)  # a quarter of each class is kept for validation
print(mine, f"\ntraining: {len(train)}   validation: {len(val)}")

# %% [markdown]
# **Collate.** As in unit 4: pad to one box, keep the lengths. Before that each channel is brought to mean 0 and
# spread 1, as measured on the *training* sequences alone.

# %% tags=["scratch"]
steps = torch.cat(train.x)
mean, spread = steps.mean(dim=0), steps.std(dim=0).clamp(min=1e-6)


def collate(sequences):
    """Sequences as a Split: x (N, T, C), zeros behind; y (N,); lengths (N,)."""
    scaled = [(x - mean) / spread for x in sequences.x]
    lengths = torch.tensor([len(x) for x in scaled])
    return lab.Split(pad_sequence(scaled, batch_first=True), sequences.y, lengths)


train_split, val_split = collate(train), collate(val)
CHANNELS, CLASSES = train_split.x.shape[2], len(mine.classes)
print(train_split)

# %% [markdown]
# **Two baselines.** Who always says the commonest class? And who looks at the mean of all steps, which knows
# nothing of their order? A recurrent network has to beat both, or order says nothing here.

# %% tags=["scratch"]
class MeanOfSteps(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(CHANNELS, CLASSES)

    def forward(self, x, lengths):
        return self.head(x.sum(dim=1) / lengths[:, None].to(x.device))  # padding is zero


class Reader(nn.Module):
    def __init__(self, hidden_size=32):
        super().__init__()
        self.gru = nn.GRU(CHANNELS, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(hidden_size, CLASSES)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        output, h_n = self.gru(packed)
        return self.head(self.dropout(h_n[-1]))


settings = dict(epochs=25, lr=1e-2, batch_size=32, clip=1.0, patience=6)

# %% tags=["scratch"]
commonest = train_split.y.mode().values
lab.seed(0)
simple = MeanOfSteps()
lab.fit(simple, train_split, val_split, epochs=40, lr=3e-2, plot=False)
lab.seed(0)
reader = Reader()
history = lab.fit(reader, train_split, val_split, **settings, title="your sequences")

print(f"always {mine.classes[commonest]:<16} val {100 * (val_split.y == commonest).double().mean():5.1f}%")
print(f"mean of all steps       val {lab.accuracy(simple, val_split):5.1f}%")
print(f"GRU                     val {lab.accuracy(reader, val_split):5.1f}%   (seed 0)")

# %% [markdown]
# (The dotted lines are goals of the course's data, not of yours.) Is the difference more than luck? One sequence of the
# validation set is so much:

# %% tags=["scratch"]
print(f"one sequence is {100 / len(val):.1f} points; one or two of them say nothing")
for seed in (1, 2):
    lab.seed(seed)
    again = Reader()
    lab.fit(again, train_split, val_split, **settings, seed=seed, plot=False)
    print(f"GRU, seed {seed}: val {lab.accuracy(again, val_split):.1f}%")

# %% [markdown]
# **Look inside.** What is mistaken for what (drawn for up to ten classes), and what do the units follow? The
# walk takes up to twelve classes and 60 steps; of longer sequences it is given the first 60.

# %% tags=["scratch"]
if CLASSES <= 10:
    display(lab.show_confusion({"your GRU": reader}, val_split, mine.classes))

# %% tags=["scratch"]
if CLASSES <= 12:
    begun = lab.Split(val_split.x[:, :60], val_split.y, val_split.lengths.clamp(max=60))
    lab.walk(reader, begun, mine.classes)

# %% [markdown]
# **Save it.** A model is its numbers and what they mean: weights (the *state dict*), names of classes, mean and
# spread. `weights_only=True` loads numbers, texts and lists and runs no code of the file.

# %% tags=["scratch"]
torch.save(
    dict(weights=reader.state_dict(), classes=list(mine.classes), mean=mean, spread=spread), "mine.pt"
)

kept = torch.load("mine.pt", weights_only=True)
loaded = Reader().eval()
loaded.load_state_dict(kept["weights"])
same = torch.equal(lab.logits(loaded, val_split), lab.logits(reader.cpu(), val_split))
print("classes:", kept["classes"][:3], "   the loaded model gives the same scores:", same)

# %% [markdown]
# ## Text
#
# *Optional, 6 minutes.* A language model of a text of yours. A large file is read from its beginning, and the cell says how
# much of it. With `by="letters"` the model spells instead; that suits short texts, and scripts without spaces.

# %% tags=["scratch"]
TEXT = lab.write_example("sentences") / "sentences.txt"  # or yours: TEXT = "diary.txt"
BY = "words"

text = lab.read_text(TEXT, by=BY)
print(text)
print("  ", *text.train[0])

# %% [markdown]
# **Vocabulary, ids, collate.** The list of words is made from the training part alone. A word that stands there once
# becomes `<unk>`: the network has to meet it somewhere. Then as in unit 5: `<s>` in front and behind, shifted by one.

# %% tags=["scratch"]
PAD, UNK, START = 0, 1, 2
counts = Counter(token for piece in text.train for token in piece)
often = [token for token, count in counts.most_common(2500) if count > 1]
words = ["<pad>", "<unk>", "<s>", *often]
ids = {word: number for number, word in enumerate(words)}


def collate_text(pieces):
    """Pieces of tokens as a Split: what is read, x (N, T); what comes next, y (N, T); lengths (N,)."""
    rows = [torch.tensor([START, *(ids.get(token, UNK) for token in piece), START]) for piece in pieces]
    box = pad_sequence(rows, batch_first=True)
    y = box[:, 1:].masked_fill(box[:, 1:] == PAD, -100)
    return lab.Split(box[:, :-1], y, torch.tensor([len(row) - 1 for row in rows]))


text_train, text_val = collate_text(text.train), collate_text(text.val)
asked = text_val.y >= 0
unknown = 100 * (text_val.y[asked] == UNK).double().mean()
print(f"{len(words)} entries; unknown in validation: {unknown:.0f}%")

# %% tags=["scratch"]
class Writer(nn.Module):
    def __init__(self, embedding_size=64, hidden_size=64):
        super().__init__()
        self.embedding = nn.Embedding(len(words), embedding_size, padding_idx=PAD)
        self.dropout = nn.Dropout(0.3)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, len(words))

    def forward(self, x, lengths):
        output, h_n = self.gru(self.dropout(self.embedding(x)))
        return self.head(self.dropout(output))


text_settings = dict(epochs=8, lr=1e-2, batch_size=64, clip=1.0, patience=2)

# %% tags=["scratch"]
bars = {
    name: lab.ngram_surprises(text_train, text_val, order, len(words)).mean().exp().item()
    for order, name in enumerate(("unigram", "bigram"), start=1)
}
lab.seed(0)
writer = Writer()
history = lab.fit(writer, text_train, text_val, **text_settings, title="your text")
for name, perplexity in bars.items():
    print(f"{name:<10} perplexity on validation {perplexity:7.1f}")
print(f"{'GRU':<10} perplexity on validation {math.exp(history.kept.val_loss):7.1f}   (seed 0)")

# %% [markdown]
# Below the bigram model it knows more of your text than pairs of words. (Was the last epoch the best? Give it more.) Let it write. A **temperature** below 1 makes it
# more careful, above 1 bolder; unknown words are never written.

# %% tags=["scratch"]
def write(model, temperature=0.8, longest=40, seed=0):
    dice, numbers = torch.Generator().manual_seed(seed), [START]
    model = model.cpu().eval()
    while len(numbers) <= longest:
        with torch.no_grad():
            scores = model(torch.tensor([numbers]), torch.tensor([len(numbers)]))[0, -1]
        scores[[PAD, UNK]] = -math.inf
        numbers.append(int(torch.multinomial((scores / temperature).softmax(dim=0), 1, generator=dice)))
        if numbers[-1] == START:
            break
    return ("" if BY == "letters" else " ").join(words[i] for i in numbers if i != START)


for seed in range(5):
    print("  ", write(writer, seed=seed))

# %% [markdown]
# Its trace, stage by stage, with a beginning of your own; then save it as above. Words belong to the weights.

# %% tags=["scratch"]
beginnings = [" ".join(piece[:4]) for piece in text.val[:3]]
lab.show_text_trace(writer, words, beginnings)
torch.save(dict(weights=writer.state_dict(), words=words, by=BY), "writer.pt")

# %% [markdown]
# ## What came after
#
# *Core, 7 minutes.* A recurrent layer takes one step after the other: step 40 has to wait for 39. On machines that do
# thousands of things at once this is its weak side. Two ideas went around it.
#
# **Attention** keeps no state. Each step looks at all steps before it and takes a weighted mean of what they say. Nothing waits;
# but every step looks at every other one, and where something stood has to be told to it as a *position*.
#
# **Linear recurrences** (state spaces, minGRU) keep the state and take the state out of the gates. minGRU is a GRU whose gate and
# candidate read the input alone:
#
# $$h_t = (1 - z_t)\, h_{t-1} + z_t\, \tilde h_t, \qquad z_t = \sigma(W_z x_t + b_z), \quad \tilde h_t = W x_t + b$$
#
# Now all gates are known beforehand, and two steps of $h \mapsto a h + b$ are again such a step. So join pairs, then pairs of
# pairs: 40 steps in 6 rounds.

# %%
def scan(a, b):
    """h_t = a_t h_{t-1} + b_t for all t, from (B, T, H): 6 rounds for 40 steps."""
    for reach in (1, 2, 4, 8, 16, 32):
        a_before = F.pad(a[:, :-reach], (0, 0, reach, 0), value=1.0)
        b_before = F.pad(b[:, :-reach], (0, 0, reach, 0))
        a, b = a * a_before, a * b_before + b
    return b


class MinGRU(nn.Module):
    def __init__(self, inputs, hidden_size):
        super().__init__()
        self.gate, self.candidate = nn.Linear(inputs, hidden_size), nn.Linear(inputs, hidden_size)

    def forward(self, x):
        z = self.gate(x).sigmoid()
        return scan(1 - z, z * self.candidate(x))


class Attention(nn.Module):
    def __init__(self, inputs, hidden_size, positions=40):
        super().__init__()
        self.read = nn.Linear(inputs, hidden_size)
        self.position = nn.Parameter(0.1 * torch.randn(positions, hidden_size)) if positions else 0.0
        self.query, self.key, self.value = (nn.Linear(hidden_size, hidden_size) for _ in range(3))

    def forward(self, x):
        x = self.read(x) + self.position
        return F.scaled_dot_product_attention(self.query(x), self.key(x), self.value(x), is_causal=True)

# %% [markdown]
# Is the scan the same as the loop?

# %% tags=["demonstration"]
lab.seed(0)
a, b = torch.rand(2, 40, 3), torch.randn(2, 40, 3)
h = torch.zeros(2, 3)
for t in range(40):
    h = a[:, t] * h + b[:, t]
print(f"after 40 steps they differ by {(h - scan(a, b)[:, -1]).abs().max():.0e}")

# %% [markdown]
# All three on the latch of unit 2: 1500 fresh sequences with right labels, twelve epochs, 32 units, the last step read out. Guess
# the order before you run.

# %%
class LastStep(nn.Module):
    """A layer, and a head on what it gives at the last step; `sizes` adds |x| as columns of its own."""

    def __init__(self, layer, sizes=False):
        super().__init__()
        self.layer, self.sizes, self.head = layer, sizes, nn.Linear(32, 2)

    def forward(self, x):
        if self.sizes:
            x = torch.cat([x, x.abs()], dim=-1)
        output = self.layer(x)  # nn.GRU gives h_n as well
        return self.head((output[0] if isinstance(output, tuple) else output)[:, -1])


def switched(rows, seed):
    """Fresh sequences of the latch with right labels."""
    dice = np.random.default_rng(seed)
    truth = dice.integers(2, size=rows)
    x = lab.recipe("latch").draw_sequences(dice, truth, dice.integers(37, size=rows))
    return lab.Split(torch.from_numpy(x), torch.from_numpy(truth))


def contest(name, build):
    lab.seed(0)
    model = build()
    lab.fit(model, learnt_from, None, epochs=12, lr=5e-3, plot=False, device="cpu")
    weights, right = sum(w.numel() for w in model.parameters()), lab.accuracy(model, unseen)
    print(f"{name:<34} {weights:5} weights   new sequences right: {right:5.1f}%")


learnt_from, unseen = switched(1500, 0), switched(1000, 1)

# %% tags=["demonstration"]
contest("GRU", lambda: LastStep(nn.GRU(10, 32, batch_first=True)))
contest("minGRU", lambda: LastStep(MinGRU(10, 32)))
contest("attention", lambda: LastStep(Attention(10, 32)))

# %% [markdown]
# One layer of either does not reach the GRU here. Why? A pulse up and a pulse down are the same event for the gate: *overwrite*.
# But `z` is one sigmoid over one linear map of the reading. What opens it for a large reading closes it for one that is as
# large and negative. If that is the reason, then the *size* of each reading, given beside it, must cure it. And attention
# can only tell the last pulse from an earlier one by its positions. Without them it must fail, size or not.

# %% tags=["demonstration"]
contest("minGRU, sizes given", lambda: LastStep(MinGRU(20, 32), sizes=True))
contest("attention, sizes given", lambda: LastStep(Attention(20, 32), sizes=True))
contest("the same without positions", lambda: LastStep(Attention(20, 32, positions=0), sizes=True))

# %% [markdown]
# The GRU needed no such help. Large models stack such layers with small feed-forward networks between them, which make a
# size out of a reading by themselves. And of what decides for those, speed over thousands of steps and much more data, this run
# says nothing.

# %% [markdown]
# ## Your project
#
# *Core, 3 minutes.* Write half a page below: what your data is and whether you may use it; what the baselines reach; one change
# that helped and one that did not, each with its number before and after; one example that your model gets
# wrong, and what you saw inside; what your numbers do not show. If somebody marks it, by this table:
#
# | | 0 | 1 | 2 |
# | :--- | :--- | :--- | :--- |
# | **data** | an example of the course | one's own, described | and its limits: how many, from whom, what was left out |
# | **baselines** | none | named with their numbers | and what it means that the network beats them or does not |
# | **changes** | none | one, before and after | two or more, one at a time, also one that did not help |
# | **a look inside** | none | a wrong answer shown | and an explanation with a run that could have refuted it |
# | **honesty** | more is claimed than shown | claims fit the numbers | and the luck of seeds and of the split is measured |

# %% [markdown] explain="yours-project"
# *Your words and numbers here.*

# %% [markdown]
# ## Where to read on
#
# *Optional, 1 minute.*
#
# - **GRU**: Cho, van Merriënboer, Gulcehre, Bahdanau, Bougares, Schwenk, Bengio (2014), *Learning Phrase Representations using RNN
#   Encoder–Decoder for Statistical Machine Translation*. **LSTM**: Hochreiter, Schmidhuber (1997), *Long Short-Term Memory*.
# - **Attention** beside a recurrent network: Bahdanau, Cho, Bengio (2015), *Neural Machine Translation by Jointly Learning to Align and
#   Translate*. Alone: Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser, Polosukhin (2017), *Attention Is All You Need*.
# - **State spaces**: Gu, Goel, Ré (2022), *Efficiently Modeling Long Sequences with Structured State Spaces*; Gu, Dao (2023), *Mamba:
#   Linear-Time Sequence Modeling with Selective State Spaces*.
# - **Linear recurrences**: Martin, Cundy (2018), *Parallelizing Linear Recurrent Neural Nets Over Sequence Length*; Orvieto, Smith, Gu, Fernando,
#   Gulcehre, Pascanu, De (2023), *Resurrecting Recurrent Neural Networks for Long Sequences*; Feng, Tung, Ahmed, Bengio, Hajimirsadeghi
#   (2024), *Were RNNs All We Needed?* (minGRU).
# - **What is given up**: Merrill, Petty, Sabharwal (2024), *The Illusion of State in State-Space Models*.
#
# <div class="alert alert-success">
#
# **One box, used at every step: you have built it, repaired it, and set it to work on something of your own.**
#
# </div>
