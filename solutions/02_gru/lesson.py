# %% [markdown]
# # Lamp on, lamp off
#
# **Recurrent networks, unit 2.** How far back can a recurrent network look? You will see at which step a plain one fails
# and why, build the cell that learns to hold on, watch its gates at work, and repair a GRU that has learnt
# mistakes by heart.
#
# You need unit 1, or what it teaches: the state, the loop, shapes, overfitting. The core takes about
# 49 minutes; all else is there when you want more.
#
# | section | | minutes |
# | :--- | :--- | ---: |
# | The beginning | core | 3 |
# | Behind the shutter | core | 3 |
# | Test first | optional | 9 |
# | Memory or product? | core | 5 |
# | How far back? | core | 4 |
# | The way back of the gradient | core | 2 |
# | One gate | core | 4 |
# | The cell | core, 4 points | 4 |
# | The layer | core, 3 points | 3 |
# | Train it | core | 1 |
# | The gates at work | core | 2 |
# | Tamper with it | optional | 3 |
# | A silent bug | core, 2 points | 6 |
# | PyTorch's equation | optional | 3 |
# | Three predictions | optional | 4 |
# | Repair it | core, 10 points | 11 |
# | What the repair has learnt | optional | 5 |
# | Memory or read-out? | optional | 3 |
# | Often said, and what is true | optional | 7 |
# | Bonus: both directions | optional | 2 |
# | Practice | optional | 5 |
# | Challenge | optional, 5 points | 11 |
# | Key insight | core | 1 |
#
# **How it works.** Cells that say `# your code here` are yours. The cell below each of them checks your
# answer at once. Hints open one at a time: raise the number in the hint cell by one and run it again.

# %%
import copy

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from grader import lab

data = lab.load("shutter")
SEQUENCES, STEPS, CHANNELS = data.train.x.shape
print(f"{data}\ntorch {torch.__version__}")

# %% [markdown]
# ## Behind the shutter
#
# *Core, 3 minutes.* Ten light detectors look at a shutter that opens and closes at random. Behind it hangs
# a lamp, very faint. In a *brighter* sequence the readings are a little higher while the shutter is open;
# in a *dimmer* one they are a little lower. A sequence has forty steps; on twenty of them the shutter is
# open.
#
# Physicists measure faint light like this, and call it lock-in detection. Our sequences are **simulated**,
# so that we know the best possible score. And an assistant who nodded off has written some wrong labels.
#
# Here are two sequences, the mean of the ten detectors at each step. Shaded: open. Which is the brighter
# one? Decide, then run the next cell.

# %% tags=["demonstration"]
two = {"Sequence A": data.val.x[0], "Sequence B": data.val.x[1]}
lab.show_shutter(two, means=False)

# %% tags=["demonstration"]
lab.show_shutter(two)

# %% [markdown]
# B is the brighter one: its mean while open lies above its mean while shut. No single reading could have
# told you. What tells is a **sum**: add each reading while the shutter is open, take it off while it is
# shut, and go on like that for forty steps. Here is that running sum for six sequences of each class.

# %%
def running_sum(x):  # (B, T, 11)
    """What has been added and taken off so far, after each step: (B, T)."""
    shutter, detectors = x[:, :, 0], x[:, :, 1:]  # +1 open, -1 shut; ten readings
    return (shutter * detectors.sum(dim=2)).cumsum(dim=1)

# %% tags=["demonstration"]
honest = (~data.wrong_val).nonzero().flatten()
dimmer, brighter = (honest[data.val.y[honest] == label].tolist() for label in (0, 1))
sums = running_sum(data.val.x)
truth = data.val.y ^ data.wrong_val  # the labels, with the wrong ones put right
for step in (1, 5, 10, 20, 40):
    right = ((sums[:, step - 1] > 0) == truth).double().mean()
    print(f"after {step:2} steps the sign of the sum is right for {100 * right:5.1f}% of the sequences")

lab.show_by_step(
    {"dimmer": sums[dimmer[:6]], "brighter": sums[brighter[:6]]},
    label="running sum of readings",
    title="Add while open, take off while shut",
)

# %% [markdown]
# The longer it adds, the surer it is. So this is the task: at each step look at the shutter, add or take
# off, and **hold on to the sum** up to the end.

# %% [markdown]
# ## Test first
#
# *Optional, 9 minutes; or [skip the door](#Memory-or-product?).* Ten questions, from easy to hard. For
# each wrong answer you are told which section to read; what you know already, you may pass over. Run all
# cells from the top before you jump ahead. Write one letter per question, and `-` for "not yet".

# %% door="gru"

# %% [markdown]
# ## Memory or product?
#
# *Core, 5 minutes.* Two layers of the `nn.RNN` that you know, read at the last state.

