# %% [markdown]
# # The next word
#
# **Recurrent networks, unit 5.** You will count which word follows which, turn sentences into a task,
# walk through a GRU language model stage by stage, measure how unsure it is, see it lose against mere
# counting, and repair it.
#
# You need basic PyTorch and what a recurrent layer does (unit 1). The core takes about 65 minutes; all
# else is there when you want more.
#
# | section | | minutes |
# | :--- | :--- | ---: |
# | The beginning | core | 2 |
# | Guess the word | core | 1 |
# | Test first | optional | 8 |
# | Count pairs | core, 2 points | 6 |
# | Shift by one | core, 3 points | 5 |
# | Six stages | core | 9 |
# | Perplexity | core, 3 points | 5 |
# | Five epochs | core | 3 |
# | Overfit | core | 3 |
# | Repair it | core, 10 points | 16 |
# | A sentence of your own | core, 2 points | 14 |
# | Silent errors | optional | 9 |
# | Bonus: one table of words | optional | 3 |
# | Practice | optional | 5 |
# | Challenge | optional, 5 points | 11 |
# | Key insight | core | 1 |
# | And now your own | optional | 1 |
#
# **How it works.** Cells that say `# your code here` are yours. The cell below each of them checks your
# answer at once. Hints open one at a time: raise the number in the hint cell by one and run it again.

# %%
import math

import torch
import torch.nn.functional as F
from torch import nn

from grader import lab

data = lab.load("sentences")
text = lab.recipe("sentences").raw()  # the same sentences as they are written
WORDS = len(data.classes)
PAD, UNK, START = 0, 1, 2  # the first three "words": padding, unknown, and <s> for start and end
print(f"{data}\ntorch {torch.__version__}")

# %% [markdown]
# ## Guess the word
#
# *Core, 1 minute.* Four sentences, each cut off. What is the next word? Decide, then run the cell below.

# %% tags=["demonstration"]
four = [text["val"][row].split() for row in (1, 5, 8, 13)]
for words in four:
    print(" ".join(words[:-1]), "…")

# %% tags=["demonstration"]
for words in four:
    print(" ".join(words))

# %% [markdown]
# Nobody gets them all right: often several words would do. So a **language model** does not name a
# word. It gives *every* word a probability of being next.

# %% [markdown]
# ## Test first
#
# *Optional, 8 minutes; or [skip the door](#Count-pairs).* Ten questions, from easy to hard. For each wrong
# answer you are told which section to read; what you know already, you may pass over. Run all cells from
# the top before you jump ahead. Write one letter per question, and `-` for "not yet".

# %% door="text"

# %% [markdown]
# ## Count pairs
#
# *Core, 6 minutes, 2 points.* The simplest language model only counts. Here are 1000 sentences (they come from a dictionary, WordNet, whose
# examples they are). What came after "the", and what at the start of a sentence?

# %%
ids = {word: number for number, word in enumerate(data.classes)}


def coded(lines, width=11):
    """Sentences as word ids, <s> before and behind them, zeros up to `width`: (N, width)."""
    table = torch.zeros(len(lines), width, dtype=torch.long)
    for row, line in enumerate(lines):
        said = [ids.get(word, UNK) for word in line.split()]
        table[row, : len(said) + 2] = torch.tensor([START, *said, START])
    return table


def after_word(word):
    """How often each word came right after this one in the training sentences: (WORDS,)."""
    following = data.train.y[(data.train.x == ids[word]) & (data.train.y >= 0)]
    return torch.bincount(following, minlength=WORDS)


# %% tags=["demonstration"]
for word in ("the", "<s>", "of"):
    followers = after_word(word)
    often = [f"{data.classes[i]} {followers[i]}" for i in followers.topk(6).indices if followers[i] > 0]
    print(f"after {word!r}, {followers.sum()} times:  {',  '.join(often)}")

# %% [markdown]
# `<s>` marks where a sentence starts, and where it ends. `<unk>` stands for every word that is not among the
# 2500 in our list: names, rare things, nearly a fourth of all words. It is the likeliest word almost
# everywhere, and it tells nobody anything; later we will count it apart.
#
# A model that looks at one word to guess the next is called a **bigram** model: it is a table of pairs. Make
# that table. Each row of `sentences` holds ids: 2 (`<s>`), the words, 2 again, then zeros that only
# fill the row up. Row `a`, column `b` of your table says how often word `b` came right after word `a`.

# %% answer="text-bigrams"
def bigram_counts(sentences, words):
    """How often b comes right after a, as counts[a, b]: (words, words), from sentences (B, L).

    The zeros behind a sentence are no text.
    """
    counts = torch.zeros(words, words, dtype=torch.long)
    ### BEGIN SOLUTION
    for row in sentences.tolist():
        for a, b in zip(row, row[1:]):
            if b != 0:
                counts[a, b] += 1
    ### END SOLUTION
    return counts

# %% check="text-bigrams"
lab.check("text-bigrams", bigram_counts)

# %% tags=["scratch"]
lab.hint("text-bigrams", 0)  # three hints: 1, 2, 3

# %% [markdown]
# How much of the language does such a table know? Count over all 1000 sentences, then look up the pairs of
# 1000 *other* ones.

# %%
def pairs(split):
    real = split.y >= 0
    return list(zip(split.x[real].tolist(), split.y[real].tolist()))

# %% tags=["demonstration"]
known, asked = set(pairs(data.train)), pairs(data.val)
print(f"different pairs in the training sentences: {len(known)} of {WORDS * WORDS:,} possible")
unseen = sum(pair not in known for pair in asked)
share = 100 * unseen / len(asked)
print(f"pairs in the validation sentences: {len(asked)}, never seen before: {share:.0f}%")
table = bigram_counts(coded(text["train"]), WORDS)
if isinstance(table, torch.Tensor) and table.sum() > 0:
    print(f"your table: {(table > 0).sum()} different pairs, {table.sum()} in all")

