# %% [markdown]
# # Who said it?
#
# **Recurrent networks, unit 4.** Sequences that differ in length. You will catch a network listening to
# silence, learn three ways to keep it from doing so, build a packed batch by hand, and repair a network
# that is to tell nine speakers apart over a bad telephone.
#
# You need unit 1; a GRU (unit 2) and two directions (unit 3) are used and briefly explained. The core
# takes about 58 minutes; all else is there when you want more.
#
# | section | | minutes |
# | :--- | :--- | ---: |
# | The beginning | core | 3 |
# | Fifteen zeros | core | 6 |
# | Test first | optional | 9 |
# | What a zero does | core | 2 |
# | The last valid step | core, 2 points | 5 |
# | The mean, with a mask | core, 2 points | 4 |
# | Pack it | core, 3 points | 8 |
# | Both directions | core, 3 points | 5 |
# | A batch of your own | core, 3 points | 5 |
# | Buckets | optional | 5 |
# | Overfit | core | 1 |
# | Repair it | core, 10 points | 18 |
# | What PyTorch says | optional | 6 |
# | Often said, and what is true | optional | 4 |
# | Bonus: what padding costs | optional | 5 |
# | Practice | optional | 5 |
# | Challenge | optional, 5 points | 11 |
# | Key insight | core | 1 |
# | And now your own | optional | 1 |
#
# **How it works.** Cells that say `# your code here` are yours. The cell below each of them checks your
# answer at once. Hints open one at a time: raise the number in the hint cell by one and run it again.

# %%
import math
import time

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader

from grader import lab

torch.set_num_threads(1)  # networks this small gain nothing from more, and a busy machine is no trouble
data = lab.load("voices")
CALLS, COLUMNS, NUMBERS = data.train.x.shape
SPEAKERS = len(data.classes)
print(f"{data}\ntorch {torch.__version__}, {torch.get_num_threads()} thread")

# %% [markdown]
# ## Fifteen zeros
#
# *Core, 6 minutes.* Nine men call and say two vowels, "ae". Who is it? Each call is a sequence of frames,
# and each frame twelve numbers that describe the sound. The recordings are real; the noise on the line we
# added, and a clerk has written the wrong name beside one call in ten.
#
# Calls differ in length, but a tensor is a box. So somebody filled every call up with zeros, to fifty frames,
# "to be safe".

# %% tags=["demonstration"]
lab.show_calls(data.train, data.classes, rows=[0, 1, 2])

# %% [markdown]
# This is a first network, as one finds it in many notebooks: a GRU reads the box, and the head reads
# `output[:, -1]`, the state after the last column.

# %%
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
BASELINE = dict(epochs=60, lr=1e-2, batch_size=32, clip=1.0)
lines = {}


class Listener(nn.Module):
    """A GRU reads a padded batch; a linear head turns its last column into a score per speaker."""

    def __init__(self, hidden=28):
        super().__init__()
        self.gru = nn.GRU(NUMBERS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, SPEAKERS)

    def forward(self, x, lengths):  # (B, T, 12) and (B,)
        output, h_n = self.gru(x)  # (B, T, H) and (1, B, H)
        return self.head(output[:, -1])  # (B, 9)


def experiment(name, build, settings, beside=None, plot=False):
    """Seed, build, train, measure; print one line, below an earlier one where `beside` names it."""
    lab.seed(0)
    model = build()
    history = lab.fit(
        model, data.train, data.val, **settings, seed=0, device=DEVICE, plot=plot, title=name
    )
    kept, seconds = history.kept, history.records[-1].seconds
    learnt, wrong = lab.learnt_by_heart(model, data.train, data.wrong)
    lines[name] = (
        f"{name:<22} train {kept.train_accuracy:5.1f}%  val {kept.val_accuracy:4.1f}%"
        f"  loss {kept.train_loss:.2f}/{kept.val_loss:.2f}"
        f"  learnt by heart {learnt:2}/{wrong}  (seed 0, {DEVICE}, {seconds:.1f} s)"
    )
    print(*[lines[shown] for shown in (beside, name) if shown], sep="\n")
    return model, history

# %% tags=["demonstration"]
before, history_before = experiment("baseline", Listener, BASELINE, plot=True)

# %% [markdown]
# Not bad for nine speakers (a guess is right once in nine). Now a small change that nobody could hear: we add
# **fifteen more zeros** behind every validation call. Then a hundred. And then we take all zeros away: each
# call is played alone, exactly as long as it is.
#
# The voices are the same in all four lines. Guess how many of the 360 calls get another name, then run the
# cell.

# %%
def with_zeros(split, count):
    """The same calls with `count` more columns of zeros."""
    return lab.Split(F.pad(split.x, (0, 0, 0, count)), split.y, split.lengths)


def names(model, split):
    """The speaker that the model hears in each call."""
    return lab.logits(model, split).argmax(dim=1)


def names_alone(model, split):
    """The same, with each call cut off at its own end: no padding anywhere."""
    heard = torch.empty_like(split.y)
    for length in split.lengths.unique().tolist():
        rows = split.lengths == length
        calls = split.rows(rows)
        heard[rows] = names(model, lab.Split(calls.x[:, :length], calls.y, calls.lengths))
    return heard


def listen_again(model, split=data.val):
    first = names(model, split)
    for what, heard in (
        ("as in training", first),
        ("15 more zeros", names(model, with_zeros(split, 15))),
        ("100 more zeros", names(model, with_zeros(split, 100))),
        ("no zeros at all", names_alone(model, split)),
    ):
        right = 100 * (heard == split.y).double().mean()
        print(f"{what:<16} {right:5.1f}% right   {(heard != first).sum():3} calls get another name")

