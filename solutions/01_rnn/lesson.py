# %% [markdown]
# # Rumble or hiss?
#
# **Recurrent networks, unit 1.** You will write a recurrent layer by hand, see that it is the same as
# `nn.RNN`, train it on the sound of bearings, watch it learn mistakes by heart, and repair it.
#
# You need basic PyTorch: tensors, `nn.Module`, the idea of a loss. The core takes about 52 minutes;
# all else is there when you want more.
#
# | section | | minutes |
# | :--- | :--- | ---: |
# | The beginning | core | 2 |
# | Hear it | core | 2 |
# | Test first | optional | 9 |
# | One step | core, 2 points | 5 |
# | Unroll it | core, 3 points | 6 |
# | Shapes | core, 4 points | 8 |
# | Train it | core | 4 |
# | Why order matters | core | 4 |
# | Overfit | core | 2 |
# | Repair it | core, 10 points | 18 |
# | Often said and what is true | optional | 6 |
# | Bugs that raise nothing | optional | 14 |
# | Bonus: LSTM | optional | 2 |
# | Practice | optional | 5 |
# | Challenge | optional, 5 points | 11 |
# | Key insight | core | 1 |
#
# **How it works.** Cells that say `# your code here` are yours. The cell below each of them checks your
# answer at once. Hints open one at a time: raise the number in the hint cell by one and run it again.

# %%
import math
import time
import warnings

import torch
import torch.nn.functional as F
from torch import nn

from grader import lab

data = lab.load("rumble")
CLIPS, STEPS, SENSORS = data.train.x.shape
print(f"{data}\ntorch {torch.__version__}")

# %% [markdown]
# ## Hear it
#
# *Core, 2 minutes.* A worn bearing rumbles, a dry one hisses. Eight sensors around it write down short
# clips of sixteen steps. Listen to two seconds of each sound.

# %% tags=["demonstration"]
lab.listen(data)

# %% [markdown]
# The clips are **simulated**, and on purpose: that way we know exactly how well a perfect listener can
# do, and can tell learning from memorising. And as in real life, a tired technician has put the wrong
# label on some of them. We will get back to that.
#
# Here are four clips as the network gets them, one line per sensor. Which two are rumbles? Decide, then
# run the next cell.

# %% tags=["demonstration"]
four = [1, 9, 10, 3]  # rows whose labels are right

lab.show_clips(
    {f"clip {letter}": data.train.x[row] for letter, row in zip("ABCD", four)},
    label="reading, in standard deviations",
)

# %% tags=["demonstration"]
print(", ".join(f"{x} {data.classes[data.train.y[row]]}" for x, row in zip("ABCD", four)))
lab.show_sequences(data.train, data.classes, wrong=data.wrong)

# %% [markdown]
# A rumble moves slowly: a reading is often followed by one like it. A hiss jumps back and forth.
#
# Could one tell them apart without watching the time? Take all readings of a class together, whatever their
# step, and compare how they are spread.

# %% tags=["demonstration"]
readings = {name: data.train.x[data.train.y == label] for label, name in enumerate(data.classes)}
for name, those in readings.items():
    print(f"{name:<7} mean {those.mean():+.2f}   standard deviation {those.std():.2f}")
lab.show_heaps(readings, title="All readings of each class", label="one reading, in standard deviations")

# %% [markdown]
# The two distributions are the same: a hiss is made of the same kind of readings as a rumble. **Only the
# order tells.** So we need something that reads in order, and remembers.

# %% [markdown]
# ## Test first
#
# *Optional, 9 minutes; or [skip the door](#One-step).* Ten questions, from easy to hard. For each wrong
# answer you are told which section to read; what you know already, you may pass over. Run all cells from
# the top before you jump ahead. Write one letter per question, and `-` for "not yet".

# %% door="rnn"

# %% [markdown]
# ## One step
#
# *Core, 5 minutes, 2 points.* A recurrent layer has a memory: a few numbers called its **state**, $h$.
# At every step it makes a new state from two things, the reading that has just come in and the state
# it had before. Then it goes on with the new one.
#
# With one sensor and one number of memory you can do it with a pocket calculator. Both lists below hold
# the same six readings; only their order differs.

# %%
def tiny_step(x, h):
    return math.tanh(x + 0.9 * h)

# %% tags=["demonstration"]
for name, readings in {"rumble": [1, 1, 1, -1, -1, -1], "hiss": [1, -1, 1, -1, 1, -1]}.items():
    h, states = 0.0, []
    for x in readings:
        h = tiny_step(x, h)
        states.append(f"{h:+.2f}")
    print(f"{name:<8} readings  " + "  ".join(f"{x:+5d}" for x in readings))
    print(f"{'':<8} states    " + "  ".join(states) + "\n")