# %% [markdown]
# More than four pairs in ten are new, and to call those impossible would be foolish. So a good counting model takes
# a little off each pair it has seen (0.75 of a count) and shares it out over all words, the frequent ones
# first. Such a model is cheap, made in a second, and **hard to beat**. It is the bar for what follows.

# %% [markdown]
# ## Shift by one
#
# *Core, 5 minutes, 3 points.* A bigram model sees one word back. A recurrent network sees all of them: its
# state has read the sentence so far. What should it learn from? From the sentence itself. Lay it over itself,
# shifted by one: **each word is the answer to the words before it**.

# %% tags=["demonstration"]
example = next(line.split() for line in text["train"] if len(line.split()) == 5)
lab.show_shifted(example, steps=8)

# %% [markdown]
# So a sentence of five words gives six questions, and nobody had to label anything. Behind its end there
# is padding, which is read but asks nothing: there the target is **-100**, the number that PyTorch's
# `cross_entropy` passes over.
#
# Write it. (What if you forget the shift? It runs, without any error, and the network scores 100%. You
# will see that [further down](#Silent-errors).)

# %% answer="text-shift"
def shift(sentences):
    """From sentences (B, T + 1), zeros behind, make what is read and what must be said, both (B, T).

    Targets are -100 where there is nothing to say.
    """
    inputs = ...
    targets = ...
    ### BEGIN SOLUTION
    inputs = sentences[:, :-1]
    targets = sentences[:, 1:]
    targets = targets.masked_fill(targets == 0, -100)
    ### END SOLUTION
    return inputs, targets

# %% check="text-shift"
lab.check("text-shift", shift)

# %% tags=["scratch"]
lab.hint("text-shift", 0)

# %% [markdown]
# `lab.load` has done the same with our sentences, but for one place: the closing `<s>` of a short sentence.
# Nothing is asked of it, so the data has 0 there, as behind it, and a plain cut leaves it standing. No loss and
# no score can tell the two apart, and the check takes either. Compare.

# %% tags=["demonstration"]
inputs, targets = shift(coded(text["train"]))
print("data.train.x[0]", data.train.x[0].tolist())
print("data.train.y[0]", data.train.y[0].tolist())
if isinstance(targets, torch.Tensor) and targets.shape == data.train.y.shape:
    asked = data.train.y >= 0
    same = torch.equal(targets, data.train.y) and torch.equal(inputs.where(asked, PAD), data.train.x)
    print("yours, with 0 wherever nothing is asked, are the same:", same)

# %% [markdown]
# ## Six stages
#
# *Core, 9 minutes.* From letters to scores there are six stages. Here is the model; we stop at each stage
# and look at the real data and its shape.

# %%
class NextWord(nn.Module):
    """Embedding, GRU, linear head: scores for the next word after each step."""

    def __init__(self, embedding_size=50, hidden_size=64):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, embedding_size, padding_idx=PAD)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, WORDS)

    def forward(self, x, lengths):  # (B, T) and (B,)
        output, h_n = self.gru(self.embedding(x))  # (B, T, H) and (1, B, H)
        return self.head(output)  # (B, T, WORDS)


# %% [markdown]
# **Stage 1: raw sentences**, 1000 of them.

# %% tags=["demonstration"]
shortest = min(range(50), key=lambda row: len(text["train"][row].split()))
rows = [0, shortest]
print(len(text["train"]), "sentences. Two of them:")
for row in rows:
    print(f"  {text['train'][row]!r}")

# %% [markdown]
# **Stage 2: word ids**, 1000 lists of different lengths. A word that is not in our list of 2500 becomes
# `<unk>`, 1.

# %% tags=["demonstration"]
lists = [[START, *(ids.get(word, UNK) for word in line.split())] for line in text["train"]]
for row in rows:
    print(lists[row], "=", " ".join(data.classes[i] for i in lists[row]))
counts = [len(numbers) for numbers in lists]
print(f"{len(lists)} lists, the shortest of {min(counts)} ids, the longest of {max(counts)}")

# %% [markdown]
# **Stage 3: padded**, (1000, 10). A tensor is a box, so shorter lists are filled up with 0.

# %% tags=["demonstration"]
x = data.train.x
print(tuple(x.shape))
for row in rows:
    print(x[row].tolist())
print(f"{100 * (x == PAD).double().mean():.0f}% of the box is padding")

# %% [markdown]
# **Stage 4: embedded**, (1000, 10, 50). An embedding is a table with one row of 50 numbers for each word; to
# embed is to look up. The rows start out random; training moves words that are used alike closer together.
# Row 0, `<pad>`, stays zero.

# %% tags=["demonstration"]
lab.seed(0)
fresh = NextWord()
with torch.no_grad():
    embedded = fresh.embedding(x)
print(tuple(embedded.shape))
names = [data.classes[i] for i in x[shortest]]
lab.show_numbers(embedded[shortest], names, "embedded: 50 numbers for each word")

# %% [markdown]
# **Stage 5: the GRU's state.** It reads the ten steps one after the other. After the last one its state, 64
# numbers for each sentence, is (1000, 64).

# %% tags=["demonstration"]
with torch.no_grad():
    output, h_n = fresh.gru(embedded)
print("after the last step: h_n[-1]", tuple(h_n[-1].shape))
print("after every step:    output ", tuple(output.shape))
lab.show_numbers(output[shortest], names, "the state, 64 numbers, after each step")

# %% [markdown]
# Look at the last rows. Zeros go in, and yet the state **goes on moving**: each step still has its biases
# and its gates. So the last state of a padded sentence has read the padding. `padding_idx=0` does not
# prevent that. How far has it moved from the state after the last real word?