# %% tags=["demonstration"]
listen_again(before)

# %% [markdown]
# Silence changes the answer. And the last line is the worst: with nothing but the voice, it does far worse
# than with zeros behind it. It has learnt to recognise what is left of a voice **after a long stretch
# of zeros**. It needs the silence.
#
# Push zeros behind the end of one call, play on into them, and watch states and answer.

# %% tags=["demonstration"]
lab.walk(before, data.val, data.classes)

# %% [markdown]
# ## Test first
#
# *Optional, 9 minutes; or [skip the door](#What-a-zero-does).* Ten questions, from easy to hard. For each
# wrong answer you are told which section to read; what you know already, you may pass over. Run all cells
# from the top before you jump ahead. Write one letter per question, and `-` for "not yet".

# %% door="packing"

# %% [markdown]
# ## What a zero does
#
# *Core, 2 minutes.* How can zeros do anything? A step multiplies the input by weights, and zero times a weight is zero.
# Yes; but the biases and the old state are still there, and the gates go on working. Here are two calls
# by two speakers, and a fresh GRU with three numbers of memory.

# %% tags=["demonstration"]
lab.seed(0)
tiny = nn.GRU(NUMBERS, 3, batch_first=True)
for zeros in (0, 1, 5, 15, 35):
    states = []
    for row in (0, 1):
        call = data.train.x[row : row + 1, : int(data.train.lengths[row])]
        with torch.no_grad():
            state = tiny(F.pad(call, (0, 0, 0, zeros)))[0][0, -1]
        states.append("  ".join(f"{h:+.3f}" for h in state))
    print(f"{zeros:2} zeros behind   first call:  {states[0]}      second call:  {states[1]}")

# %% [markdown]
# Zero by zero, what the voice has left in the state fades, until both calls end in one and the same
# state, which says nothing about the speaker. **A zero is not nothing. It is one more step.**
#
# What keeps us out of the padding is one more tensor: the **lengths**. The data set has them all along,
# and the network above is even given them. It just does not look.

# %% tags=["demonstration"]
print("lengths of the first calls:", data.train.lengths[:12].tolist())
print(f"shortest {data.train.lengths.min()}, longest {data.train.lengths.max()}, columns {COLUMNS}")
lab.show_padded(data.train.lengths[:12], COLUMNS)

# %% [markdown]
# There are three ways to use them: **gather**, **mask** and **pack**.

# %% [markdown]
# ## The last valid step
#
# *Core, 5 minutes, 2 points.* A GRU that runs forward cannot see the future. So its state at a call's last
# real frame is the same, whatever comes behind. The right state *is* in `output`; we only have to
# pick it: for each row at its own place.

# %% answer="packing-gather"
def last_valid(output, lengths):
    """From states output (B, T, H), pick each row's state after its last valid step, (B, H)."""
    states = ...
    ### BEGIN SOLUTION
    states = output[torch.arange(len(lengths)), lengths - 1]
    ### END SOLUTION
    return states

# %% check="packing-gather"
lab.check("packing-gather", last_valid)

# %% tags=["scratch"]
lab.hint("packing-gather", 0)  # three hints: 1, 2, 3

# %% [markdown]
# And this is the probe to keep from this unit: **add padding, and nothing may move**. It finds every
# network that listens to silence.

# %%
def moves(summarise):
    """How far summaries of ten calls move when 15 columns of zeros are added behind them."""
    lengths = data.train.lengths[:10]
    x = data.train.x[:10, : int(lengths.max())]
    with torch.no_grad():
        near, far = summarise(x, lengths), summarise(F.pad(x, (0, 0, 0, 15)), lengths)
    if not isinstance(near, torch.Tensor):
        return "nothing to measure yet: the question above comes first"
    return f"moves by {(near - far).abs().max():.6f}"


lab.seed(0)
gru = nn.GRU(NUMBERS, 8, batch_first=True)

# %% zeros move the state tags=["demonstration"]
print("output[:, -1]  ", moves(lambda x, lengths: gru(x)[0][:, -1]))
print("h_n[-1]        ", moves(lambda x, lengths: gru(x)[1][-1]))
print("last_valid     ", moves(lambda x, lengths: last_valid(gru(x)[0], lengths)))

# %% [markdown]
# Note the second line: `h_n` is no way out. It is the state after the last *column*, and the layer was
# never told that the column is padding.

# %% [markdown]
# ## The mean, with a mask
#
# *Core, 4 minutes, 2 points.* Often the mean of all states is a better summary than the last one: every
# frame has a say. A plain `output.mean(dim=1)` would average the padding in. A **mask** says which
# steps are real:

# %% tags=["demonstration"]
some = torch.tensor([3, 7, 2, 5])
mask = torch.arange(8) < some[:, None]  # (8,) against (4, 1) gives (4, 8)
for row, valid in zip(some.tolist(), mask):
    print(f"length {row}   " + "  ".join(".X"[int(v)] for v in valid))

# %% [markdown]
# Now average the X's of each row, and nothing else. The mask is (B, T), the states are (B, T, H); an
# axis for H is missing, and `mask[:, :, None]` puts it there.

# %% answer="packing-mask-mean"
def masked_mean(output, lengths):
    """From states output (B, T, H), the mean over each row's valid steps, (B, H)."""
    mean = ...
    ### BEGIN SOLUTION
    mask = torch.arange(output.shape[1]) < lengths[:, None]  # (B, T)
    mean = (output * mask[:, :, None]).sum(dim=1) / lengths[:, None]
    ### END SOLUTION
    return mean

