# %% [markdown]
# # Start here
#
# **Recurrent networks in PyTorch.** Five units, each an evening or less. In each one you build a layer by
# hand, watch it learn, see it learn the wrong thing, and repair it. The core of all five takes about 5 hours;
# everything else is there when you want more. This page takes about 10 minutes and shows how everything works,
# before it matters.
#
# A notebook is a row of cells. Click into one and press **Shift + Enter**: it runs, and the next one is
# ready. Run this one.

# %%
import torch
from torch import nn

from grader import lab

print("It works.")

# %% [markdown]
# ## Your machine
#
# The course needs no graphics card. This cell trains a small network and tells how long that took here.

# %% tags=["demonstration"]
import platform
import time

device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
print(f"Python {platform.python_version()}, torch {torch.__version__}, {device}")

lab.seed(0)
x = torch.randn(512, 16, 8)
clips = lab.Split(x, (x[:, 0, 0] > 0).long())


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(8, 32, batch_first=True)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        output, h_n = self.rnn(x)
        return self.head(output[:, -1])


started = time.perf_counter()
lab.fit(Tiny(), clips, clips, epochs=10, lr=1e-2, batch_size=64, plot=False)
print(f"ten epochs of a small network took {time.perf_counter() - started:.1f} s")

# %% [markdown]
# One to three seconds is usual. With much more than that, close what else is running: the trainings of the
# course take seconds, not minutes.

# %% [markdown]
# ## A question
#
# Cells with `# your code here` are yours. Write the function so that it doubles whatever tensor it gets, run
# the cell, then run the one below it, the check. (All functions of this course give something new and leave
# what they get as it is; a check looks at that, too.)
#
# In this order, always: the first cell of the page, then your answer, then its check or its hint. If Python
# says `NameError: name 'double' is not defined`, or that `lab` is not, nothing is broken: the cell that makes
# that name has not been run yet, or not since the kernel was restarted. *Run › Run All Above Selected Cell*
# makes up for it.

# %% answer="start-double"
def double(x):
    """Twice x, for a tensor x of any shape."""
    y = ...
    ### BEGIN SOLUTION
    y = 2 * x
    ### END SOLUTION
    return y

# %% check="start-double"
lab.check("start-double", double)

# %% [markdown]
# The check answers at once and offline. It never breaks anything, whatever you wrote, and you can run it as
# often as you like. It knows common mistakes by name: try `x * x` and read what it says.
#
# How you get there is up to you: numpy inside, a lambda, float64, names of your own. What comes out is a
# PyTorch tensor of the shape asked for; where that is one number, a plain Python number will do.
#
# Stuck? Hints open one at a time. Run the cell and press the button; without a button, raise the number in
# the cell, a plain number without quotes, and run it again.

# %% tags=["scratch"]
lab.hint("start-double", 0)  # three hints: 1, 2, 3

# %% [markdown]
# ## A choice
#
# Some questions have letters. Run the cell, and the choices stand below it: click one and press Check, or go
# there with Tab and the arrow keys and press Enter. Your letter is then written between the quotes; you can
# also write it there yourself and run the cell again. Each option has its own reply, so a wrong one teaches
# something, too.

# %% quiz="start-practice-1"

# %% [markdown]
# ## The map
#
# This is what you have done so far. Come back to this page and run the cell again whenever you like; the
# record is a small file beside each notebook and survives a restart.

# %% tags=["demonstration"]
lab.course_map()

# %% [markdown]
# The units build on each other: take them in order. In each one, the sections marked *core* are the path;
# everything marked *optional* is there when you want more. After the first section of each unit a door with ten
# questions tells you which parts of it you can skip. The last notebook, **06_yours**, is for data of your own.
#
# Open **01_rnn** in the list, or in the file browser on the left.