# %% the state reads padding tags=["demonstration"]
moved = []
for row in rows:
    end = int(data.train.lengths[row]) - 1
    moved.append((output[row, -1] - output[row, end]).norm() / output[row, end].norm())
    said = " ".join(data.classes[i] for i in x[row, 1 : end + 1])
    print(f"{said!r}: moved by {100 * moved[-1]:.0f}% of its length")

# %% [markdown]
# **Stage 6: scores over the vocabulary.** From the last state, (1000, 64), the head makes (1000, 2500): **one**
# question per sentence, and for short sentences the wrong one ("what comes after all that padding?"). From
# the states at *every* step, (1000, 10, 64), it makes (1000, 10, 2500): all questions at once, and each
# state has read exactly the words before the answer. That is what we train.

# %% tags=["demonstration"]
with torch.no_grad():
    last, every = fresh.head(h_n[-1]), fresh.head(output)
print(f"the last state only  {tuple(last.shape)}       {len(last)} questions")
asked = (data.train.y >= 0).sum()
print(f"every position       {tuple(every.shape)}   {asked} questions, padding left out")
likeliest, even = 100 * every[0, 0].softmax(dim=0).max().item(), 100 / WORDS
print(f"likeliest word at the start of a sentence: {likeliest:.2f}%; one of {WORDS} is {even:.2f}%")

# %% [markdown]
# The network is fresh: it finds all words about equally likely. Here are the stages once more, to step
# back and forth through; point at a cell to read it, and type a sentence of your own.

# %% tags=["demonstration"]
shortest_first = [shortest, *range(shortest), *range(shortest + 1, 1000)]
lab.show_text_trace(fresh, data.classes, [text["train"][row] for row in shortest_first])

# %% [markdown]
# Three questions on the way here.

# %% quiz="text-trace-1"

# %% quiz="text-trace-2"

# %% quiz="text-trace-3"

# %% [markdown]
# ## Perplexity
#
# *Core, 5 minutes, 3 points.* How good is a model that answers with probabilities? Look at the probability
# $p$ that it gave to the word that really came. Its **surprise** is $-\log p$: 0 if it was certain, large if
# it thought the word unlikely. The mean surprise over all words is the loss, `cross_entropy`. And `exp`
# turns it into a number one can feel:
#
# $$\text{perplexity} = \exp\left(\frac{1}{N}\sum_{i=1}^{N} -\log p_i\right)$$
#
# It says: *as unsure as among so many equally likely words*. Somebody who guesses a die gives each face 1/6:

# %% tags=["demonstration"]
die = torch.full((100,), 1 / 6)
print(f"a die:             perplexity {(-die.log()).mean().exp():.1f}")
loss = F.cross_entropy(every.transpose(1, 2), data.train.y)
print(f"the fresh network: mean surprise {loss:.2f}, perplexity {loss.exp():.0f}, of {WORDS} words")

# %% [markdown]
# Write it. The order matters: first one mean over **all** words, then `exp`.

# %% answer="text-perplexity"
def perplexity(logits, targets):
    """Of scores (B, T, V) and the words that came, (B, T), -100 where padded: one number."""
    result = ...
    ### BEGIN SOLUTION
    result = F.cross_entropy(logits.flatten(0, 1), targets.flatten()).exp()
    ### END SOLUTION
    return result

# %% check="text-perplexity"
lab.check("text-perplexity", perplexity)

# %% tags=["scratch"]
lab.hint("text-perplexity", 0)

# %% [markdown]
# Now the counting models get their number. A *unigram* model looks at no word at all and knows only how
# frequent words are; a bigram model looks at one, a trigram model at two. All have counted the same 1000
# training sentences; all are asked about the 1000 validation sentences.

# %% tags=["demonstration"]
rivals = {}
for order, name in enumerate(("unigram", "bigram", "trigram"), start=1):
    on_train, on_val = (
        lab.ngram_surprises(data.train, split, order, WORDS).mean().exp().item()
        for split in (data.train, data.val)
    )
    rivals[name] = on_val
    print(f"{name:<8} perplexity: training {on_train:6.1f}   validation {on_val:6.1f}")

# %% [markdown]
# Two things to keep. The **bar is the bigram model's validation perplexity**, just under 100: it is as
# unsure as among about a hundred equally likely words. And the trigram model is much better on the
# sentences it has counted and *worse* on others: with 1000 sentences, two words back is more memory than the
# data can fill.

# %% [markdown]
# ## Five epochs
#
# *Core, 3 minutes.* Train the network: every position, padding left out, Adam. Watch five epochs before the
# rest; what do you see in each?

# %%
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
BASELINE = dict(epochs=25, lr=1e-2, batch_size=64, clip=1.0)
lines = {}


def experiment(name, build, settings, beside=None, plot=False):
    """Seed, build, train; print one line of perplexities, below the one that `beside` names."""
    lab.seed(0)
    model = build()
    history = lab.fit(
        model, data.train, data.val, **settings, seed=0, device=DEVICE, plot=plot, title=name
    )
    kept = history.kept
    lines[name] = (
        f"{name:<16} perplexity: training {math.exp(kept.train_loss):6.1f}"
        f"   validation {math.exp(kept.val_loss):8.1f}   epoch {kept.epoch:2} of {len(history):2}"
        f"   (seed 0, {DEVICE}, {history.records[-1].seconds:.0f} s)"
    )
    print(*[lines[shown] for shown in (beside, name) if shown], sep="\n")
    return model, history

# %% tags=["demonstration"]
before, history_before = experiment("baseline", NextWord, BASELINE)