# %% check="packing-mask-mean"
lab.check("packing-mask-mean", masked_mean)

# %% tags=["scratch"]
print("masked_mean  ", moves(lambda x, lengths: masked_mean(gru(x)[0], lengths)))
lab.hint("packing-mask-mean", 0)

# %% [markdown]
# ## Pack it
#
# *Core, 8 minutes, 3 points.* Gathering and masking read all the zeros first and throw the result away
# afterwards. **Packing** does not read them at all.
#
# Four small rows A, B, C, D of the lengths 3, 7, 2 and 5. To see where things go, each number says where it
# comes from: 203 is the second row, B, and its third step.

# %% tags=["demonstration"]
lengths = torch.tensor([3, 7, 2, 5])
rows = [100.0 * row + torch.arange(1, n + 1) for row, n in enumerate(lengths.tolist(), start=1)]
x = pad_sequence(rows, batch_first=True)[:, :, None]  # (4, 7, 1), zeros on the right
packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)

print(x[:, :, 0].long())
print("\ndata           ", packed.data.flatten().long().tolist())
print("batch_sizes    ", packed.batch_sizes.tolist())
print("sorted_indices ", packed.sorted_indices.tolist())

# %% [markdown]
# The rows have been sorted, longest first, and then written down **column by column**: all first frames,
# all second frames, and so on. Not one zero is left. Drawn:

# %% tags=["demonstration"]
lab.show_packed(lengths)

# %% [markdown]
# Look at it from above and you see a **staircase**. Its heights are `batch_sizes`: how many rows are still
# running at each step. That one list is all a layer needs to read `data`.
#
# Count it, from lengths in any order. (`pack_padded_sequence` would tell you, and the check cannot see where
# your numbers come from. Counting takes one line, and then you know what the picture means.)

# %% answer="packing-batch-sizes"
def batch_sizes(lengths):
    """From lengths (B,), in any order: how many rows still run at each step, int64 (longest,)."""
    sizes = ...
    ### BEGIN SOLUTION
    steps = torch.arange(int(lengths.max()))
    sizes = (lengths > steps[:, None]).sum(dim=1)
    ### END SOLUTION
    return sizes

# %% check="packing-batch-sizes"
lab.check("packing-batch-sizes", batch_sizes)

# %% tags=["scratch"]
lab.hint("packing-batch-sizes", 0)

# %% [markdown]
# How does a layer use the staircase? At each step it takes the next few rows of `data`, and only as many
# states. A row that has ended is not touched again: **its state stays what it was at its last
# frame**. That is the whole secret of a packed `h_n`.

# %% tags=["demonstration"]
lab.seed(0)
rnn = nn.RNN(NUMBERS, 8, batch_first=True)
W_ih, W_hh, b_ih, b_hh = rnn.parameters()
x, lengths = data.train.x[:32], data.train.lengths[:32]
packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)

with torch.no_grad():
    h = torch.zeros(32, 8)
    start = 0
    for size in packed.batch_sizes.tolist():
        frames = packed.data[start : start + size]
        h[:size] = torch.tanh(frames @ W_ih.T + b_ih + h[:size] @ W_hh.T + b_hh)
        start += size
    by_hand = h[packed.unsorted_indices]  # back into the order of the calls
    _, h_n = rnn(packed)
print(f"by hand against nn.RNN: largest difference {(by_hand - h_n[0]).abs().max():.1e}")
lab.show_packed(lengths)

# %% [markdown]
# And the four small rows, step by step: go forward to the end and watch which states still move.

# %% tags=["demonstration"]
four = pad_sequence(rows, batch_first=True)[:, :, None] / 100
lab.seed(0)
lab.show_packing_trace(nn.RNN(1, 8, batch_first=True), four, torch.tensor([3, 7, 2, 5]))

# %% [markdown]
# Now you know why the rows are sorted: the ones still running have to lie on top, side by side.
# `enforce_sorted=False` means "sort them for me, and undo it afterwards", so rows may come in any order.
# (The default, `True`, *demands* sorted rows.)
#
# What comes out of the layer is packed too. `pad_packed_sequence` makes a box of it again:

# %% unpacked again tags=["demonstration"]
lab.seed(0)
gru = nn.GRU(NUMBERS, 8, batch_first=True)
with torch.no_grad():
    packed_output, h_n = gru(packed)
    output, back = pad_packed_sequence(packed_output, batch_first=True)
    wide, _ = pad_packed_sequence(packed_output, batch_first=True, total_length=COLUMNS)
print("unpacked                   ", tuple(output.shape), f"  the longest call has {lengths.max()}")
print("with total_length=50       ", tuple(wide.shape))
print("lengths come back          ", torch.equal(back, lengths))
print("states behind a call's end ", output[2, int(lengths[2]) :].abs().max().item())
print("h_n is each call's own end ", torch.equal(h_n[0], output[torch.arange(32), lengths - 1]))

# %% [markdown]
# - The unpacked box is as wide as the longest call **of this batch**. If a mask or another part of your
#   model expects fifty columns, say `total_length=50`.
# - Behind a call's end there are zeros again. Think of that when you next meet `output[:, -1]`.
# - `h_n` is right as it comes: each call's own last state, in the order of the calls.

# %% [markdown]
# ## Both directions
#
# *Core, 5 minutes, 3 points.* Run forward, gathering and packing give the same summary. Is that so for a
# layer that reads both ways? (`bidirectional=True` is a second layer that reads each row from its end to
# its beginning; `output` has the two side by side.) Decide, then run.

# %%
def packed_states(layer, x, lengths):
    """The final states of a packed run: (directions, B, H)."""
    return layer(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))[1]