# %%
class Watcher(nn.Module):
    """A recurrent layer reads a sequence; a linear head turns its last state into two scores."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.head = nn.Linear(layer.hidden_size, 2)

    def forward(self, x):  # (B, T, C)
        output, h_n = self.layer(x)  # (B, T, H) and (layers, B, H)
        return self.head(h_n[-1])  # (B, 2): a score for dimmer, a score for brighter


def plain_rnn():
    return Watcher(nn.RNN(CHANNELS, 64, num_layers=2, batch_first=True))


def gru():
    return Watcher(nn.GRU(CHANNELS, 64, num_layers=2, batch_first=True))

# %%
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
BASELINE = dict(epochs=24, lr=1e-2, batch_size=64)
lines = {}


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
        f"{name:<24} train {kept.train_accuracy:5.1f}%  val {kept.val_accuracy:4.1f}%"
        f"  loss {kept.train_loss:.2f}/{kept.val_loss:.2f}"
        f"  learnt by heart {learnt:2}/{wrong}  (seed 0, {DEVICE}, {seconds:.1f} s)"
    )
    print(*[lines[shown] for shown in (beside, name) if shown], sep="\n")
    return model, history

# %% tags=["demonstration"]
_ = experiment("plain RNN", plain_rnn, BASELINE)

# %% [markdown]
# On the training sequences nearly all is right, wrong labels included; on others a coin would do as well.
# It has found nothing and learnt 200 sequences by heart, as in unit 1 with the shuffled clips.
#
# Two things are asked of it: to multiply each reading by the shutter, and to hold the sum up to the last step. Which one fails?
# A control: spare it the first. A smaller RNN gets the readings as they are, and then shutter **times** reading; it is read at
# the last state both times. Guess the second line, then run.

# %%
def multiplied(split):
    """Shutter times reading in the place of both: (B, T, 10)."""
    return lab.Split(split.x[:, :, :1] * split.x[:, :, 1:], split.y)


def accuracy_of_rnn(train, val):
    lab.seed(0)
    model = Watcher(nn.RNN(train.x.shape[2], 24, batch_first=True))
    lab.fit(model, train, val, epochs=50, lr=1e-2, batch_size=32, patience=10, plot=False)
    return lab.accuracy(model, val)

# %% tags=["demonstration"]
print(f"plain RNN, shutter and readings: {accuracy_of_rnn(data.train, data.val):.1f}%")
products = multiplied(data.train), multiplied(data.val)
print(f"plain RNN, their product given:  {accuracy_of_rnn(*products):.1f}%")

# %% [markdown]
# **It holds the sum well enough; what it does not find is the product.** So a first line no better than a coin's
# does not prove a bad memory. To see how far back a network can look, we need a task that asks for nothing else.

# %% [markdown]
# ## How far back?
#
# *Core, 4 minutes.* Here is one. A lamp hangs on a switch that latches: a pulse up on wire 0 turns it on, a pulse down turns
# it off, and between pulses it stays as it is. Nine other wires hum. Is the lamp **on at the end**? One pulse decides,
# the last one; the steps behind it are its **gap**.

# %% tags=["demonstration"]
latch = lab.load("latch")
lab.show_wires({"off at the end": latch.val.x[18], "on at the end": latch.val.x[39]}, lamp=True)

# %% [markdown]
# An `nn.RNN` and an `nn.GRU` are trained anew four times, on 1500 fresh sequences with right labels. The first time gaps go
# from 0 to 36. Then the pulses near the end are taken away: the nearest last pulse lies 4 steps back, then 8, then 12. The
# question is always the same: fresh sequences with gaps of 16 and more. Guess first: in which of the four is each
# network as good as a coin, 50%?

# %%
SMALL = {
    "plain RNN": lambda: Watcher(nn.RNN(10, 32, batch_first=True)),
    "GRU": lambda: Watcher(nn.GRU(10, 32, batch_first=True)),
}


def switched(rows, seed, gaps):
    """Fresh sequences with right labels; each gap is one of `gaps`."""
    dice = np.random.default_rng(seed)
    truth = dice.integers(2, size=rows)
    x = lab.recipe("latch").draw_sequences(dice, truth, dice.choice(gaps, rows))
    return lab.Split(torch.from_numpy(x), torch.from_numpy(truth))


def learn(build, gaps):
    lab.seed(0)
    model = build()
    lab.fit(model, switched(1500, 0, gaps), None, epochs=12, lr=5e-3, plot=False)
    return model


far = switched(1000, 1, range(16, 37))

# %% tags=["demonstration"]
right = {name: [] for name in SMALL}
for nearest in (0, 4, 8, 12):
    for name, build in SMALL.items():
        right[name].append(lab.accuracy(learn(build, range(nearest, 37)), far))
    told = "   ".join(f"{name} {values[-1]:5.1f}%" for name, values in right.items())
    print(f"nearest pulse {nearest:2} steps back   {told}")
lab.show_by_step(
    {name: torch.tensor(values) for name, values in right.items()},
    label="right answers in percent where the last pulse lies 16 steps back and more",
    title="Trained without the near pulses",
    axis="nearest pulse",
    first=0,
    stride=4,
)

# %% [markdown]
# A cliff: without near pulses **the plain RNN finds nothing, and the GRU finds the lamp all the same**. Mind what this does
# not say. A plain RNN *can* hold a pulse over 36 steps: on the first line it does. It cannot *learn* it from far pulses
# alone.

# %% [markdown]
# ## The way back of the gradient
#
# *Core, 2 minutes.* Training must tell the weights what to do at the step of the pulse. It asks backwards: how much would the loss
# move with the last state, with the one before it, and so on? This walk is called **backpropagation through
# time**. Here a gradient of size 1 starts at the last state of two fresh networks and walks back.

# %% tags=["demonstration"]
lab.seed(0)
fresh = {f"{name}, fresh": build() for name, build in SMALL.items()}
lab.show_backpropagation(fresh, far)

# %% [markdown]
# At each step back the gradient passes the box once: it is multiplied by `W_hh` and by the slope of the
# tanh. In a fresh network each pass makes it smaller, and after forty of them nothing is left: the weights are not
# *told* about a far pulse. This is the **vanishing gradient**. Near pulses are felt; where they are among the others, the plain RNN
# learns as well.
#
# The fresh GRU, of which you may have heard that its gradient does not vanish, fades too, a little later. What does it
# have that can be learnt from so little?

# %% [markdown]
# ## One gate
#
# *Core, 4 minutes.* A plain RNN writes its state anew at every step. A GRU makes a **candidate** for the new
# state, $n$, and has a gate, the **update gate** $z$, that says how much of the old state stays:
#
# $$h_{\text{new}} = (1 - z) \cdot n + z \cdot h$$
#
# With $z = 1$ the old number stays as it is, with $z = 0$ the candidate takes its place. Let $z$ be 0 at a pulse and 1
# between pulses, and one number of memory is a latch:

# %%
def mix(h, n, z):
    return (1 - z) * n + z * h

# %% tags=["demonstration"]
h = 0.0
for reading in (1.0, 0.1, -0.2, -1.0, 0.1, 0.2):
    z = 0.0 if abs(reading) > 0.5 else 1.0
    h = mix(h, reading, z)
    print(f"reading {reading:+.1f}   z = {z:.0f}   memory {h:+.1f}")

# %% [markdown]
# What came in at a pulse stays until the next one, untouched. And for how long would it stay
# with a gate that is not quite 1? Put a 1 into the memory, let nothing but zeros follow, and wait forty
# steps. Guess what is left with z = 0.5, 0.9 and 0.98, then run.

# %% tags=["demonstration"]
for z in (0.5, 0.9, 0.98, 1.0):
    h = 1.0
    for _step in range(40):
        h = mix(h, 0.0, z)
    print(f"z = {z:<4}   left after forty steps: {h:.1e}")
print(f"\nto keep one half you need z = {0.5 ** (1 / 40):.3f}")
for b in (0, 2, 4):
    print(f"a gate is a sigmoid: sigmoid({b}) = {torch.tensor(float(b)).sigmoid():.3f}")

# %% [markdown]
# A fresh gate stands near sigmoid(0), one half, and one half forgets. That is why the fresh GRU faded. But
# **one number** in each gate changes it: its bias. Let us turn these biases by hand, in a GRU that has
# learnt nothing at all. (PyTorch keeps the biases of a GRU's three parts in one tensor, in the order r, z, n;
# you meet r below. With 32 units, those of $z$ are the second 32 numbers: `32:64`.)

# %%
def turned():
    model = SMALL["GRU"]()
    with torch.no_grad():
        model.layer.bias_ih_l0[32:64] += 4  # the biases of z
    return model

# %% tags=["demonstration"]
lab.seed(0)
lab.show_backpropagation({"GRU, fresh": fresh["GRU, fresh"], "GRU, fresh, bias of z + 4": turned()}, far)

# %% [markdown]
# **A fresh GRU has no long memory; it has a number that gives it one.** Training can turn it. And the gate is
# more than a fixed number: it is computed anew at every step from the reading and the state, so it can also
# learn *when* to hold and when to let in.

# %% [markdown]
# ## The cell
#
# *Core, 4 minutes, 4 points.* The whole cell has two gates: the update gate $z$, and a **reset gate** $r$ that
# says how much of the old state the candidate may look at.

# %% tags=["demonstration"]
lab.show_gru_cell()

# %% tags=["demonstration"]
lab.play("gru")  # press Latches, then Play; push b_iz, and point at a number to read its formula

# %% [markdown]
# In PyTorch's words, with $\sigma$ for the sigmoid and $\odot$ for "number by number":
#
# $$\begin{aligned}
# r &= \sigma\left(x W_{ir}^\top + b_{ir} + h W_{hr}^\top + b_{hr}\right) \\
# z &= \sigma\left(x W_{iz}^\top + b_{iz} + h W_{hz}^\top + b_{hz}\right) \\
# n &= \tanh\left(x W_{in}^\top + b_{in} + r \odot \left(h W_{hn}^\top + b_{hn}\right)\right) \\
# h_{\text{new}} &= (1 - z) \odot n + z \odot h
# \end{aligned}$$
#
# PyTorch keeps the three blocks of each kind in one tensor, one below the other, in the order **r, z, n**.
#
# | name | shape | what it is |
# | :--- | :--- | :--- |
# | `x` | (B, C) | the readings of this step |
# | `h` | (B, H) | the old state |
# | `W_ih` | (3H, C) | `W_ir`, `W_iz`, `W_in`: from input to r, z and n |
# | `W_hh` | (3H, H) | `W_hr`, `W_hz`, `W_hn`: from the state to r, z and n |
# | `b_ih`, `b_hh` | (3H,) | a bias beside each |
#
# `product.chunk(3, dim=1)` cuts a tensor (B, 3H) into three of (B, H).

# %% answer="gru-cell"
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    """One step of a GRU: x (B, C) and the old state h (B, H) give the new state (B, H)."""
    h_new = ...
    ### BEGIN SOLUTION
    x_r, x_z, x_n = (x @ W_ih.T + b_ih).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ W_hh.T + b_hh).chunk(3, dim=1)
    r = torch.sigmoid(x_r + h_r)
    z = torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + r * h_n)
    h_new = (1 - z) * n + z * h
    ### END SOLUTION
    return h_new

# %% check="gru-cell"
lab.check("gru-cell", gru_cell)

# %% tags=["scratch"]
lab.hint("gru-cell", 0)  # four hints: 1, 2, 3, 4

# %% [markdown]
# ## The layer
#
# *Core, 3 minutes, 3 points.* The loop is the one of unit 1. This time return what `nn.GRU` returns: every
# state, and the last one with an axis for the layers in front. (It calls your `gru_cell`, so that one has
# to pass first.) The check also looks whether a gradient can walk back through all steps, as training needs it:
# nothing may cut it off on its way, in neither of your two functions.

# %% answer="gru-layer"
def gru_layer(x, W_ih, W_hh, b_ih, b_hh):
    """Read sequences x (B, T, C); give output (B, T, H) and h_n (1, B, H).

    The state before the first step is all zeros.
    """
    output, h_n = ..., ...
    ### BEGIN SOLUTION
    h = torch.zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    output, h_n = torch.stack(states, dim=1), h.unsqueeze(0)
    ### END SOLUTION
    return output, h_n

# %% check="gru-layer"
lab.check("gru-layer", gru_layer)

# %% tags=["scratch"]
lab.hint("gru-layer", 0)

# %% [markdown]
# ## Train it
#
# *Core, 1 minute.* The very same network as at the beginning, with `nn.GRU` in the place of `nn.RNN`. ■
# stops it at any time.

# %% tags=["demonstration"]
before, history_before = experiment("baseline", gru, BASELINE, beside="plain RNN", plot=True)

# %% [markdown]
# It has found the sum: validation is far from the coin. And then it went on, with nothing left to find but
# single sequences and their wrong labels. The validation loss shows where. Each bar is one wrong label:

# %% tags=["demonstration"]
lab.show_memorised(before, data.train, data.wrong)

# %% [markdown]
# ## The gates at work
#
# *Core, 2 minutes.* Now look inside. One line for each hidden number of the lower layer, one column for
# each step; the colour is its update gate $z$. On top the shutter.

# %% tags=["demonstration"]
lab.show_gates(before, data.val.x[0])

# %% [markdown]
# Nobody has told the network what channel 0 is. Yet the gates have learnt to **follow the shutter**. The
# lines on top keep while it is open and let in while it is shut; the lines at the bottom do the opposite.
# So some numbers collect the shut steps and others the open ones.
#
# But many gates stand near one half, and one half forgets? It does: below the picture you see how little
# of a small change at the start the gates *alone* would carry to the end. The whole cell carries more,
# because the candidate sees the old state through $r$ and can come out as what is there already.
# Gate and candidate hold on together. Remember these two numbers; your repair will have others.
#
# (`lab.show_gates(model, sequence)` works with any model of yours that has an `nn.GRU` in it; `layer=1`
# shows the upper layer.)

# %% [markdown]
# ## Tamper with it
#
# *Optional, 3 minutes.* If that is what it does, you can say what happens when we tamper with the sequences. Guess all five, then
# run: as they are; backwards; with the forty steps shuffled; with the shutter channel covered (all zeros);
# with the shutter channel turned round (open says shut).

# %%
def changed(how):
    return lab.Split(how(data.val.x.clone()), data.val.y)


def covered(x):
    x[:, :, 0] = 0
    return x


def turned_round(x):
    x[:, :, 0] *= -1
    return x


def shuffled(x):
    dice = torch.Generator().manual_seed(0)
    order = torch.rand(x.shape[:2], generator=dice).argsort(dim=1)
    return x.gather(1, order[:, :, None].expand_as(x))


WAYS = {
    "as they are": lambda x: x,
    "backwards": lambda x: x.flip(1),
    "shuffled": shuffled,
    "shutter covered": covered,
    "shutter turned round": turned_round,
}

# %% tags=["demonstration"]
for name, how in WAYS.items():
    print(f"{name:<22} {lab.accuracy(before, changed(how)):.1f}%")

# %% [markdown]
# The order hardly matters, as it should be with a sum. Without the shutter nothing is left, and with the
# shutter turned round it gives the opposite answer. It does lock-in detection.

# %% [markdown]
# ## A silent bug
#
# *Core, 6 minutes, 2 points.* A colleague has code that read an LSTM and now wants a GRU. An LSTM returns
# `output, (h, c)`; they changed one word and left the rest. With one layer Python complains:

# %% unpacked like an LSTM tags=["demonstration"]
try:
    output, (h, c) = nn.GRU(CHANNELS, 8, batch_first=True)(data.train.x[:32])
except ValueError as error:
    print("one layer:", error)
output, (h, c) = nn.GRU(CHANNELS, 8, num_layers=2, batch_first=True)(data.train.x[:32])
print("two layers: no error, h", tuple(h.shape), "c", tuple(c.shape))

# %% [markdown]
# With two layers it runs. A GRU has no `c`; so what are `h` and `c` here? The function below is meant to
# give the top layer's last state. It runs, its shape is right, it even trains. But replace all weights of
# the upper layer, and see how far the result moves.

# %%
def gru_with(W_ih, W_hh, b_ih, b_hh, **options):
    """Make an `nn.GRU` with these weights, stacked over its layers: (layers, 3H, …)."""
    gru = nn.GRU(W_ih.shape[2], W_hh.shape[2], num_layers=len(W_ih), **options)
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    for name, layers in zip(names, (W_ih, W_hh, b_ih, b_hh)):
        for k, weights in enumerate(layers):
            getattr(gru, f"{name}_l{k}").data.copy_(weights)
    return gru


def reused(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, (h, c) = gru(x)
    return h


def upper_layer_matters(summarise):
    """How far the result moves when only the upper layer's weights are replaced by others."""
    lab.seed(1)
    both = [torch.randn(2, *shape) for shape in ((24, 8), (24, 8), (24,), (24,))]
    x = torch.randn(32, STEPS, 8)
    with torch.no_grad():
        once = summarise(x, *both)
        if once is ...:  # not written yet
            return 0.0
        for weights in both:
            weights[1].normal_()
        return (once - summarise(x, *both)).abs().max().item()