print("\nepoch   training loss   validation loss   perplexity   next word right (validation)")
for epoch in history_before.records[:5]:
    print(
        f"{epoch.epoch:5}   {epoch.train_loss:13.2f}   {epoch.val_loss:15.2f}"
        f"   {math.exp(epoch.val_loss):10.1f}   {epoch.val_accuracy:.1f}%"
    )
print(f"unigram {rivals['unigram']:.1f}, bigram {rivals['bigram']:.1f}")

# %% [markdown]
# - **Epoch 1** learns how frequent words are: from 2500 down to the neighbourhood of the unigram model.
# - **Epoch 2** falls below the unigram model, so it uses more than how frequent words are.
# - **Epoch 3** still gains, but much less.
# - **Epoch 4** hardly moves the validation loss; the training loss goes on as before.
# - **Epoch 5** is where they part: training perplexity is far below validation, and the bigram model has
#   still not been reached.
#
# About a third of the next words are right. That is an honest number for this task: most of language
# cannot be foreseen.

# %% [markdown]
# ## Overfit
#
# *Core, 3 minutes.* The first line of the last output told you how it ended. Here is the whole run, written
# down as it stands in many a tutorial: training loss, training accuracy.

# %% tags=["demonstration"]
for epoch in history_before.records[4::5]:
    print(f"epoch {epoch.epoch:2}   loss {epoch.train_loss:.2f}   accuracy {epoch.train_accuracy:.1f}%")

# %% [markdown]
# It looks like a triumph: the loss falls and falls, two words in three are right. (A tutorial's trace from
# loss 2.3 to 1.0, and from 15 to 65%, on 1000 sentences would say as little.) Now the same run with the
# columns that were left out.

# %% tags=["demonstration"]
for epoch in history_before.records[4::5]:
    print(
        f"epoch {epoch.epoch:2}   loss {epoch.train_loss:.2f}   accuracy {epoch.train_accuracy:.1f}%"
        f"   |   on new sentences: loss {epoch.val_loss:.2f}   accuracy {epoch.val_accuracy:.1f}%"
        f"   perplexity {math.exp(epoch.val_loss):.0f}"
    )
lab.show_perplexity({"baseline": history_before}, rivals)

# %% [markdown]
# It is **memorisation**. After 25 epochs the network's training perplexity is about 5, lower than that of any
# counting model. And on new sentences it is *worse than a model that only knows how frequent words are*.
# Lower training loss, yet beaten by counting: this network is sure of itself where it is wrong. How often does it give the word that came less than one chance in ten thousand?

# %%
def surprises(model, split):
    """-log of the probability that the model gave to each word that came: (M,), padding left out."""
    losses = F.cross_entropy(
        lab.logits(model, split).transpose(1, 2), split.y, reduction="none", ignore_index=-100
    )
    return losses[split.y >= 0]


def share_lost(found):
    return 100 * (found > math.log(10_000)).double().mean().item()

# %% tags=["demonstration"]
surprised = surprises(before, data.val)
counted = lab.ngram_surprises(data.train, data.val, 2, WORDS)
print("words that were given less than 1 in 10,000")
print(f"  bigram   {share_lost(counted):4.1f}%")
print(f"  baseline {share_lost(surprised):4.1f}%")

# %% [markdown]
# ## Repair it
#
# *Core, 16 minutes, 10 points.* Make it better than counting.
#
# | | validation perplexity |
# | :--- | ---: |
# | **before** | more than three times the bigram model's |
# | **goal** | **no more than the bigram model's**, on the same 1000 + 1000 sentences |
#
# **Rules.** Change the architecture and the training settings, nothing else. The data stays, and so does
# an `nn.GRU` that reads forward: it must not know the word it is asked for.
#
# What counts is your **recipe**. The check draws other sentences, trains your recipe on them, and asks for
# one word in each of many sentences that it has not seen, yours and the bigram model's guess side by side.
# It sends only the words before; what it puts behind them is made up.
#
# Names are drawn anew, too: every word but `<pad>`, `<unk>` and `<s>` gets another number, so a network that
# learns from its sentences never notices, and one that knows others by heart finds no word of them again.

# %% [markdown]
# ### Three predictions
#
# Three single changes to the baseline. For each, say first what it will do, then run it.

# %% quiz="text-predict-1"

# %% tags=["demonstration"]
_ = experiment("early stopping", NextWord, BASELINE | dict(patience=3), beside="baseline")
print(f"bigram model {rivals['bigram']:.1f}")
lab.reveal("text-predict-1")

# %% quiz="text-predict-2"

# %% tags=["demonstration"]
_ = experiment("weight decay", NextWord, BASELINE | dict(weight_decay=1e-4), beside="baseline")
print(f"bigram model {rivals['bigram']:.1f}")
lab.reveal("text-predict-2")

# %% quiz="text-predict-3"

# %%
class BothWays(NextWord):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(50, 64, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * 64, WORDS)

# %% both directions foretell tags=["demonstration"]
_ = experiment("both directions", BothWays, BASELINE | dict(epochs=5), beside="baseline")
print(f"bigram model {rivals['bigram']:.1f}")
lab.reveal("text-predict-3")

# %% [markdown]
# ### Your repair
#
# Below is the baseline as a recipe. Change the network and `settings`. `lab.fit` knows these settings:
# `epochs`, `lr`, `batch_size`, `clip`, `weight_decay`, `label_smoothing`, `patience`. A training takes some
# seconds. The network that comes back is called as this one is and gives its logits (raw scores) and nothing
# else.

# %% tags=["demonstration"]
lab.repair_lab("text-repair")  # try recipes with a form; what works, take over as code

# %% tags=["scratch"]
lab.hint("text-repair", 0)  # four hints: 1, 2, 3, 4

# %% answer="text-repair"
class Repaired(nn.Module):
    def __init__(self, embedding_size=50, hidden_size=64):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, embedding_size, padding_idx=PAD)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, WORDS)

    def forward(self, x, lengths):
        output, h_n = self.gru(self.embedding(x))
        return self.head(output)