# %% gathered and packed tags=["demonstration"]
lab.seed(0)
for both in (False, True):
    gru = nn.GRU(NUMBERS, 8, batch_first=True, bidirectional=both)
    with torch.no_grad():
        gathered = gru(x)[0][torch.arange(32), lengths - 1]  # (B, H) or (B, 2H)
        states = torch.cat(list(packed_states(gru, x, lengths)), dim=1)
    for half, name in zip(range(1 + both), ("forward", "backward")):
        cut = slice(8 * half, 8 * half + 8)
        gap = (gathered[:, cut] - states[:, cut]).abs().max()
        print(f"{'two directions' if both else 'one direction ':<15} {name:<9} differs by {gap:.6f}")

# %% [markdown]
# The forward half agrees. The backward half does not, and gathering elsewhere would not help: the
# backward reader **begins in the padding**. Before it hears the first bit of voice, its state is full of
# silence. Only a layer that knows where each row ends can begin there. For two directions, pack.
#
# Here is a reader of both directions that somebody wrote in a hurry. It runs, and its shape is right. Mend
# it.

# %%
def reader(weights):
    """A bidirectional `nn.RNN`, batch first, that has these eight weights."""
    hidden, numbers = weights[0].shape
    rnn = nn.RNN(numbers, hidden, batch_first=True, bidirectional=True)
    rnn.load_state_dict(dict(zip(rnn.state_dict(), weights)))
    return rnn

# %% answer="packing-both-ways"
def both_ways(x, lengths, weights):
    """One summary per call of a padded batch x (B, T, C): both final states, forward first, (B, 2H)."""
    rnn = reader(weights)
    output, h_n = rnn(x)
    summary = output[:, -1]
    ### BEGIN SOLUTION
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = rnn(packed)
    summary = torch.cat([h_n[0], h_n[1]], dim=1)
    ### END SOLUTION
    return summary

# %% check="packing-both-ways"
lab.check("packing-both-ways", both_ways)

# %% tags=["scratch"]
lab.seed(0)
weights = [w.detach() for w in nn.RNN(NUMBERS, 8, bidirectional=True).parameters()]
print("both_ways  ", moves(lambda x, lengths: both_ways(x, lengths, weights)))
lab.hint("packing-both-ways", 0)

# %% [markdown]
# ## A batch of your own
#
# *Core, 5 minutes, 3 points.* Where does a padded batch come from? Usually from a list of sequences, each
# with a length of its own. A `DataLoader` does not know what to do with it:

# %% a ragged list tags=["demonstration"]
ragged = [
    (row[:length], int(label))
    for row, length, label in zip(data.train.x, data.train.lengths.tolist(), data.train.y)
]
try:
    next(iter(DataLoader(ragged, batch_size=4)))
except RuntimeError as error:
    print(f"RuntimeError: {error}")

# %% [markdown]
# So we give it a function of our own that makes a batch of a list: a **collate function**. Yours gets
# a list of pairs, a call (T_i, C) and a label, and returns three tensors:
#
# | name | shape | what it is |
# | :--- | :--- | :--- |
# | `x` | (B, T, C) | the calls, zeros on the right, no wider than the longest call of this batch |
# | `lengths` | (B,) | int64: how many frames each call has |
# | `y` | (B,) | int64: the labels |
#
# All in the order in which they came. (The lengths stay on the CPU when a batch goes to a GPU: packing
# wants them there.)

# %% answer="packing-collate"
def collate(batch):
    """From pairs [(call (T_i, C), label), …] make x (B, T, C), lengths (B,) and y (B,)."""
    x, lengths, y = ..., ..., ...
    ### BEGIN SOLUTION
    calls = [call for call, _ in batch]
    lengths = torch.tensor([len(call) for call in calls])
    x = pad_sequence(calls, batch_first=True)
    y = torch.tensor([label for _, label in batch])
    ### END SOLUTION
    return x, lengths, y

# %% check="packing-collate"
lab.check("packing-collate", collate)

# %% tags=["scratch"]
lab.hint("packing-collate", 0)

# %% tags=["demonstration"]
if isinstance(collate(ragged[:2])[0], torch.Tensor):
    shuffle = torch.Generator().manual_seed(0)
    for x, lengths, y in DataLoader(ragged, 32, shuffle=True, collate_fn=collate, generator=shuffle):
        share = 100 * lengths.sum() / x[:, :, 0].numel()
        print(f"a batch of {len(x)} calls: {x.shape[1]} columns, {share:.0f}% of it voice")
else:
    print("Nothing to load yet: collate comes first.")

# %% [markdown]
# Each batch is now as wide as its longest call, instead of fifty. That alone saves half of the columns. And
# still a third of each box is silence, because a long call sits in every batch.

# %% [markdown]
# ## Buckets
#
# *Optional, 5 minutes.* What if calls of about the same length shared a batch? Sort by length, cut into
# batches, shuffle the batches. These are **length buckets**.

# %%
def shuffled_batches(lengths, size, dice):
    return torch.randperm(len(lengths), generator=dice).split(size)


def bucket_batches(lengths, size, dice):
    """Batches of calls of about the same length, in random order, other ones in every epoch."""
    jitter = 2 * torch.rand(len(lengths), generator=dice)
    batches = (lengths + jitter).argsort().split(size)
    return [batches[number] for number in torch.randperm(len(batches), generator=dice)]

# %% [markdown]
# Five ways to read the same training calls once, forward and back, with a GRU of 64 numbers. Padding to
# fifty, to the batch's longest; packing; buckets; both. Which is the quickest? Guess before you run.