# %% [markdown]
# Same readings, other order, other states. In the rumble a reading pushes the state further; in the hiss
# the next one pulls it back.
#
# The real layer does this with vectors, and for a whole batch of clips at once:
#
# $$h_t = \tanh\left(x_t W_{ih}^\top + b_{ih} + h_{t-1} W_{hh}^\top + b_{hh}\right)$$
#
# | name | shape | what it is |
# | :--- | :--- | :--- |
# | `x` | (B, C) | what C sensors read at this step, for each of B clips |
# | `h` | (B, H) | the state: H numbers for each clip |
# | `W_ih` | (H, C) | weights from **i**nput to **h**idden, one row per hidden number |
# | `W_hh` | (H, H) | weights from **h**idden to **h**idden |
# | `b_ih`, `b_hh` | (H,) | a bias beside each |
#
# The tanh keeps every number between -1 and 1, however long the clip. Write the step.

# %% answer="rnn-step"
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    """One step for a whole batch: x (B, C) and the old state h (B, H) give the new state (B, H)."""
    h_next = ...
    ### BEGIN SOLUTION
    h_next = torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
    ### END SOLUTION
    return h_next

# %% check="rnn-step"
lab.check("rnn-step", rnn_step)

# %% tags=["scratch"]
lab.hint("rnn-step", 0)  # three hints: 1, 2, 3

# %% [markdown]
# ## Unroll it
#
# *Core, 6 minutes, 3 points.* To read a clip, take the step again and again. Drawn out in time it looks
# like a long chain.

# %% tags=["demonstration"]
lab.show_unrolled(STEPS, channels=SENSORS)

# %% [markdown]
# It is **one box used sixteen times**: the same `W_ih`, `W_hh` and biases at every step. A clip of a
# thousand steps would need no further weights. And look at the arrows: the last state has heard everything,
# the first has heard one reading.
#
# In code the chain is a loop. Keep the state after every step. (If your `rnn_step` has not passed yet,
# write its line into the loop instead of calling it.)
#
# Training walks this chain backwards: a gradient goes from the last state through every step to the first.
# This is **backpropagation through time**. So compute with the tensors as they are, in `rnn_step` too. NumPy, `.item()`, `.detach()` or `no_grad` would
# cut the chain, and the check looks whether it holds.

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    """Read clips x (B, T, C) from the first step to the last; give every state, (B, T, H).

    The state before the first step is all zeros.
    """
    output = ...
    ### BEGIN SOLUTION
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    output = torch.stack(states, dim=1)
    ### END SOLUTION
    return output

# %% check="rnn-sequence"
lab.check("rnn-sequence", rnn_sequence)

# %% tags=["scratch"]
lab.hint("rnn-sequence", 0)

# %% [markdown]
# Is that really all that `nn.RNN` does? Give both the same weights and compare.

# %%
def rnn_with(W_ih, W_hh, b_ih, b_hh, **options):
    """Make an `nn.RNN` with these weights; `options` are handed on to it."""
    rnn = nn.RNN(W_ih.shape[1], W_ih.shape[0], **options)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    rnn.load_state_dict(dict(zip(names, (W_ih, W_hh, b_ih, b_hh))))
    return rnn


lab.seed(0)
weights = [torch.randn(8, SENSORS), torch.randn(8, 8), torch.randn(8), torch.randn(8)]

# %% tags=["demonstration"]
clips = data.train.x[:32]
theirs, _ = rnn_with(*weights, batch_first=True)(clips)
yours = rnn_sequence(clips, *weights)
if isinstance(yours, torch.Tensor) and yours.shape == theirs.shape:
    print(f"largest difference: {(yours - theirs).abs().max():.1e}")
else:
    print("Nothing to compare yet: rnn_sequence comes first.")

# %% [markdown]
# With a right answer the difference is rounding, a few millionths. You have written `nn.RNN`.
#
# Now touch one, with one or two numbers of memory: draw readings, push weights, press Play, and point at any
# number to read its formula. The lowest row is the gradient: how far the last state moves with each reading.

# %% tags=["demonstration"]
lab.play("rnn")

# %% [markdown]
# ## Shapes
#
# *Core, 8 minutes, 4 points.* Most bugs in recurrent networks are shapes, and the worst of them raise no
# error. Predict first: what comes out of this layer? Replace the question marks, then run.

# %% tags=["scratch"]
rnn = nn.RNN(input_size=8, hidden_size=12, num_layers=2, batch_first=True)
output, h_n = rnn(torch.randn(20, 16, 8))  # 20 clips, 16 steps, 8 sensors

guess_output = ("?", "?", "?")
guess_h_n = ("?", "?", "?")
print("output", tuple(output.shape), "  you said", guess_output)
print("h_n   ", tuple(h_n.shape), "  you said", guess_h_n)

# %% [markdown]
# `num_layers=2` stacks two layers: the upper one reads the states of the lower one as if they were
# sensors.
#
# - `output` is the **top layer** at **every step**: (batch, steps, hidden).
# - `h_n` is **every layer** at the **last step**: (layers, batch, hidden). The layers come first, whatever
#   `batch_first` says.
#
# The two meet in one place. To name a sound, the network's last part, its head, wants one vector per
# clip: the top layer's state after the last step. Pick it.

# %% answer="rnn-last-state"
def last_state(output, h_n):
    """From output (B, T, H) and h_n (layers, B, H), pick the top layer's last state, (B, H)."""
    state = ...
    ### BEGIN SOLUTION
    state = output[:, -1]
    ### END SOLUTION
    return state