print(f"the result moves by {upper_layer_matters(reused):.2f}: nobody reads the upper layer")

# %% [markdown]
# Half of the network is computed and thrown away. (This probe is worth keeping too: **every weight must
# matter**. In training the upper layer's gradients would be exactly zero.) Mend it, for
# any number of layers.

# %% answer="gru-unpack"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    """Read x (B, T, C) with a GRU of some layers; give the top layer's last state, (B, H)."""
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    summary = ...  # your colleague wrote: output, (h, c) = gru(x), then summary = h
    ### BEGIN SOLUTION
    output, h_n = gru(x)
    summary = h_n[-1]
    ### END SOLUTION
    return summary

# %% check="gru-unpack"
lab.check("gru-unpack", summarise)

# %% tags=["scratch"]
print(f"the result moves by {upper_layer_matters(summarise):.2f}")
lab.hint("gru-unpack", 0)

# %% [markdown]
# ## PyTorch's equation
#
# *Optional, 3 minutes.* If your numbers differ from a book's, both may be right: there are two GRUs.
#
# | | some books | PyTorch |
# | :--- | :--- | :--- |
# | reset | before the matrix: $(r \odot h) W^\top + b$ | after it: $r \odot (h W^\top + b)$ |
# | mix | $(1 - z) \odot h + z \odot n$ | $(1 - z) \odot n + z \odot h$ |
#
# The first line is another layer, the second only another name for $z$. So trained weights do not go from
# one to the other, although every shape fits.