# %%
def one_epoch(gru, batches, trim, pack):
    """Read and learn from each batch once; count the columns that the layer has to work through."""
    steps = 0
    for rows in batches:
        x, lengths = data.train.x[rows], data.train.lengths[rows]
        x = x[:, : int(lengths.max())] if trim else x
        if pack:
            last = packed_states(gru, x, lengths)[-1]
        else:
            last = gru(x)[0][torch.arange(len(rows)), lengths - 1]
        gru.zero_grad()
        last.sum().backward()
        steps += int(lengths.sum()) if pack else x[:, :, 0].numel()
    return steps

# %% tags=["demonstration"]
lab.seed(0)
gru = nn.GRU(NUMBERS, 64, batch_first=True)
dice = torch.Generator().manual_seed(0)
mixed = shuffled_batches(data.train.lengths, 32, dice)
alike = bucket_batches(data.train.lengths, 32, dice)
ways = {
    "padded to 50": (mixed, False, False),
    "padded to the batch": (mixed, True, False),
    "packed": (mixed, True, True),
    "buckets": (alike, True, False),
    "buckets, packed": (alike, True, True),
}
steps, seconds = {}, dict.fromkeys(ways, math.inf)
for _ in range(10):  # the best of ten: other work on this machine only ever adds time
    for name, way in ways.items():
        started = time.perf_counter()
        steps[name] = one_epoch(gru, *way)
        seconds[name] = min(seconds[name], time.perf_counter() - started)
voice = int(data.train.lengths.sum())
for name in ways:
    share = seconds[name] / seconds["padded to 50"]
    print(
        f"{name:<20} {steps[name]:6,} steps, {100 * voice / steps[name]:3.0f}% voice"
        f" {1000 * seconds[name]:6.0f} ms  {'█' * round(30 * share)} {share:.2f}"
    )
print("cpu, seed 0, one epoch forward and back, the best of ten")

# %% [markdown]
# Packing reads not one zero, and has its price: sorting, copying, and at each step another batch size.
# Buckets leave a few zeros in and keep plain boxes, which is what processors like best. So **buckets alone
# can beat packing**, and on top of buckets packing has little left to save. (On a GPU, and with other
# lengths, measure again. The reason to pack is that the answer is *right*; speed is a present.)
#
# One thing to watch: a bucket is no random sample. Shuffle the batches, as above, or the network reads from
# short to long in every epoch, and let neighbours change places.

# %% [markdown]
# ## Overfit
#
# *Core, 1 minute.* Back to the network of the beginning. It listens to silence, and that is its first
# illness. The second shows in its line: training is far above validation. One name in ten is wrong, and a
# wrong name follows from nothing in the voice. Each bar below is one wrong name; a filled one has been learnt
# by heart.

# %% tags=["demonstration"]
print(lines["baseline"])
lab.show_memorised(before, data.train, data.wrong)

# %% [markdown]
# ## Repair it
#
# *Core, 18 minutes, 10 points.*
#
# | | training | validation | |
# | :--- | ---: | ---: | :--- |
# | **before** | 94 to 100 | 70 to 83 | the line *baseline* above is one such run |
# | **goal** | **below 92** | **at least 85** | both at once |
#
# **Rules.** Change the architecture and the training settings, nothing else. The data stays, all fifty
# columns of it, and an `nn.GRU` stays. **Only valid steps may be read**: the check puts other frames
# and more columns behind every call, and no answer may move. All accuracies are measured in eval mode.
#
# What counts is your **recipe**, not one lucky network. The check runs it on three data sets drawn anew,
# takes the middle one of the three results, and looks at recordings kept back as well. Where two agree, the
# third could not change the verdict and is left out. It is a little milder than the goal, so bad luck does no
# harm; half the points are yours if only the training accuracy is too high.
#
# Names are drawn anew, too: the twelve numbers of a frame come mixed with one another, standardised as here, and
# every speaker gets another number. Zeros still mean padding, and a network that learns from its calls never
# notices.

# %% [markdown]
# ### Three predictions
#
# Three single changes to the baseline. For each, say first what it will do, then run it.

# %% quiz="packing-predict-1"

# %%
class Packed(Listener):
    def forward(self, x, lengths):
        return self.head(packed_states(self.gru, x, lengths)[-1])

# %% tags=["demonstration"]
_ = experiment("packing", Packed, BASELINE, beside="baseline")
lab.reveal("packing-predict-1")

# %% quiz="packing-predict-2"

# %%
class PackedLastColumn(Listener):
    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        output, _ = pad_packed_sequence(self.gru(packed)[0], batch_first=True)
        return self.head(output[:, -1])

# %% tags=["demonstration"]
_ = experiment("packed, last column", PackedLastColumn, BASELINE, beside="baseline")
lab.reveal("packing-predict-2")

# %% quiz="packing-predict-3"

# %%
class Dropped(Listener):
    def forward(self, x, lengths):
        output, _ = self.gru(F.dropout(x, 0.3, self.training))
        return self.head(F.dropout(output[:, -1], 0.5, self.training))

# %% tags=["demonstration"]
dropped, _ = experiment("dropout", Dropped, BASELINE, beside="baseline")
print()
listen_again(dropped)
lab.reveal("packing-predict-3")

# %% [markdown]
# ### Your repair
#
# Below is the baseline as a recipe. Change the network and `settings`; `train_model` puts them together,
# and you may write a loop of your own in it. `lab.fit` knows these settings: `epochs`, `lr`, `batch_size`,
# `weight_decay`, `label_smoothing`, `patience`, `clip`. The network that comes back is called as this one
# is and gives its logits (raw scores) and nothing else.
#
# On a GPU `x` is there and `lengths` is not: write `lengths.to(x.device)` where you gather or mask, and leave
# it as it is where you pack.