# %% check="rnn-last-state"
lab.check("rnn-last-state", last_state)

# %% tags=["scratch"]
lab.hint("rnn-last-state", 0)

# %% [markdown]
# Now a bug of the silent kind. This function is meant to give one vector per clip. It runs, and its
# shape is right. But watch what happens to the last clip of a batch when somebody replaces all the
# *other* clips.

# %% clips flow into one another
def careless(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x)
    return output[:, -1]


def last_clip_moves(summarise):
    """How far the last clip's summary moves when only the other clips of its batch change."""
    clip, some, others = data.train.x[:1], data.train.x[1:32], data.train.x[32:63]
    with torch.no_grad():
        before = summarise(torch.cat([some, clip]), *weights)[-1]
        after = summarise(torch.cat([others, clip]), *weights)[-1]
    return (before - after).abs().max().item()


print("shape", tuple(careless(data.train.x[:32], *weights).shape))
print(f"the last clip moves by {last_clip_moves(careless):.2f}, and it should not move at all")

# %% [markdown]
# A clip's summary must not depend on its neighbours. (This probe is worth keeping: it finds the bug in
# any network.) Here is the same code for you to mend. One small change is enough.

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    """Read clips x (B, T, C) with an nn.RNN of these weights; give each clip's last state, (B, H)."""
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x)
    summary = output[:, -1]
    ### BEGIN SOLUTION
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    summary = output[:, -1]
    ### END SOLUTION
    return summary

# %% check="rnn-layout"
lab.check("rnn-layout", summarise)

# %% tags=["scratch"]
print(f"the last clip moves by {last_clip_moves(summarise):.2f}")
lab.hint("rnn-layout", 0)

# %% [markdown]
# ## Train it
#
# *Core, 4 minutes.* A classifier is a recurrent layer and a head. Here is the first one, with 64 numbers
# of memory.

# %%
class Classifier(nn.Module):
    """A recurrent layer reads a clip; a linear head turns its last state into two scores."""

    def __init__(self, hidden=64):
        super().__init__()
        self.rnn = nn.RNN(SENSORS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):  # (B, T, C)
        output, h_n = self.rnn(x)  # (B, T, H) and (1, B, H)
        return self.head(output[:, -1])  # (B, 2): a score for rumble, a score for hiss

# %% [markdown]
# And this is training, written out once from end to end. Every later run in this course is this loop.

# %% tags=["demonstration"]
lab.seed(0)
model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
shuffle = torch.Generator().manual_seed(0)
started = time.perf_counter()


def percent_right(split):
    model.eval()  # dropout off, if there is any
    with torch.no_grad():  # measuring needs no gradients
        return 100 * (model(split.x).argmax(dim=1) == split.y).double().mean().item()


for epoch in range(1, 41):
    model.train()  # dropout on, if there is any
    for rows in torch.randperm(CLIPS, generator=shuffle).split(32):  # all clips, in a new order
        scores = model(data.train.x[rows])  # 1. guess
        loss = F.cross_entropy(scores, data.train.y[rows])  # 2. how wrong was that?
        optimizer.zero_grad()  # 3. forget the last gradients
        loss.backward()  # 4. which weight had what share in it?
        optimizer.step()  # 5. move each weight a little
    if epoch % 8 == 0:
        print(
            f"epoch {epoch:2}   training {percent_right(data.train):5.1f}%"
            f"   validation {percent_right(data.val):5.1f}%"
        )
print(f"(seed 0, cpu, {time.perf_counter() - started:.1f} s)")

# %% [markdown]
# Three habits are hidden in it. `train()` before learning and `eval()` before measuring. Both accuracies
# are measured **after** the epoch, over the whole split, so they belong to one and the same model. And
# `cross_entropy` gets raw scores, which are called **logits**: no softmax before it.

# %% [markdown]
# ## Why order matters
#
# *Core, 4 minutes.* The network has learnt something: its validation accuracy is well above the 50% of a
# coin. Now we play it the same validation clips in three ways: as they are, backwards, and with the
# sixteen steps of each clip shuffled. Guess all three before you run the cell.

# %%
def shuffled(split, seed=0):
    """The same clips, each with its steps in a random order of its own; labels stay."""
    dice = torch.Generator().manual_seed(seed)
    order = torch.rand(len(split), STEPS, generator=dice).argsort(dim=1)
    return lab.Split(split.x.gather(1, order[:, :, None].expand_as(split.x)), split.y)

# %% tags=["demonstration"]
backwards = lab.Split(data.val.x.flip(1), data.val.y)
print(f"as they are   {percent_right(data.val):.1f}%")
print(f"backwards     {percent_right(backwards):.1f}%")
print(f"shuffled      {percent_right(shuffled(data.val)):.1f}%   a coin gives 50")

# %% [markdown]
# Shuffled, not one reading is lost, and yet nothing is left to hear: **the order was all there was**.
# Backwards is no trouble, for a rumble played backwards is still a rumble.
#
# Perhaps the network only needs to get used to shuffled clips? Train a new one on them.

# %%
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
BASELINE = dict(epochs=50, lr=3e-3, batch_size=32)
lines = {}