def build_model():
    return Repaired()


settings = dict(epochs=25, lr=1e-2, batch_size=64, clip=1.0)


def train_model(train, val):
    lab.seed(0)
    model = build_model()
    lab.fit(model, train, val, **settings)
    return model


### BEGIN SOLUTION
class Repaired(nn.Module):
    def __init__(self, embedding_size=50, hidden_size=64):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, embedding_size, padding_idx=PAD)
        self.drop_in = nn.Dropout(0.4)  # a sentence never looks the same twice
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.drop_out = nn.Dropout(0.4)
        self.head = nn.Linear(hidden_size, WORDS)

    def forward(self, x, lengths):
        output, h_n = self.gru(self.drop_in(self.embedding(x)))
        return self.head(self.drop_out(output))


# decay makes learning by heart slow, stopping ends it; each alone is not enough
settings = dict(epochs=25, lr=1e-2, batch_size=64, clip=1.0, weight_decay=1e-4, patience=3)
### END SOLUTION

# %% [markdown]
# Try it on the sentences of this page as often as you like.

# %% tags=["demonstration"]
after, history_after = experiment("your recipe", build_model, settings, beside="baseline", plot=True)
print(f"bigram model {rivals['bigram']:.1f}")

# %% [markdown]
# And when it is below the bigram model there: does it hold on sentences that neither you nor it have seen?

# %% check="text-repair"
lab.check("text-repair", train_model)

# %% [markdown]
# ### After

# %% tags=["demonstration"]
lab.show_perplexity({"before": history_before, "after": history_after}, {"bigram": rivals["bigram"]})

# %% [markdown]
# ### What the numbers mean
#
# Put the two halves of the illness side by side: *how long* it learns, and *what learning by heart costs*.

# %% tags=["demonstration"]
print(*(lines[name] for name in ("baseline", "early stopping", "weight decay", "your recipe")), sep="\n")
print(f"{'bigram model':<16} perplexity: {'':16}   validation {rivals['bigram']:8.1f}")

# %% [markdown]
# Stopping alone goes back to the baseline's best epoch, and that is not good enough. Decay alone pulls every
# weight towards zero at every step: memorising becomes slow, but in 25 epochs it arrives all the same. A
# recipe that does both, and drops out besides, can be stopped at a better epoch than either. (With dropout on,
# the *training* perplexity looks higher than it is.)
#
# Does it really know more than pairs? `<unk>` is easy to guess; leave it out.

# %% tags=["demonstration"]
asked = data.val.y[data.val.y >= 0]
print(f"{'':<14}   all words   known words   given less than 1 in 10,000")
for name, found in (
    ("bigram model", counted),
    ("baseline", surprised),
    ("your recipe", surprises(after, data.val)),
):
    on_known = found[asked != UNK]
    print(
        f"{name:<14} {found.mean().exp():11.1f} {on_known.mean().exp():13.1f} {share_lost(found):23.1f}%"
    )

# %% [markdown]
# A repaired network should win on the known words as well. It is still unsure, and has reason to be; but its
# doubts are in the right places.

# %% [markdown]
# **In your own words.** Explain to a colleague, in three or four sentences, why the baseline lost against
# counting although its training loss was so much lower, and what your repair changed. A teacher may read
# this; no program does.

# %% [markdown] explain="text-repair-why"
# *Your words here.*

# %% [markdown]
# ## A sentence of your own
#
# *Core, 14 minutes, 2 points.* The last part of the trace: one sentence goes through all stages and comes out
# as a word. (`trace` reads it alone, without padding. The stepper below it pads to ten columns, as in training,
# and reads the state after the last word, before any padding.) Type your own beginning, of at most nine words
# in small letters, and run the cells.

# %% tags=["scratch"]
sentence = "the president"

# %%
def trace(model, sentence):
    """Show the stages of one prediction; give the probabilities of the next word, (WORDS,)."""
    numbers = [START, *(ids.get(word, UNK) for word in sentence.lower().split())]
    x = torch.tensor([numbers])
    print("1 words     ", " ".join(data.classes[i] for i in numbers))
    print("2 ids       ", numbers)
    model = model.cpu().eval()
    with torch.no_grad():
        if hasattr(model, "embedding") and hasattr(model, "gru"):
            embedded = model.embedding(x)
            print("3 embedding ", tuple(embedded.shape), "first numbers", rounded(embedded[0, -1, :4]))
            state = model.gru(embedded)[0][:, -1]
            print("4 state     ", tuple(state.shape), "first numbers", rounded(state[0, :4]))
        scores = model(x, torch.tensor([len(numbers)]))[0, -1]
    print("5 scores    ", tuple(scores.shape), f"from {scores.min():.2f} to {scores.max():.2f}")
    chances = scores.softmax(dim=0)
    print(f"6 softmax    sum {chances.sum():.2f}, likeliest {data.classes[chances.argmax()]!r}")
    return chances


def rounded(values):
    return [round(value, 2) for value in values.flatten().tolist()]


def counted_after(word):
    """What the bigram model finds likely after a word: (WORDS,)."""
    followers, single = after_word(word), torch.bincount(data.train.y[data.train.y >= 0], minlength=WORDS)
    single = (single + 0.5) / (single + 0.5).sum()
    if followers.sum() == 0:
        return single
    saved = 0.75 * (followers > 0).sum() / followers.sum()
    return (followers - 0.75).clamp(min=0) / followers.sum() + saved * single


def known_only(chances):
    """The probabilities among known words: <unk> is left out."""
    chances = chances.index_fill(0, torch.tensor([UNK]), 0)
    return chances / chances.sum()

# %% tags=["demonstration"]
chances = trace(after, sentence)
print(f"             an unknown word: {100 * chances[UNK]:.0f}%; below, the known words")