# %% tags=["demonstration"]
lab.repair_lab("packing-repair")  # try recipes with a form; what works, take over as code

# %% tags=["scratch"]
lab.hint("packing-repair", 0)  # four hints: 1, 2, 3, 4

# %% answer="packing-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=28):
        super().__init__()
        self.gru = nn.GRU(NUMBERS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, SPEAKERS)

    def forward(self, x, lengths):
        output, h_n = self.gru(x)
        return self.head(output[:, -1])


def build_model():
    return Repaired(hidden=28)


settings = dict(epochs=60, lr=1e-2, batch_size=32, clip=1.0)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model


### BEGIN SOLUTION
class Repaired(nn.Module):
    def __init__(self, hidden=48):
        super().__init__()
        self.drop_in = nn.Dropout(0.3)  # a call never sounds the same twice
        self.gru = nn.GRU(NUMBERS, hidden, batch_first=True, bidirectional=True)
        self.drop_out = nn.Dropout(0.5)
        self.head = nn.Linear(2 * hidden, SPEAKERS)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(
            self.drop_in(x), lengths, batch_first=True, enforce_sorted=False
        )
        output, _ = pad_packed_sequence(self.gru(packed)[0], batch_first=True)
        # zeros behind each end add nothing to a sum, so no mask is needed here
        mean = output.sum(dim=1) / lengths.to(x.device)[:, None]
        return self.head(self.drop_out(mean))


def build_model():
    return Repaired(hidden=48)


settings = dict(epochs=40, lr=5e-3, batch_size=32, patience=6, label_smoothing=0.1)
### END SOLUTION

# %% [markdown]
# Try it on the calls of this page as often as you like. The two dotted lines are the goal.

# %% tags=["demonstration"]
after, history_after = experiment("your recipe", build_model, settings, beside="baseline", plot=True)

# %% [markdown]
# And when it looks right there: does it hold on calls that neither you nor it have heard?

# %% check="packing-repair"
lab.check("packing-repair", train_model)

# %% [markdown]
# ### After

# %% tags=["demonstration"]
lab.compare(history_before, history_after)

# %% [markdown]
# (A training loss is taken as it is trained with: dropout and label smoothing raise it. Below, both losses are
# measured alike.) Now the four lines from the beginning.

# %% tags=["demonstration"]
print("before")
listen_again(before)
print("\nafter")
listen_again(after)

# %% tags=["demonstration"]
lab.show_memorised(after, data.train, data.wrong)

# %% tags=["demonstration"]
lab.show_confusion({"your network": after}, data.val, data.classes)

# %% tags=["demonstration"]
lab.walk(after, data.val, data.classes)  # push zeros behind the end once more

# %% [markdown]
# ### What the numbers mean
#
# A repaired network gives the same answers in all four lines: it hears the voice and nothing else. The
# baseline's accuracy belonged to the voices **and** to a width of fifty columns that somebody happened to
# choose.
#
# Why below 92 on the training calls? Exactly one name in ten is wrong, in every split. Somebody who
# knew all nine voices would give the true name, contradict the clerk each time, and score 90. More than
# that can only be had by learning mistakes.
#
# The loss has such a limit too: that of a listener who knows the voice and is as sure as it ought to be,
# 90% for the true name and the rest shared among the other eight.

# %% tags=["demonstration"]
wrong = data.wrong.double().mean().item()
print(f"wrong names: training {100 * wrong:.0f}%, validation {100 * data.wrong_val.double().mean():.0f}%")
honest = -(1 - wrong) * math.log(1 - wrong) - wrong * math.log(wrong / (SPEAKERS - 1))
print(f"honest loss {honest:.2f}")
for name, model in (("baseline", before), ("your recipe", after)):
    losses = [
        F.cross_entropy(lab.logits(model, split), split.y).item() for split in (data.train, data.val)
    ]
    print(f"{name:<12} training loss {losses[0]:.2f}   validation loss {losses[1]:.2f}   (eval mode)")

# %% [markdown]
# A training loss far below the honest one is a bet on mistakes, and the validation loss is where the bet is
# lost. And mind that there were two illnesses. Packing alone lets the network hear, and it learns by heart
# what it hears; dropout alone keeps it from that, and leaves it reading silence. **Let it read the right
# thing, and keep it from learning it by heart: it takes both.**

# %% [markdown]
# **In your own words.** Explain to a colleague, in three or four sentences, what was wrong with the baseline's
# read-out, what you read instead, and why that alone was not enough. A teacher may read this; no program
# does.

# %% [markdown] explain="packing-repair-why"
# *Your words here.*

# %% [markdown]
# ## What PyTorch says
#
# *Optional, 6 minutes.* Every mistake with lengths, made once on purpose. Some raise a message; read it now,
# and you will know it later. The dangerous ones raise nothing.

# %% lengths that raise tags=["demonstration"]
lab.seed(0)
gru = nn.GRU(3, 4, batch_first=True)
x, lengths = torch.randn(4, 7, 3), torch.tensor([3, 7, 2, 5])


def pack(x, lengths, **options):
    return pack_padded_sequence(x, lengths, **{"batch_first": True, "enforce_sorted": False} | options)


def attempt(what, run):
    """Run, and print either what came out or what PyTorch said."""
    try:
        print(f"{what}\n    no error: {run()}\n")
    except (RuntimeError, ValueError, IndexError) as error:
        print(f"{what}\n    {type(error).__name__}: {error}\n")


elsewhere = "cuda" if torch.cuda.is_available() else "meta"  # any device that is not the CPU will do
ordered = lengths.sort(descending=True).values