def experiment(name, build, settings, train=data.train, val=data.val, beside=None, plot=False):
    """Seed, build, train, measure; print one line, below an earlier one where `beside` names it."""
    lab.seed(0)
    model = build()
    history = lab.fit(model, train, val, **settings, seed=0, device=DEVICE, plot=plot, title=name)
    kept, seconds = history.kept, history.records[-1].seconds
    learnt, wrong = lab.learnt_by_heart(model, train, data.wrong)
    lines[name] = (
        f"{name:<23} train {kept.train_accuracy:5.1f}%  val {kept.val_accuracy:4.1f}%"
        f"  loss {kept.train_loss:.2f}/{kept.val_loss:.2f}"
        f"  by heart {learnt:2}/{wrong}  (seed 0, {DEVICE}, {seconds:.1f} s)"
    )
    print(*[lines[shown] for shown in (beside, name) if shown], sep="\n")
    return model, history

# %% tags=["demonstration"]
noise_train, noise_val = shuffled(data.train), shuffled(data.val)
_ = experiment("on shuffled clips", Classifier, BASELINE, noise_train, noise_val)

# %% [markdown]
# Read that line twice. The training accuracy says *all right*; validation says *a coin*. There was nothing
# to understand, so the network learnt the clips **by heart**, wrong labels and all: it has *memorised* them,
# as the field says. Keep this in mind.

# %% [markdown]
# ## Overfit
#
# *Core, 2 minutes.* Back to the real clips. `lab.fit` is the loop you have just read, with curves that move
# while it trains. ■ stops it at any time. First a guess: how will the accuracy on the validation clips go over
# 50 epochs? Draw it; the run shows both.

# %% tags=["demonstration"]
lab.guess("baseline", epochs=BASELINE["epochs"])

# %% tags=["demonstration"]
before, history_before = experiment("baseline", Classifier, BASELINE, plot=True)

# %% [markdown]
# The two curves part: training climbs on after validation has stopped. What can there be to learn on the
# training clips that helps with no others?
#
# Their mistakes. We know which labels the technician got wrong. A wrong label follows from nothing in the
# clip, so a network that gives nearly all of them back has learnt them by heart. (A network that has learnt
# nothing at all gives back about half, as a coin would.) Each bar below is one wrong label.

# %% tags=["demonstration"]
lab.show_memorised(before, data.train, data.wrong)

# %% [markdown]
# ## Repair it
#
# *Core, 18 minutes, 10 points.* This is the exercise that the rest was for.
#
# | | training | validation | |
# | :--- | ---: | ---: | :--- |
# | **before** | about 100 | about 75 | the line *baseline* above |
# | **goal** | **below 92** | **at least 85** | both at once |
#
# **Rules.** Change the architecture and the training settings, nothing else. The data stays, and so does
# an `nn.RNN`: the network's answer has to come from it. All accuracies are measured in eval mode.
#
# *Below* 92 on the training clips? Yes. You will see why afterwards.
#
# What counts is your **recipe**, not one lucky network. The check runs it on three data sets drawn anew,
# takes the middle one of the three results, and looks at clips kept back as well. Where two agree, the third
# could not change the verdict and is left out. It is a little milder than the goal, so bad luck does no harm;
# half the points are yours if only the training accuracy is too high, or if unseen clips miss the goal by a
# little. A repair is worth something if it works on data you have not seen.
#
# Names are drawn anew, too: the eight sensors come mixed with one another, and class 0 here may be class 1
# there. What neighbouring readings tell stays, so a network that learns from its clips never notices.

# %% [markdown]
# ### Three predictions
#
# Before you repair anything: three single changes to the baseline that everybody tries. For each, say
# first what it will do, then run it: the run says how your guess did.

# %% quiz="rnn-predict-1"

# %% tags=["demonstration"]
longer = BASELINE | dict(epochs=2 * BASELINE["epochs"])
_ = experiment("twice the epochs", Classifier, longer, beside="baseline")
lab.reveal("rnn-predict-1")

# %% quiz="rnn-predict-2"

# %%
class LateDropout(Classifier):
    def forward(self, x):
        output, h_n = self.rnn(x)
        return self.head(F.dropout(output[:, -1], 0.5, self.training))

# %% tags=["demonstration"]
_ = experiment("dropout before the head", LateDropout, BASELINE, beside="baseline")
lab.reveal("rnn-predict-2")

# %% quiz="rnn-predict-3"

# %% tags=["demonstration"]
_ = experiment("early stopping", Classifier, BASELINE | dict(patience=5), beside="baseline")
lab.reveal("rnn-predict-3")

# %% [markdown]
# ### Your repair
#
# Below is the baseline as a recipe. Change the network and `settings`; `train_model` puts them together,
# and you may write a loop of your own in it. `lab.fit` knows these settings: `epochs`, `lr`, `batch_size`,
# `weight_decay`, `label_smoothing`, `patience`, `clip`. The network that comes back is called as this one
# is and gives its logits and nothing else.

# %% tags=["demonstration"]
lab.repair_lab("rnn-repair")  # try recipes with a form; what works, take over as code

# %% tags=["scratch"]
lab.hint("rnn-repair", 0)  # four hints: 1, 2, 3, 4