# %% tags=["demonstration"]
last = [START, *(ids.get(word, UNK) for word in sentence.lower().split())][-1]
with torch.no_grad():
    numbers = torch.tensor([[START, *(ids.get(word, UNK) for word in sentence.lower().split())]])
    baseline = before.cpu()(numbers, torch.tensor([numbers.shape[1]]))[0, -1].softmax(dim=0)
guesses = {"your network": chances, "baseline": baseline, "bigram": counted_after(data.classes[last])}
lab.show_likely({name: known_only(found) for name, found in guesses.items()}, data.classes)

# %% tags=["demonstration"]
lab.show_text_trace(after, data.classes, [sentence])

# %% [markdown]
# Your network's guesses are sensible and a little dull: a thousand sentences are not many. The baseline is
# more colourful, and surer; on new sentences it pays for that. Now try beginnings that end in the *same*
# word, such as "he was" and "it was". The bigram model gives both the same five words. Does yours?

# %% [markdown]
# ### Word by word
#
# To write on, put the new word behind the sentence and ask again. Here is such a loop. It runs, and what it
# writes looks like words. But compare its scores with those of a network that simply reads the finished
# sentence from the start:

# %%
def reader_with(E, W_ih, W_hh, b_ih, b_hh, W, b):
    """A language model of these weights: reader(ids (1, T), h) gives scores (1, T, V) and the new h."""
    gru = nn.GRU(E.shape[1], W.shape[1], batch_first=True)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    gru.load_state_dict(dict(zip(names, (W_ih, W_hh, b_ih, b_hh))))

    def reader(numbers, h=None):
        output, h = gru(E[numbers], h)
        return output @ W.T + b, h

    return reader


def careless(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None], h)
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)


# %% read twice tags=["demonstration"]
def compare_with_one_reading(write):
    """How far the scores of `write` are from those of one reading of what it wrote."""
    model = before.cpu()
    weights = [model.embedding.weight, *model.gru.parameters(), model.head.weight, model.head.bias]
    weights = [weight.detach() for weight in weights]
    begin = torch.tensor([START, ids["he"], ids["was"]])
    made, chosen_from = write(begin, 3, weights)
    if not isinstance(made, torch.Tensor) or made.shape != (6,):
        print("Nothing to compare yet.")
        return
    with torch.no_grad():
        once = reader_with(*weights)(made[None])[0][0]
    print(" ".join(data.classes[i] for i in made))
    for step in range(3):
        gap = (chosen_from[step] - once[len(begin) - 1 + step]).abs().max()
        print(f"  word {step + 1}: scores differ by {gap:.4f}")


compare_with_one_reading(careless)

# %% [markdown]
# The first word is chosen rightly, the others are not. Mend the loop. Return the same two things: the whole
# sentence, and the scores that each new word was chosen from.