attempt("unsorted lengths", lambda: pack(x, lengths, enforce_sorted=True))
attempt(
    "lengths on another device",
    lambda: pack(x, ordered.to(elsewhere), enforce_sorted=True),
)
attempt("an empty call, length 0", lambda: pack(x, torch.tensor([3, 0, 2, 5])))
attempt(
    "lengths from before the calls were cut",
    lambda: pack(x, torch.tensor([3, 9, 2, 5])).batch_sizes.tolist(),
)
attempt(
    "... and only the layer notices", lambda: gru(pack(x, torch.tensor([3, 9, 2, 5])))[1].shape
)
attempt(
    "batch_first forgotten, rows sorted",
    lambda: pack(x, ordered, batch_first=False, enforce_sorted=True),
)

# %% [markdown]
# - *Unsorted*: `enforce_sorted=False`.
# - *Another device*: `lengths.cpu()`. `lab.fit` leaves them there.
# - *Length 0*: a call that is empty after cleaning. Drop it, or keep one step of it.
# - *Too long*: the lengths belong to the calls as they were before somebody cut them. Packing does not look;
#   the layer falls over its own data later, with a message about something else.
# - *batch_first*: packing took the 7 steps for 7 rows. It noticed because 4 lengths do not fit 7 rows.
#
# And now the silent ones.

# %% lengths that do not tags=["demonstration"]
square = torch.randn(7, 7, 3)  # as many rows as steps
counts = torch.tensor([3, 7, 2, 5, 6, 1, 4])
with torch.no_grad():
    right = gru(pack(square, counts))[1]
    attempt(
        "batch_first forgotten once more, with enforce_sorted=False",
        lambda: f"{len(pack(x, lengths, batch_first=False).data)} frames packed of {lengths.sum()}",
    )
    attempt(
        "batch_first forgotten in pack, as many rows as steps",
        lambda: f"states {tuple(gru(pack(square, counts, batch_first=False))[1].shape)}, off by "
        f"{(gru(pack(square, counts, batch_first=False))[1] - right).abs().max():.2f}",
    )
    output = gru(pack(x, lengths))[0]
    attempt("... in unpacking", lambda: tuple(pad_packed_sequence(output)[0].shape))
    attempt("... in pad_sequence", lambda: tuple(pad_sequence(list(x[:, :5])).shape))
    attempt(
        "an empty call, gathered at length - 1",
        lambda: f"the last column: {torch.equal(gru(x)[0][1, 0 - 1], gru(x)[0][1, 6])}",
    )
    attempt("an empty call, masked mean", lambda: (gru(x)[0][1, :0].sum(dim=0) / 0).tolist())
    short = pad_packed_sequence(gru(pack(x[[0, 2]], lengths[[0, 2]]))[0], batch_first=True)[0]
    mask = torch.arange(7) < lengths[[0, 2], None]
    attempt("a mask of the old width on an unpacked batch", lambda: (short * mask[:, :, None]).shape)

# %% [markdown]
# Sorting for you, packing picks four of the seven "rows" and never counts them, so even that check is gone.
# `batch_first=True` has to be said wherever a box goes in or comes out: padding, packing, layer, unpacking. An
# empty call gathered at the index -1 gets the *last column*, and its mean is 0/0: not a number, and with it the
# whole loss. The last one is loud again: unpacked width 3, mask width 7. `total_length=7` in unpacking mends it.

# %% [markdown]
# ## Often said, and what is true
#
# *Optional, 4 minutes.* Four sentences from the internet, each with the run that tests it.
#
# **"With `padding_idx=0` the padding is masked."** In networks that read words, `padding_idx` makes the
# vector of the padding zero. Zeros, as you know by now, are one more step.

# %% a vector of zeros tags=["demonstration"]
lab.seed(0)
embedding = nn.Embedding(20, 6, padding_idx=0)
gru = nn.GRU(6, 8, batch_first=True)
words = torch.tensor([[4, 11, 7]])
with torch.no_grad():
    near, far = (gru(embedding(F.pad(words, (0, zeros))))[1][-1] for zeros in (0, 5))
    print("the padding's vector:", embedding(torch.tensor(0)).tolist())
print(f"the state moves by {(near - far).abs().max():.2f} when five paddings are added")

# %% [markdown]
# **"Packing wants sorted rows, so sort them."** You may, but then everything else has to be sorted too.
# Forget the labels, and each call is marked against somebody else's name.

# %% labels left behind tags=["demonstration"]
order = data.val.lengths.argsort(descending=True)
calls = data.val.rows(order)
print(f"repaired network, as it is            {lab.accuracy(after, data.val):5.1f}%")
print(f"calls sorted, labels sorted along     {lab.accuracy(after, calls):5.1f}%")
forgotten = lab.Split(calls.x, data.val.y, calls.lengths)
print(f"calls sorted, labels left as they were{lab.accuracy(after, forgotten):5.1f}%")

# %% [markdown]
# No error, no odd shape. In training the same mistake teaches nothing but noise. `enforce_sorted=False` sorts
# and undoes it for you.
#
# **"Left or right: padding is padding."** Packing takes the first `length` columns of each row. If the zeros
# stand on the left, those are the zeros.

# %% padded on the left tags=["demonstration"]
rows = [row[:length] for row, length in zip(data.train.x, data.train.lengths.tolist())]
for side in ("right", "left"):
    x = pad_sequence(rows, batch_first=True, padding_side=side)
    kept = pack_padded_sequence(x, data.train.lengths, batch_first=True, enforce_sorted=False).data
    frames = 100 * (kept != 0).any(dim=1).double().mean()
    print(f"padded on the {side:<5}: {frames:5.1f}% of what the layer reads is voice")