# %% two resets tags=["demonstration"]
lab.seed(0)
h, W, b, r = torch.randn(32, 8), torch.randn(8, 8) / 8**0.5, torch.randn(8), torch.rand(32, 8)
before_matrix, after_matrix = (r * h) @ W.T + b, r * (h @ W.T + b)
print(f"the two resets differ by up to {(before_matrix - after_matrix).abs().max():.2f}")

cell = nn.GRUCell(CHANNELS, 8)
theirs = cell(data.train.x[:32, 0], h)
yours = gru_cell(data.train.x[:32, 0], h, cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
if isinstance(yours, torch.Tensor) and yours.shape == theirs.shape:
    print(f"your cell and nn.GRUCell differ by up to {(yours - theirs).abs().max():.0e}")
else:
    print("Nothing to compare yet: gru_cell comes first.")

# %% [markdown]
# Why so late? All three products of the state can then be made in one large multiplication, before any gate
# is known. PyTorch's documentation says that it differs on purpose, for efficiency.

# %% [markdown]
# And side by side with the real one, on forty steps:

# %%
lab.seed(0)
one_layer = [torch.randn(24, CHANNELS), torch.randn(24, 8) / 3, torch.randn(24), torch.randn(24)]

# %% tags=["demonstration"]
theirs, _ = gru_with(*[weights[None] for weights in one_layer], batch_first=True)(data.train.x[:32])
answer = gru_layer(data.train.x[:32], *one_layer)
yours = answer[0] if isinstance(answer, tuple) else answer
if isinstance(yours, torch.Tensor) and yours.shape == theirs.shape:
    print(f"your layer and nn.GRU differ by up to {(yours - theirs).abs().max():.0e}")
else:
    print("Nothing to compare yet: gru_layer comes first.")
for kind in (nn.RNN, nn.GRU):
    count = sum(weights.numel() for weights in kind(CHANNELS, 64).parameters())
    print(f"nn.{kind.__name__}({CHANNELS}, 64) has {count:,} weights and biases")

# %% [markdown]
# With right answers the difference is rounding. You have written `nn.GRU`. Its price: three blocks in the
# place of one, so three times the weights of `nn.RNN`.

# %% [markdown]
# ## Three predictions
#
# *Optional, 4 minutes.* Three single changes of the baseline that everybody tries. For each, say first what it will do, then run it.

# %% quiz="gru-predict-1"

# %%
def with_dropout_between():
    return Watcher(nn.GRU(CHANNELS, 64, num_layers=2, batch_first=True, dropout=0.5))

# %% tags=["demonstration"]
_ = experiment("dropout between layers", with_dropout_between, BASELINE, beside="baseline")
lab.reveal("gru-predict-1")

# %% quiz="gru-predict-2"

# %%
def small_gru():
    return Watcher(nn.GRU(CHANNELS, 16, num_layers=2, batch_first=True))

# %% tags=["demonstration"]
_ = experiment("16 units", small_gru, BASELINE, beside="baseline")
lab.reveal("gru-predict-2")

# %% quiz="gru-predict-3"

# %% tags=["demonstration"]
_ = experiment("early stopping", gru, BASELINE | dict(patience=10), beside="baseline")
lab.reveal("gru-predict-3")

# %% [markdown]
# ## Repair it
#
# *Core, 11 minutes, 10 points.* The baseline has found the sum and buried it under 22 wrong labels.
#
# | | training | validation | |
# | :--- | ---: | ---: | :--- |
# | **before** | about 100 | about 77 | the line *baseline* above |
# | **goal** | **below 92** | **at least 85** | both at once |
#
# **Rules.** Change the architecture and the training settings, nothing else. The data stays, and so does
# an `nn.GRU`: the network's answer has to come from it. All accuracies are measured in eval mode.
#
# What counts is your **recipe**, as in unit 1: the check runs it on data drawn anew and looks at sequences
# kept back as well. Repairs differ by little from draw to draw here, so one is enough. It is a little milder
# than the goal, so bad luck does no harm; half the points are yours if only the training accuracy is too high, or if
# unseen sequences miss the goal by a little.
#
# Names are drawn anew, too: the detectors change places, five of the ten are wired the other way round (their
# sign turns), and class 0 here may be class 1 there. The shutter stays channel 0, and a network that learns from
# its sequences never notices.

# %% [markdown]
# ### Your repair
#
# Think in gates and memory: a gate that can hold a sum can hold anything else that tells one sequence from
# the others. How do you make sure that only the sum is worth holding?
#
# Below is the baseline as a recipe. Change the network and `settings`; `train_model` puts them together,
# and you may write a loop of your own in it. `lab.fit` knows these settings: `epochs`, `lr`, `batch_size`,
# `weight_decay`, `label_smoothing`, `patience`, `clip`. The network that comes back is called as this one
# is and gives its logits (raw scores) and nothing else.

# %% tags=["demonstration"]
lab.repair_lab("gru-repair")  # try recipes with a form; what works, take over as code

# %% tags=["scratch"]
lab.hint("gru-repair", 0)  # four hints: 1, 2, 3, 4

# %% answer="gru-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.gru = nn.GRU(CHANNELS, hidden, num_layers=2, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        output, h_n = self.gru(x)
        return self.head(h_n[-1])


def build_model():
    return Repaired(hidden=64)


settings = dict(epochs=24, lr=1e-2, batch_size=64)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model


### BEGIN SOLUTION
class Repaired(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.drop_in = nn.Dropout(0.5)  # each reading is missing every other time: only the sum is safe
        self.gru = nn.GRU(CHANNELS, hidden, batch_first=True)
        self.drop_out = nn.Dropout(0.3)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        output, h_n = self.gru(self.drop_in(x))
        return self.head(self.drop_out(h_n[-1]))


def build_model():
    return Repaired(hidden=24)


settings = dict(epochs=50, lr=1e-2, batch_size=32, patience=10)
### END SOLUTION

# %% [markdown]
# Try it on the sequences of this page as often as you like. The two dotted lines are the goal.

# %% tags=["demonstration"]
after, history_after = experiment("your recipe", build_model, settings, beside="baseline", plot=True)

# %% [markdown]
# And when it looks right there: does it hold on sequences that neither you nor it have seen?

# %% check="gru-repair"
lab.check("gru-repair", train_model)

# %% [markdown]
# **In your own words.** Explain to a colleague, in three or four sentences: what did the gates let the
# baseline hold on to, why does your repair hold on to less, and why is that better? A teacher may read
# this; no program does.

# %% [markdown] explain="gru-repair-why"
# *Your words here.*

# %% [markdown]
# ## What the repair has learnt
#
# *Optional, 5 minutes.* The two runs beside each other, and what each of them holds.

# %% tags=["demonstration"]
lab.compare(history_before, history_after)

# %% tags=["demonstration"]
lab.show_memorised(after, data.train, data.wrong)

# %% tags=["demonstration"]
lab.show_gates(after, data.val.x[0])

# %% [markdown]
# The states of your network, in the two directions in which they differ most (their first two principal
# components). Each line is one sequence, from its first step to its last.

# %% tags=["demonstration"]
lab.show_trajectory(after, data.val, data.classes, wrong=data.wrong_val)

# %% [markdown]
# ### What the numbers mean
#
# First the line below the gates: a repair that reads the last state and has learnt to sum holds more of the
# start than the baseline did, above all by its gates alone. The baseline never needed to: to recognise a
# sequence by heart, a few late steps are enough.
#
# Now the ceiling. The running sum from the top of this page needs no training: add while open, take off
# while shut, look at the sign. Compare it with the labels.

# %%
def lock_in(split):
    return running_sum(split.x)[:, -1]

# %% tags=["demonstration"]
splits = [("training", data.train, data.wrong), ("validation", data.val, data.wrong_val)]
for name, split, wrong in splits:
    agrees = (lock_in(split) > 0) == split.y
    print(
        f"{name:<10} agrees with {100 * agrees.double().mean():.1f}% of the labels;"
        f" disagrees with {(~agrees).sum()}, wrong labels among them {(~agrees & wrong).sum()}"
    )

# %% [markdown]
# It disagrees with the wrong labels and with no others, so its score is the **ceiling**. To have more on
# the training sequences is to have learnt mistakes; that is why the goal says *below 92*.
#
# How much of each network's verdict *is* that sum? Take the verdict as a number, the score for brighter
# minus the score for dimmer, and correlate it with the sum over all validation sequences: 1 would be the
# sum and nothing else, 0 nothing of it.

# %%
def correlation_with_the_sum(model):
    scores = lab.logits(model, data.val)
    return torch.corrcoef(torch.stack([scores[:, 1] - scores[:, 0], lock_in(data.val)]))[0, 1]

# %%
def gradient_by_step(model, split):
    """How far the loss moves with the readings of each step, (T,); the largest is 1."""
    model = copy.deepcopy(model).cpu().eval()
    x = split.x.clone().requires_grad_()
    loss = F.cross_entropy(model(x), split.y, reduction="sum")
    (by_reading,) = torch.autograd.grad(loss, x)  # (B, T, C)
    by_step = by_reading.norm(dim=2).mean(dim=0)
    return by_step / by_step.max()

# %% tags=["demonstration"]
by_step = {}
for name, model in {"baseline": before, "your recipe": after}.items():
    by_step[name] = gradient_by_step(model, data.val)
    early = by_step[name][0] / by_step[name][19]
    print(
        f"{name:<12} correlation of its verdict with the sum: {correlation_with_the_sum(model):.2f}"
        f"   step 1 counts {early:.1f} times as much as step 20"
    )
lab.show_by_step(
    by_step,
    label="gradient of the loss by the readings (strongest step = 1)",
    title="Which steps the verdict hangs on",
)

# %% [markdown]
# The baseline's verdict hangs on the later steps, and on details of them that belong to single training
# sequences. A repair that holds leaves the sum and little else: a correlation near 1, and a line that is
# nearly level for most of its way, because each early step counts about as much as the next. (The last few
# may stick out: nothing comes after them that could wear them down.)

# %% [markdown]
# ## Memory or read-out?
#
# *Optional, 3 minutes.* A plain RNN did not find the product. So far it was read at the last
# step. Let the head read the **mean of all states** instead.
# Everything else as in the course's repair: 24 units, half of the input dropped, early stopping. Guess the
# two lines, then run.

# %%
class PlainWatcher(nn.Module):
    def __init__(self, mean):
        super().__init__()
        self.drop_in = nn.Dropout(0.5)
        self.rnn = nn.RNN(CHANNELS, 24, batch_first=True)
        self.head = nn.Linear(24, 2)
        self.mean = mean

    def forward(self, x):
        output, h_n = self.rnn(self.drop_in(x))
        return self.head(output.mean(dim=1) if self.mean else h_n[-1])


STOPPING = dict(epochs=50, lr=1e-2, batch_size=32, patience=10)

# %% tags=["demonstration"]
at_the_end, _ = experiment("plain RNN, last state", lambda: PlainWatcher(mean=False), STOPPING)
everywhere, _ = experiment("plain RNN, mean of all", lambda: PlainWatcher(mean=True), STOPPING)
lab.seed(0)
read_in_two_ways = {
    "last state, fresh": PlainWatcher(mean=False),
    "mean of all, fresh": PlainWatcher(mean=True),
}
lab.show_gradient_by_step(read_in_two_ways, data.val)

# %% [markdown]
# The mean rescues it (on most draws of the data; now and then early stopping gives up before the sum is
# found). Look at the lines: with the mean every step has a short way of its own to the head, so no
# gradient has far to go. That is one more way to the sum, not the proof of a bad memory: given the product, the last state
# did as well.
#
# So ask of every task: does the answer build up in small pieces that may be added? Then a mean over time
# is the cheapest memory there is, and it helps a GRU as well. Does what a step means depend on what came
# long before? Then somebody has to carry it, and that is what gates are for.

# %% [markdown]
# ## Often said, and what is true
#
# *Optional, 7 minutes.* Six sentences, each with the run that tests it. (A seventh, "a GRU's gradient does
# not vanish", you have tested above.)
#
# **"`dropout=0.5` in `nn.GRU` drops half of what comes out."** It acts between the layers and leaves the
# last one alone. Count the zeros.

# %% zeros in the output tags=["demonstration"]
lab.seed(0)
layer = nn.GRU(CHANNELS, 64, num_layers=2, dropout=0.5, batch_first=True).train()
output, _ = layer(data.train.x[:32])
print(f"zeros in the output: {(output == 0).sum()} of {output.numel()}")

# %% [markdown]
# What you want dropped before the head, drop with an `nn.Dropout` of your own.
#
# **"A relu in the place of the tanh cures the vanishing gradient."** It can do the reverse. Here are two
# plain RNNs with the same weights, four times as large as PyTorch starts them, and random readings.

# %% a relu that grows tags=["demonstration"]
for name in ("tanh", "relu"):
    lab.seed(0)
    layer = nn.RNN(CHANNELS, 64, nonlinearity=name, batch_first=True)
    with torch.no_grad():
        layer.weight_hh_l0 *= 4
        states, _ = layer(torch.randn(32, 60, CHANNELS))
    sizes = states.norm(dim=2).mean(dim=0)[[0, 9, 29, 59]]
    words = "  ".join(f"{size:.1e}" for size in sizes)
    print(f"{name}: size of the state after 1, 10, 30, 60 steps  {words}")

# %% [markdown]
# Nothing stops a relu from growing: what is multiplied by more than one at each step explodes, as what is
# multiplied by less than one vanishes. In a GRU the state is a mix of tanh's, so it stays between -1 and 1.
#
# **"Clipping a gradient turns it."** The gradient walks back through the same factors, so it explodes as well
# (**exploding gradients**). `clip_grad_norm_`, which `lab.fit` calls for `clip=1.0`, shortens it as a whole.

# %% a gradient that explodes tags=["demonstration"]
lab.seed(0)
layer = nn.RNN(CHANNELS, 64, nonlinearity="relu", batch_first=True)
with torch.no_grad():
    layer.weight_hh_l0 *= 4


def norm_of_gradient():
    return nn.utils.get_total_norm([weights.grad for weights in layer.parameters()]).item()


for steps in (1, 10, 30, 60):
    layer.zero_grad()
    layer(torch.randn(32, steps, CHANNELS))[0][:, -1].sum().backward()
    print(f"{steps:2} steps: norm of the gradient {norm_of_gradient():.1e}")
whole = layer.weight_hh_l0.grad.flatten().clone()
nn.utils.clip_grad_norm_(layer.parameters(), 1.0)
same = torch.cosine_similarity(whole, layer.weight_hh_l0.grad.flatten(), dim=0)
print(f"clipped: norm {norm_of_gradient():.1f}, cosine with the one before {same:.4f}")

# %% [markdown]
# It turns nowhere: what early and late steps have in the gradient stays in the same proportion. So clipping
# cures exploding gradients and brings no vanished one back.
#
#
# **"`batch_first=True`, so the state I hand in has its batch first too."** Never. Input and output have it
# first, states have the layers first.

# %% a state with its batch first tags=["demonstration"]
layer = nn.GRU(CHANNELS, 8, num_layers=2, batch_first=True)
try:
    layer(data.train.x[:32], torch.zeros(32, 2, 8))
except RuntimeError as error:
    print(error)
print("fine:", tuple(layer(data.train.x[:32], torch.zeros(2, 32, 8))[1].shape))

# %% [markdown]
# **"Without a batch dimension a GRU raises an error."** Since torch 1.11 two axes are *one sequence
# without a batch*. So four single readings are read as one sequence of four steps, in silence; only a
# wrong number of features is noticed.

# %% two axes tags=["demonstration"]
layer = nn.GRU(8, 16)
for shape in ((4, 8), (4, 10)):
    try:
        output, h_n = layer(torch.randn(shape))
        print(shape, "runs: output", tuple(output.shape), "h_n", tuple(h_n.shape))
    except RuntimeError as error:
        print(shape, "fails:", error)

# %% [markdown]
# **"Sequences of different lengths need packing."** For one direction there is a simpler way to the same
# numbers: pad, run, and pick each sequence's last *valid* state. For two directions it goes wrong, because
# the way back begins in the padding. (All about this in unit 4.)

# %% picked and packed tags=["demonstration"]
lengths = torch.tensor([40, 25, 10])
x = data.train.x[:3].clone()
for row, length in enumerate(lengths):
    x[row, length:] = 0  # padding
for both in (False, True):
    lab.seed(0)
    layer = nn.GRU(CHANNELS, 8, batch_first=True, bidirectional=both)
    with torch.no_grad():
        output, _ = layer(x)
        picked = output[torch.arange(3), lengths - 1]
        _, h_n = layer(pack_padded_sequence(x, lengths, batch_first=True))
        packed = torch.cat(list(h_n), dim=1)
    gaps = (picked - packed).abs().max(dim=0).values.split(8)
    words = [f"{way} {gap.max():.2f}" for way, gap in zip(("forward", "backward"), gaps)]
    how_many = "two directions" if both else "one direction"
    print(f"{how_many}, picked and packed differ by: " + ", ".join(words))

# %% [markdown]
# ## Bonus: both directions
#
# *Optional, 2 minutes.* Let a second GRU read the sequence from its end, and give the head both last
# states. Will it help here? Say yes or no and why, then build it in the cell below before you look
# further.
#
# <details><summary>A hint</summary>
#
# `bidirectional=True`. Now `h_n` has a row for each direction, `h_n[-2]` forward and `h_n[-1]` backward:
# `torch.cat([h_n[-2], h_n[-1]], dim=1)` is (B, 2H), so the head becomes `nn.Linear(2 * hidden, 2)`. With a
# head for H numbers PyTorch says «mat1 and mat2 shapes cannot be multiplied».
#
# </details>

# %% tags=["scratch"]
# Both directions: change what you like.


# %%
class BothWays(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.drop_in, self.drop_out = nn.Dropout(0.6), nn.Dropout(0.3)
        self.gru = nn.GRU(CHANNELS, hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden, 2)  # one half for each direction

    def forward(self, x):
        output, h_n = self.gru(self.drop_in(x))
        return self.head(self.drop_out(torch.cat([h_n[-2], h_n[-1]], dim=1)))

# %% tags=["demonstration"]
_ = experiment("both directions", BothWays, STOPPING, beside="your recipe")

# %% [markdown]
# Nothing is gained here: the sum is the same from either end, and one direction has it already. Two
# directions pay where what comes *later* explains what came before. That is unit 3.

# %% [markdown]
# ## Practice
#
# *Optional, 5 minutes.* Five questions, from easy to hard. Run a cell and choose below it, or write your
# letter into the cell and run it again. No points, as many tries as you like, and each answer has its reason.

# %% quiz="gru-practice-1"

# %% quiz="gru-practice-2"

# %% quiz="gru-practice-3"

# %% quiz="gru-practice-4"

# %% quiz="gru-practice-5"

# %% [markdown]
# ## Challenge
#
# *Optional, 11 minutes, 5 points.* Five problems, two minutes each. The clock is shown and stops nobody.
# Run the cell when you are ready; it says what counts.

# %% tags=["scratch"]
lab.challenge("gru")

# %% challenge="gru-challenge-1"

# %% challenge="gru-challenge-2"

# %% challenge="gru-challenge-3"

# %% challenge="gru-challenge-4"

# %% challenge="gru-challenge-5"

# %% [markdown]
# ## Key insight
#
# <div class="alert alert-success">
#
# **A gate is a learnt answer to the question "keep or replace?", asked anew at every step.** That is how a
# GRU learns to hold from far pulses alone, and a mistake just as long: give it nothing but the sum to
# hold. And before you buy more memory, spare the network a product and see.
#
# </div>
#
# **Next:** words, and the ones that come after: two directions.