# %% answer="text-generate"
def write_on(numbers, more, weights):
    """Append the likeliest word to ids (T,), `more` times: all ids (T + more,), scores (more, V)."""
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None], h)
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    ### BEGIN SOLUTION
    numbers, chosen_from = numbers[:-more], []
    for _ in range(more):
        scores, _ = model(numbers[None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    ### END SOLUTION
    return numbers, torch.stack(chosen_from)

# %% check="text-generate"
lab.check("text-generate", write_on)

# %% tags=["demonstration"]
compare_with_one_reading(write_on)

# %% tags=["scratch"]
lab.hint("text-generate", 0)

# %% [markdown]
# Mended, the scores agree to the last digit shown. Whether the careless loop writes *other words* depends on
# the beginning; its scores are off either way.
#
# Always taking the likeliest word soon goes in circles or says `<unk>`. Language models *draw* the next word
# with the probabilities that they found. Draw some sentences (unknown words are left out here).

# %%
def invent(model, dice, longest=9):
    """Draw a sentence from the model, word by word."""
    model = model.cpu().eval()
    numbers = [START]
    while len(numbers) <= longest:
        with torch.no_grad():
            scores = model(torch.tensor([numbers]), torch.tensor([len(numbers)]))[0, -1]
        scores[[PAD, UNK]] = -math.inf
        numbers.append(int(torch.multinomial(scores.softmax(dim=0), 1, generator=dice)))
        if numbers[-1] == START:
            break
    return " ".join(data.classes[i] for i in numbers[1:] if i != START)

# %% tags=["demonstration"]
for name, model in (("baseline", before), ("your recipe", after)):
    dice = torch.Generator().manual_seed(1)
    print(f"{name}:", *(invent(model, dice) for _ in range(5)), sep="\n   ")
    print()

# %% [markdown]
# Which of them are simply pieces of training sentences? Look for runs of four words that stand, as they are,
# in the training sentences.

# %%
def fours(line):
    return {tuple(line[i : i + 4]) for i in range(len(line) - 3)}

# %% tags=["demonstration"]
heard = set().union(*(fours(line.split()) for line in text["train"]))
for name, model in (("baseline", before), ("your recipe", after)):
    dice = torch.Generator().manual_seed(0)
    made = [fours(invent(model, dice).split()) for _ in range(100)]
    copied, count = sum(len(run & heard) for run in made), sum(map(len, made))
    print(f"{name:<12} 100 sentences drawn: {copied} of {count} runs of four words are copies")

# %% [markdown]
# The network that learnt by heart is the better parrot and the worse model.
#
# ### Temperature
#
# Divide the scores by a **temperature** before the softmax and you decide how daring a model writes: towards 0
# only the likeliest word is left, at 1 words come as often as the network finds them likely, above 1 the rare
# ones come up more. Let both networks write. Press a word to append it, or type a beginning; underlined are
# runs of four words that stand, as they are, in the training sentences. At which temperature does your network
# read best? And what does the baseline need before it writes something of its own?

# %% tags=["demonstration"]
lab.generate({"baseline": before, "your recipe": after}, data.classes, "the", heard=text["train"])

# %% [markdown]
# ## Silent errors
#
# *Optional, 9 minutes.* Most mistakes in language models raise no error, and several make the numbers look
# *better*. A good test: **random words**. Nobody can foresee them; with twelve equally likely words a model
# is right once in twelve, 8.3%. Whatever scores more is cheating, perhaps without knowing.

# %%
class Tiny(nn.Module):
    def __init__(self, both=False):
        super().__init__()
        self.embedding = nn.Embedding(12, 16)
        self.gru = nn.GRU(16, 32, batch_first=True, bidirectional=both)
        self.head = nn.Linear(64 if both else 32, 12)

    def forward(self, x):
        return self.head(self.gru(self.embedding(x))[0])


def on_random_words(name, both, shifted):
    noise = torch.randint(12, (600, 11), generator=torch.Generator().manual_seed(0))
    x, y = noise[:, :-1], noise[:, 1:] if shifted else noise[:, :-1]
    train, val = lab.Split(x[:400], y[:400].clone()), lab.Split(x[400:], y[400:].clone())
    lab.seed(0)
    history = lab.fit(
        Tiny(both), train, val, epochs=15, lr=1e-2, batch_size=50, device=DEVICE, plot=False
    )
    print(
        f"{name:<22} new random words right: {history.kept.val_accuracy:5.1f}%"
        f"   (seed 0, {DEVICE}, {history.records[-1].seconds:.1f} s)"
    )

# %% on random words tags=["demonstration"]
on_random_words("as it should be", both=False, shifted=True)
on_random_words("targets not shifted", both=False, shifted=False)
on_random_words("a bidirectional layer", both=True, shifted=True)

# %% [markdown]
# Not shifted, the model is asked for the word it has just been given. Read backwards as well, it has seen the
# answer on the way. Neither is fit to foresee anything.
#
# **"Padding does no harm in the loss."** Here is the laziest model there is: it always says `<pad>`.

# %% always the padding tags=["demonstration"]
with_padding = data.val.y.clamp(min=PAD)
print(f"always <pad>, padding counted:  {100 * (with_padding == PAD).double().mean():.1f}% right")
print(f"always <pad>, padding left out: {100 * (data.val.y == PAD).double().mean():.1f}% right")
nothing_left = F.cross_entropy(torch.randn(3, WORDS), torch.full((3,), -100))
print(f"(and a batch in which nothing is left over has the loss {nothing_left:.0f})")

# %% [markdown]
# **"Perplexity is the mean of the perplexities."** The same baseline, the same sentences, four ways to
# average. Only the first is perplexity.

# %% four ways to average tags=["demonstration"]
per_step = F.cross_entropy(lab.logits(before, data.val).transpose(1, 2), data.val.y, reduction="none")
real = data.val.y >= 0
print(f"exp of the mean over words      {per_step[real].mean().exp():12,.1f}")
print(f"mean over words of exp          {per_step[real].exp().mean():12,.1f}")
print(f"exp of the mean over sentences  {(per_step.sum(1) / real.sum(1)).mean().exp():12,.1f}")
print(f"padding counted as certain      {per_step.mean().exp():12,.1f}")

# %% [markdown]
# The last one would even have beaten the bigram model.
#
# **"cross_entropy finds the class axis."** It takes axis 1. For scores (B, T, V) that is time, and you get an
# error, unless T happens to equal V: then a wrong number, in silence.

# %% classes on axis 1 tags=["demonstration"]
try:
    F.cross_entropy(torch.randn(2, 5, 9), torch.randint(9, (2, 5)))
except RuntimeError as error:
    print("scores (2, 5, 9):", error)
lab.seed(0)
scores, words = torch.randn(4, 9, 9), torch.randint(9, (4, 9))
print(f"scores (4, 9, 9): as they are {F.cross_entropy(scores, words):.3f}", end=", ")
print(f"flattened {F.cross_entropy(scores.flatten(0, 1), words.flatten()):.3f}")

# %% [markdown]
# **"Ids start at 0."** Then the word with id 0 shares its row with the padding: always zero, and no gradient
# ever reaches it. And the highest id must be smaller than the size of the table.

# %% ids that start at 0 tags=["demonstration"]
table = nn.Embedding(5, 3, padding_idx=0)  # "the" = 0, "cat" = 1, ...
table(torch.tensor([0, 1])).sum().backward()
print("row of word 0:", table.weight[0].tolist(), " its gradient:", table.weight.grad[0].tolist())
try:
    table(torch.tensor([5]))
except IndexError as error:
    print("word 5 of 5:  IndexError:", error)

# %% [markdown]
# **"The vocabulary may be made from everything."** Which words are on the list decides what is `<unk>`, so
# the list should know nothing of the sentences that judge it. Ours was counted on all 25,803 public
# sentences, and each validation sentence is one of them; only the 2000 kept back for grading had no say. What
# would a list of the training sentences' own look like?

# %% the vocabulary of everything tags=["demonstration"]
heap = [word for line in text["train"] for word in line.split()]
own_list = set(sorted(set(heap), key=heap.count, reverse=True)[: WORDS - 3])
new = [word for line in text["val"] for word in line.split()]
for name, known_words in (("the course's list", ids), ("a list from the training sentences", own_list)):
    missing = sum(word not in known_words for word in new) / len(new)
    print(f"{name:<35} {len(known_words)} entries, unknown in validation {100 * missing:.1f}%")

# %% [markdown]
# The difference is what our list knows of the future. And the list decides what has to be guessed, so
# **perplexities with different lists cannot be compared**: whoever calls everything `<unk>` reaches 1. All
# models on this page share one list; among them the comparison is fair.

# %% [markdown]
# **"Long texts: hand the state on."** A book is read in chunks, and each begins with the state that the last one
# ended in. Three things go wrong on the way, and here all of them are loud.

# %%
def read_in_chunks(hand_on, retain=False, rows=(4, 4)):
    """Learn from one chunk of random numbers after the other; `rows` says how many texts each has."""
    lab.seed(0)
    gru, h = nn.GRU(6, 8, batch_first=True), None
    optimizer = torch.optim.SGD(gru.parameters(), lr=0.1)
    for count in rows:
        output, h = gru(torch.randn(count, 5, 6), h)
        optimizer.zero_grad()
        output.square().mean().backward(retain_graph=retain)
        optimizer.step()
        h = hand_on(h)
    return "runs"

# %% a state handed on tags=["demonstration"]
for name, how in {
    "handed on as it is": dict(hand_on=lambda h: h),
    "... with retain_graph=True": dict(hand_on=lambda h: h, retain=True),
    "... with h.detach()": dict(hand_on=lambda h: h.detach()),
    "detached, but the last chunk has 3 texts": dict(hand_on=lambda h: h.detach(), rows=(4, 3)),
}.items():
    try:
        said = read_in_chunks(**how)
    except RuntimeError as error:
        said = str(error).partition(". ")[0].partition(": [")[0]
    print(f"{name:<42}{said}")

# %% [markdown]
# `h.detach()` hands on the numbers and lets go of how they came about; that is what one wants. PyTorch's own
# suggestion, `retain_graph=True`, keeps all chunks so far in memory, goes back through all of them at every
# step, and then stumbles over weights that have been moved since. Where a chunk has fewer texts than the
# one before, begin anew with `None` (or leave the odd chunk out).

# %% [markdown]
# ## Bonus: one table of words
#
# *Optional, 3 minutes.* The network holds two large tables: the embedding (2500 × 50) for words that are read,
# and the head (2500 × 64) for words that are said. Both describe the same words. **Weight tying** uses one
# table for both; a small linear layer brings 64 numbers down to 50. Try it in your recipe before you look
# below.
#
# <details><summary>A hint</summary>
#
# `self.narrow = nn.Linear(64, 50)`, `self.head = nn.Linear(50, WORDS)`, and then
# `self.head.weight = self.embedding.weight`: the very same parameter, not a copy.
#
# </details>

# %% tags=["scratch"]
# Your tied network here, for instance: _ = experiment("tied", MyTied, settings, beside="your recipe")


# %%
class Tied(NextWord):
    def __init__(self):
        super().__init__()
        self.narrow = nn.Linear(64, 50)
        self.head = nn.Linear(50, WORDS)
        self.head.weight = self.embedding.weight

    def forward(self, x, lengths):
        output, h_n = self.gru(self.embedding(x))
        return self.head(self.narrow(output))

# %% tags=["demonstration"]
for name, build in (("untied", NextWord), ("tied", Tied)):
    print(f"{name:<7} {sum(p.numel() for p in build().parameters()):,} parameters")
_ = experiment("tied", Tied, BASELINE | dict(patience=3), beside="early stopping")

# %% [markdown]
# Half the numbers, and about where the untied network stopped: no cure by itself. What does it do inside your
# own recipe?
#
# **Top five.** Whoever offers five words, as a phone's keyboard does, is judged by whether the right one is
# among them.

# %%
def top(scores, count):
    """How often the word that came is among the `count` likeliest, in percent."""
    real = data.val.y >= 0
    found = (scores.topk(count, dim=-1).indices == data.val.y[:, :, None]).any(dim=-1)
    return 100 * found[real].double().mean().item()

# %% tags=["demonstration"]
after_each = torch.stack([counted_after(word) for word in data.classes])  # (WORDS, WORDS)
for name, scores in (
    ("bigram model", after_each[data.val.x]),
    ("baseline", lab.logits(before, data.val)),
    ("your recipe", lab.logits(after, data.val)),
):
    print(f"{name:<14} first {top(scores, 1):.1f}%   among five {top(scores, 5):.1f}%")
del after_each, scores

# %% [markdown]
# ## Practice
#
# *Optional, 5 minutes.* Five questions, from easy to hard. Run a cell and choose below it, or write your
# letter into the cell and run it again. No points, as many tries as you like, and each answer has its reason.

# %% quiz="text-practice-1"

# %% quiz="text-practice-2"

# %% quiz="text-practice-3"

# %% quiz="text-practice-4"

# %% quiz="text-practice-5"

# %% [markdown]
# ## Challenge
#
# *Optional, 11 minutes, 5 points.* Five problems, two minutes each. The clock is shown and stops nobody.
# Run the cell when you are ready; it says what counts.

# %% tags=["scratch"]
lab.challenge("text")

# %% challenge="text-challenge-1"

# %% challenge="text-challenge-2"

# %% challenge="text-challenge-3"

# %% challenge="text-challenge-4"

# %% challenge="text-challenge-5"

# %% [markdown]
# ## Key insight
#
# <div class="alert alert-success">
#
# **A language model is a recurrent layer asked for the next word at every step, and a sentence shifted by one
# is all the teaching it needs.** A falling training loss says nothing about it. Ask how unsure it is about
# sentences it has never seen, and whether it is less unsure than somebody who only counts.
#
# </div>
#
# **This was the last unit.** Rumbles, shutters, blanks, voices, words: one box, used at every step.

# %% [markdown]
# ## And now your own
#
# *Optional, 1 minute.* Whose sentences should it write: yours, your favourite book's, your chat's? Save them as a `.txt` and open
# **06_yours** in the file browser on the left. There your own text goes from vocabulary to a saved model, and there is
# one run on what came after recurrent networks.