# %% answer="rnn-repair"
class Repaired(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.rnn = nn.RNN(SENSORS, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        output, h_n = self.rnn(x)
        return self.head(output[:, -1])


def build_model():
    return Repaired(hidden=64)


settings = dict(epochs=50, lr=3e-3, batch_size=32)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model


### BEGIN SOLUTION
class Repaired(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.drop_in = nn.Dropout(0.4)  # a clip never looks the same twice
        self.rnn = nn.RNN(SENSORS, hidden, batch_first=True)  # little room to learn by heart
        self.drop_out = nn.Dropout(0.2)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x):
        output, h_n = self.rnn(self.drop_in(x))
        return self.head(self.drop_out(output[:, -1]))


def build_model():
    return Repaired(hidden=24)


settings = dict(epochs=60, lr=5e-3, batch_size=32, patience=15)
### END SOLUTION

# %% [markdown]
# Try it on the clips of this page as often as you like. The two dotted lines are the goal.

# %% tags=["demonstration"]
after, history_after = experiment("your recipe", build_model, settings, beside="baseline", plot=True)

# %% [markdown]
# And when it looks right there: does it hold on clips that neither you nor it have seen?

# %% check="rnn-repair"
lab.check("rnn-repair", train_model)

# %% [markdown]
# ### After

# %% tags=["demonstration"]
lab.compare(history_before, history_after)

# %% tags=["demonstration"]
lab.show_memorised(after, data.train, data.wrong)

# %% [markdown]
# And on the validation clips: which class is taken for which? Then look into your network. A state has many
# numbers; drawn are the two directions in which states differ most (their first two principal components).
# Each line is one clip, from its first step to its last.

# %% tags=["demonstration"]
lab.show_confusion({"before": before, "after": after}, data.val, data.classes)

# %% tags=["demonstration"]
lab.show_trajectory(after, data.val, data.classes, wrong=data.wrong_val)

# %% [markdown]
# And one clip at a time: play it, and watch states and answer move. Change a reading, or reverse the clip.

# %% tags=["demonstration"]
lab.walk(after, data.val, data.classes)

# %% [markdown]
# ### What the numbers mean
#
# Why is a *lower* training accuracy better? Here is a listener that needs no training at all. It multiplies
# each reading with the next one. Neighbours with the same sign give a positive product, neighbours that
# jump a negative one; a positive sum is a rumble. In these clips it is right about **every single one**.

# %%
def perfect_listener(split):
    together = (split.x[:, 1:] * split.x[:, :-1]).sum(dim=(1, 2))
    return (together < 0).long()

# %% tags=["demonstration"]
for name, split, wrong in (("training", data.train, data.wrong), ("validation", data.val, data.wrong_val)):
    agrees = perfect_listener(split) == split.y
    print(
        f"{name:<10} agrees with {100 * agrees.double().mean():.1f}% of the labels;"
        f" disagrees with {(~agrees).sum()}, wrong labels among them {(~agrees & wrong).sum()}"
    )

# %% [markdown]
# It disagrees with the wrong labels and with no others. So that first number is the **ceiling**: nobody who
# only understands bearings can score higher, on any split. Whoever scores 92 on the training clips has
# learnt some mistakes; whoever scores 98, most of them. That is the reason for *below 92*.
#
# The loss has such a limit too, and for the same reason: a listener that is as sure as it ought to be.

# %% tags=["demonstration"]
share = data.wrong.double().mean().item()
floor = -share * math.log(share) - (1 - share) * math.log(1 - share)
print(f"honest loss {floor:.2f}")
for name, history in (("baseline", history_before), ("your recipe", history_after)):
    kept = history.kept
    print(f"{name:<12} training loss {kept.train_loss:.2f}   validation loss {kept.val_loss:.2f}")

# %% [markdown]
# A training loss far below the honest one is a bet on mistakes; the validation loss is where the bet is
# lost. The baseline is not only wrong more often, it is sure of itself when it is wrong. (With dropout a
# training loss may stand above the validation loss: it is taken with dropout on.)

# %% [markdown]
# **In your own words.** Explain to a colleague, in three or four sentences, why your repair works: what could
# the baseline do that yours cannot, and what does yours still do? A teacher may read this; no program does.

# %% [markdown] explain="rnn-repair-why"
# *Your words here.*

# %% [markdown]
# ## Often said and what is true
#
# *Optional, 6 minutes.* Five sentences from the internet, each with the run that tests it.
#
# **"`nn.RNN(…, dropout=0.5)` regularises."** It puts dropout *between* stacked layers. With one layer
# there is no between: it does nothing, and says so in a warning, which we catch here to read it.

# %%
def with_dropout_argument():
    model = Classifier()
    model.rnn.dropout = 0.5  # what nn.RNN(..., dropout=0.5) sets
    return model

# %% dropout between no layers tags=["demonstration"]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    nn.RNN(SENSORS, 64, batch_first=True, dropout=0.5)
print(f"the warning: {caught[0].message}\n")

after_dropout, _ = experiment("dropout=0.5", with_dropout_argument, BASELINE, beside="baseline")
pair = lab.logits(before, data.val), lab.logits(after_dropout, data.val)
print(f"\nthe same scores to the last bit: {torch.equal(*pair)}")

# %% [markdown]
# Put an `nn.Dropout` of your own where you want it, or stack layers.
#
# **"The training accuracy is what the loop adds up while it trains."** That number is taken with dropout
# on, and over weights that move. Here is one network, measured in both modes.

# %%
class EarlyDropout(Classifier):
    def forward(self, x):
        return super().forward(F.dropout(x, 0.5, self.training))

# %% accuracy in both modes tags=["demonstration"]
model, _ = experiment("dropout on the input", EarlyDropout, BASELINE, beside="baseline")
model.train()  # on purpose: this is how not to measure
lab.seed(0)
with torch.no_grad():
    x, y = data.train.x.to(DEVICE), data.train.y.to(DEVICE)
    passes = [100 * (model(x).argmax(dim=1) == y).double().mean().item() for _ in range(3)]
print("\nits training accuracy")
print("  in train mode, three times:", "  ".join(f"{score:.1f}%" for score in passes))
print(f"  in eval mode:               {lab.accuracy(model, data.train):.1f}%")

# %% [markdown]
# Measured in train mode the gap to validation looks smaller than it is. Use eval mode, after the epoch.
#
# **"Our accuracy is that of the best epoch in the log."** The weights of that epoch are gone, unless
# somebody kept a copy. `state_dict()` is no copy: it shows the live weights.

# %% a copy that is none tags=["demonstration"]
layer = nn.Linear(2, 1)
kept = layer.state_dict()
number = kept["weight"][0, 0].item()
with torch.no_grad():
    layer.weight += 1  # as an optimiser does: in place
print(f"kept {number:.2f}, and now it says {kept['weight'][0, 0]:.2f}")

best = max(history_before.records, key=lambda epoch: epoch.val_accuracy)
print(f"best epoch in the baseline's log: {best.val_accuracy:.1f}% (epoch {best.epoch})")
print(f"the network we have:              {lab.accuracy(before, data.val):.1f}%")

# %% [markdown]
# `copy.deepcopy(model.state_dict())` keeps them. `lab.fit(…, patience=…)` does that, and puts the best
# weights back before it returns, so that its number belongs to the network in your hands.
#
# **"For a first try, random labels will do."** Nothing can be understood about them; they can only be
# learnt by heart.

# %% tags=["demonstration"]
coin = torch.Generator().manual_seed(0)
tossed = [lab.Split(s.x, torch.randint(2, (len(s),), generator=coin)) for s in (data.train, data.val)]
lab.seed(0)
history = lab.fit(Classifier(), *tossed, **BASELINE, seed=0, device=DEVICE, plot=False)
print(f"random labels (seed 0, {DEVICE}): {history}")

# %% [markdown]
# **"A classifier ends in a softmax."** `cross_entropy` does that itself. A second softmax squeezes all
# scores between 0 and 1, and the loss can no longer fall below 0.31, however sure the network is.

# %%
class Squeezed(Classifier):
    def forward(self, x):
        return super().forward(x).softmax(dim=1)

# %% softmax before the loss tags=["demonstration"]
sure = torch.tensor([[1.0, 0.0]])  # the surest output that a softmax can give
print(f"lowest loss after a softmax: {F.cross_entropy(sure, torch.tensor([0])):.3f}")
_, history = experiment("softmax before the loss", Squeezed, BASELINE, beside="baseline")
for name, run in (("scores", history_before), ("softmax", history)):
    losses = "  ".join(f"{run.records[epoch - 1].train_loss:.2f}" for epoch in (10, 30, 50))
    print(f"{name:<8} training loss after 10, 30, 50 epochs:  {losses}")

# %% [markdown]
# ## Bugs that raise nothing
#
# *Optional, 14 minutes.* The loop of *Train it* is short, and nearly each line of it can be wrong without an
# error. Here such bugs are made on purpose, each beside the right line. What they have in common: a
# question of one line would have found them.
#
# **Does it say the same twice?** In eval mode, two passes over the same clips must give the same scores.

# %%
class DropsAlways(Classifier):
    def forward(self, x):
        return super().forward(F.dropout(x, 0.5))  # `self.training` is forgotten: on in eval mode, too


class StartsAnywhere(Classifier):
    def forward(self, x):
        start = torch.randn(1, len(x), self.rnn.hidden_size)  # random, in the place of zeros
        output, h_n = self.rnn(x, start)
        return self.head(output[:, -1])

# %% two passes in eval mode tags=["demonstration"]
for name, build in (
    ("as it should be", Classifier),
    ("F.dropout(x, 0.5)", DropsAlways),
    ("random first state", StartsAnywhere),
):
    lab.seed(0)
    model = build().eval()
    model.load_state_dict(before.state_dict())  # the baseline's weights for all three
    with torch.no_grad():
        once, again = model(data.val.x), model(data.val.x)
    print(f"{name:<20} two passes differ by {(once - again).abs().max():.2f}")

# %% [markdown]
# `nn.Dropout` as a layer of the model asks for nothing and obeys `eval()`; the function has to be told,
# `F.dropout(x, 0.5, self.training)`.
#
# **In which mode does it learn?** `eval()` stays until somebody says `train()`. A loop that measures, and
# has `train()` only once, above it, learns without dropout from the second epoch on. And
# `eval()` does not stop PyTorch from writing down what a gradient would need; that is `torch.no_grad()`.

# %% the mode of each epoch tags=["demonstration"]
for name, every_epoch in (("train() in each epoch", True), ("train() once, above the loop", False)):
    model = Classifier().train()
    modes = []
    for _epoch in range(4):
        if every_epoch:
            model.train()
        modes.append("on" if model.training else "off")
        model.eval()  # to measure
    print(f"{name:<30} dropout in epochs 1 to 4: {', '.join(modes)}")

# %% measuring with a gradient tags=["demonstration"]
model = Classifier().eval()
loss = F.cross_entropy(model(data.val.x), data.val.y)
print("eval() alone:            the loss still drags its history along:", loss.requires_grad)
with torch.no_grad():
    loss = F.cross_entropy(model(data.val.x), data.val.y)
print("eval() and no_grad():    the loss still drags its history along:", loss.requires_grad)

# %% [markdown]
# A list of such losses keeps every state behind them, and the memory fills up.
#
# **How large is the gradient at the step?** Take the same batch four times and step nowhere: the gradient has
# no reason to change. And a clip at 0.1 must leave no more than 0.1.

# %%
def size_of_gradient(model):
    return nn.utils.get_total_norm([weights.grad for weights in model.parameters()]).item()

# %% the size of the gradient tags=["demonstration"]
x, y = data.train.x[:32], data.train.y[:32]
for name, clear in (("with zero_grad()", True), ("without", False)):
    lab.seed(0)
    model = Classifier()
    sizes = []
    for _turn in range(4):
        if clear:
            model.zero_grad()
        F.cross_entropy(model(x), y).backward()
        sizes.append(f"{size_of_gradient(model):.2f}")
    print(f"{name:<28} {'  '.join(sizes)}")

for name, clip_first in (("backward, then clip", False), ("clip, then backward", True)):
    lab.seed(0)
    model = Classifier()
    if clip_first:
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)  # there is no gradient yet to be clipped
    F.cross_entropy(model(x), y).backward()
    if not clip_first:
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    print(f"{name:<28} {size_of_gradient(model):.2f}")

# %% [markdown]
# **Does the optimiser hold what the model holds?** It gets a list of weights when it is made. A model made
# anew afterwards has other ones; and layers in a plain Python list are not found at all.

# %% whose weights are moved tags=["demonstration"]
for name, made_anew in (("model, then optimiser", False), ("... and the model anew", True)):
    lab.seed(0)
    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    if made_anew:
        model = Classifier()
    losses = []
    for _step in range(5):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(f"{loss.item():.3f}")
    print(f"{name:<28} losses {'  '.join(losses)}")


class Stacked(nn.Module):
    def __init__(self, holder):
        super().__init__()
        layers = [nn.RNN(SENSORS, 8, batch_first=True), nn.RNN(8, 8, batch_first=True)]
        self.layers = holder(layers)
        self.head = nn.Linear(8, 2)


for name, holder in (("layers in nn.ModuleList", nn.ModuleList), ("layers in a list", list)):
    print(f"{name:<28} {sum(w.numel() for w in Stacked(holder).parameters())} weights to be trained")

# %% [markdown]
# **Is it the number you mean?** Scores are (B, classes): the best class is along `dim=1`. Labels and guesses
# are (B,) both: a column (B, 1) against a row (B,) makes a table of every clip with every other one, and
# its mean is no accuracy. And while a network learns, the mean over an epoch's batches describes many
# networks, none of which is the one you have.

# %% the number that is meant tags=["demonstration"]
scores, labels = lab.logits(before, data.val), data.val.y
guesses = scores.argmax(dim=1)
print("argmax(dim=1)", tuple(guesses.shape), "   argmax(dim=0)", tuple(scores.argmax(dim=0).shape))
print("of two clips:", guesses[:2].tolist(), "against", scores[:2].argmax(dim=0).tolist(), "and no error")

column = labels[:, None]  # (B, 1)
print(f"(B,) against (B,):   {100 * (guesses == labels).double().mean():.1f}% right")
table = guesses == column  # (B, B)
print(f"(B,) against (B, 1): {100 * table.double().mean():.1f}% of {table.numel():,}")

lab.seed(0)
model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(1, 21):
    right = 0
    for rows in torch.randperm(CLIPS).split(32):
        scores = model(data.train.x[rows])
        right += (scores.argmax(dim=1) == data.train.y[rows]).sum().item()
        optimizer.zero_grad()
        F.cross_entropy(scores, data.train.y[rows]).backward()
        optimizer.step()
print(f"epoch {epoch}: summed up on the way {100 * right / CLIPS:.1f}%, after it", end=" ")
print(f"{lab.accuracy(model, data.train):.1f}%")

# %% [markdown]
# **Does the loss get what it expects?** `cross_entropy` wants scores, `nll_loss` wants *logarithms* of
# probabilities. Given the probabilities themselves it runs, and a loss below zero gives it away.

# %% what nll_loss expects tags=["demonstration"]
scores = lab.logits(before, data.val)
print(f"cross_entropy of the scores     {F.cross_entropy(scores, labels):+.3f}")
print(f"nll_loss of log_softmax         {F.nll_loss(scores.log_softmax(dim=1), labels):+.3f}")
print(f"nll_loss of softmax             {F.nll_loss(scores.softmax(dim=1), labels):+.3f}")

# %% [markdown]
# **In which order do the clips come?** Sorted by label, the network hears rumbles only, then hisses only,
# and each time unlearns the other. Shuffle the training clips. And give the shuffling a generator of its
# own, or one more layer in the network draws numbers from the same source and every later order changes:
# two runs with "the same seed" then differ in two things.

# %% the order of the clips tags=["demonstration"]
for name, is_sorted in (("shuffled", False), ("sorted by label", True)):
    lab.seed(0)
    model, shuffle = Classifier(), torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _epoch in range(20):
        order = data.train.y.argsort() if is_sorted else torch.randperm(CLIPS, generator=shuffle)
        for rows in order.split(32):
            optimizer.zero_grad()
            F.cross_entropy(model(data.train.x[rows]), data.train.y[rows]).backward()
            optimizer.step()
    right = [lab.accuracy(model, split) for split in (data.train, data.val)]
    print(f"{name:<16} after 20 epochs: train {right[0]:.1f}%  val {right[1]:.1f}%  (seed 0, cpu)")

# %% one more layer, another order tags=["demonstration"]
for name, layers in (("one layer", 1), ("two layers", 2)):
    lab.seed(0)
    nn.RNN(SENSORS, 8, layers)
    shared = torch.randperm(CLIPS)[:5].tolist()
    own = torch.randperm(CLIPS, generator=torch.Generator().manual_seed(0))[:5].tolist()
    print(f"{name:<11} first clips, from the seed of all: {shared}   from a generator: {own}")

# %% [markdown]
# **And three that are loud.** Read the messages once. The last one gives bad advice: ids of words are not
# to be computed with in whole numbers; they go through an embedding first (unit 3).

# %% three that are loud tags=["demonstration"]
for name, run in (
    ("50 for one half", lambda: nn.Dropout(50)),
    ("numbers of NumPy", lambda: nn.RNN(5, 8)(torch.randn(3, 5, dtype=torch.float64))),
    ("ids of words", lambda: nn.RNN(5, 8)(torch.ones(3, 5, dtype=torch.int64))),
):
    try:
        run()
    except ValueError as error:
        print(f"{name:<17} ValueError: {error}")

# %% [markdown]
# ## Bonus: LSTM
#
# *Optional, 2 minutes.* An LSTM is a recurrent layer with gates and a second state. Put one into the
# baseline in place of the RNN. How much of the repair does a better layer do by itself? Try it here
# before you look below.
#
# <details><summary>A hint</summary>
#
# `nn.LSTM` takes the same arguments. It returns `output, (h_n, c_n)`: its state is a pair. Code that reads
# `output[:, -1]` need not change; code that reads `h_n[-1]` has to unpack the pair first.
#
# </details>

# %% tags=["scratch"]
# Your LSTM here, for instance: _ = experiment("my LSTM", MyLSTM, BASELINE, beside="baseline")


# %%
class WithLSTM(Classifier):
    def __init__(self, hidden=64):
        super().__init__(hidden)
        self.rnn = nn.LSTM(SENSORS, hidden, batch_first=True)

# %% tags=["demonstration"]
_ = experiment("LSTM", WithLSTM, BASELINE, beside="baseline")

# %% [markdown]
# It listens better, and it still learns mistakes by heart. A stronger layer is no cure for
# overfitting; what you did to the RNN would help it too.
#
# What its gates and its second state do can be tried on one number. Press *Counts*, then *Play*.

# %% tags=["demonstration"]
lab.play("lstm")

# %% [markdown]
# ## Practice
#
# *Optional, 5 minutes.* Five questions, from easy to hard. Run a cell and choose below it, or write your
# letter into the cell and run it again. No points, as many tries as you like, and each answer has its reason.

# %% quiz="rnn-practice-1"

# %% quiz="rnn-practice-2"

# %% quiz="rnn-practice-3"

# %% quiz="rnn-practice-4"

# %% quiz="rnn-practice-5"

# %% [markdown]
# ## Challenge
#
# *Optional, 11 minutes, 5 points.* Five problems, two minutes each. The clock is shown and stops nobody.
# Run the cell when you are ready; it says what counts.

# %% tags=["scratch"]
lab.challenge("rnn")

# %% challenge="rnn-challenge-1"

# %% challenge="rnn-challenge-2"

# %% challenge="rnn-challenge-3"

# %% challenge="rnn-challenge-4"

# %% challenge="rnn-challenge-5"

# %% [markdown]
# ## Key insight
#
# <div class="alert alert-success">
#
# **A recurrent layer is one small box used at every step. What it hands on is its state, and that is why
# order matters.** It has room to learn clips by heart, mistakes included; a repair takes away the room
# and leaves the order.
#
# </div>
#
# **Next:** clips of forty steps, where a plain RNN forgets, and a layer with gates that does not.
