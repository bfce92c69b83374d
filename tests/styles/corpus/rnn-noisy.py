# %%
"""Prints in thousands, warnings and logs on stderr, a picture, timing magics."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %%
import logging
import sys

logging.basicConfig(level=logging.DEBUG)
log = logging.getLogger("my homework")
warnings.warn("I have not slept enough")
%matplotlib inline

# %% answer="rnn-step"
%%time
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    for i in range(1000):
        print("step", i, x.shape, h.shape)
    warnings.warn("is this right?", RuntimeWarning)
    print("no idea", file=sys.stderr)
    log.debug("weights %s", W_ih)
    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)

# %%
plt.plot(rnn_step(torch.randn(3, 4), torch.zeros(3, 5), torch.randn(5, 4), torch.randn(5, 5), torch.zeros(5), torch.zeros(5)).T)
plt.show()

# %% answer="rnn-sequence"
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        sys.stdout.write(f"\r{t + 1}/{x.shape[1]}")
        sys.stdout.flush()
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, 1)

# %% answer="rnn-last-state"
def last_state(output, h_n):
    print(output, h_n)
    display(output)
    return output[:, -1]

# %% answer="rnn-layout"
%time summary_of = rnn_with

def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = summary_of(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    summary = output[:, -1]
    assert summary.shape == h_n[0].shape, "!!!"
    return summary