# %% [markdown]
# **"Just divide by the number of columns; all rows have the same."** A masked sum divided by fifty makes the
# summaries of short calls small: how *long* somebody speaks gets mixed up with how. Here is how much, for a GRU
# that has learnt nothing yet.

# %% tags=["demonstration"]
lab.seed(0)
gru = nn.GRU(NUMBERS, 8, batch_first=True)
with torch.no_grad():
    output = gru(data.train.x)[0]
    valid = torch.arange(COLUMNS) < data.train.lengths[:, None]
    total = (output * valid[:, :, None]).sum(dim=1)
for name, summary in (("by fifty", total / COLUMNS), ("by length", total / data.train.lengths[:, None])):
    size = summary.norm(dim=1)
    together = torch.stack([size, data.train.lengths.float()]).corrcoef()[0, 1]
    print(f"divided {name:<10} the summary's size follows the call's length: correlation {together:+.2f}")

# %% [markdown]
# ## Bonus: what padding costs
#
# *Optional, 5 minutes.* Time and accuracy, side by side: train one and the same gathering network on calls
# padded to fifty columns, padded to the batch, in buckets, and cut off after seven frames, the length of the
# shortest call, so that no padding is needed at all. Which is quickest? Which is best?
#
# <details><summary>A hint</summary>
#
# Cutting means `x[:, :7]` and `lengths.clamp(max=7)`: if the lengths stay as they were, gathering reads
# beyond the end. For buckets write a loop of your own over `bucket_batches`; `lab.fit` shuffles freely.
#
# </details>

# %% tags=["scratch"]
# Your runs: change what you like.


# %%
class Gathering(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.gru = nn.GRU(NUMBERS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, SPEAKERS)

    def forward(self, x, lengths):
        output, _ = self.gru(F.dropout(x, 0.3, self.training))
        last = output[torch.arange(len(x), device=x.device), lengths.to(x.device) - 1]
        return self.head(F.dropout(last, 0.5, self.training))


def cut(split, width):
    return lab.Split(split.x[:, :width], split.y, split.lengths.clamp(max=width))


def race(name, batches, width=COLUMNS, trim=False, epochs=15, seeds=3):
    train, val = cut(data.train, width), cut(data.val, width)
    scores, started = [], time.process_time()  # other work on this machine does not count
    for seed in range(seeds):
        lab.seed(seed)
        model, dice = Gathering(), torch.Generator().manual_seed(seed)
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _ in range(epochs):
            for rows in batches(train.lengths, 32, dice):
                batch = train.rows(rows)
                x = batch.x[:, : int(batch.lengths.max())] if trim else batch.x
                loss = F.cross_entropy(model(x, batch.lengths), batch.y, label_smoothing=0.1)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        scores.append([lab.accuracy(model, split) for split in (train, val)])
    took = (time.process_time() - started) / seeds
    means = torch.tensor(scores).mean(dim=0)
    each = "  ".join(f"{score[1]:.1f}" for score in scores)
    print(f"{name:<20} {took:4.1f} s   train {means[0]:.1f}%   val {means[1]:.1f}%  ({each})")

# %% tags=["demonstration"]
race("padded to 50", shuffled_batches)
race("padded to the batch", shuffled_batches, trim=True)
race("buckets", bucket_batches, trim=True)
race("cut after 7 frames", shuffled_batches, width=7)
print("cpu, means over the seeds 0, 1, 2; 15 epochs each; processor seconds for one network")

# %% [markdown]
# For gathering it does not matter how much padding there is, only how long it takes to read it. The first three
# lines differ by luck: dropout tosses its coins for padding as well, so in a narrower box other coins fall on
# the voice, and buckets mix the calls in another way. The numbers in brackets are the single seeds: what lies
# within *their* spread is no difference.
#
# And cutting? It is the quickest, and loses little or nothing: here the first seven frames give away who is
# speaking. That is a fact about these calls, and one to measure before you rely on it. Where the last word
# decides, the cut takes the answer away.

# %% [markdown]
# ## Practice
#
# *Optional, 5 minutes.* Five questions, from easy to hard. Run a cell and choose below it, or write your
# letter into the cell and run it again. No points, as many tries as you like, and each answer has its reason.

# %% quiz="packing-practice-1"

# %% quiz="packing-practice-2"

# %% quiz="packing-practice-3"

# %% quiz="packing-practice-4"

# %% quiz="packing-practice-5"

# %% [markdown]
# ## Challenge
#
# *Optional, 11 minutes, 5 points.* Five problems, two minutes each. The clock is shown and stops nobody.
# Run the cell when you are ready; it says what counts.

# %% tags=["scratch"]
lab.challenge("packing")

# %% challenge="packing-challenge-1"

# %% challenge="packing-challenge-2"

# %% challenge="packing-challenge-3"

# %% challenge="packing-challenge-4"

# %% challenge="packing-challenge-5"

# %% [markdown]
# ## Key insight
#
# <div class="alert alert-success">
#
# **A zero is not nothing; it is one more step.** Whoever reads sequences of different lengths has to say
# where each one ends: gather, mask or pack. And the test is always the same: add padding, and no answer
# may move.
#
# </div>
#
# **Next:** sentences. A network that guesses the next word, and padding that turns up in the loss.

# %% [markdown]
# ## And now your own
#
# *Optional, 1 minute.* You can take sequences of any lengths now. Gestures of your phone, calls of two birds, the
# weather by the hour: a folder of `.csv` files is enough, and **06_yours**, in the file browser on the left, does the rest with
# you: read, collate, a baseline, training, a look inside.
