# %%
"""Decorators: no_grad, enable_grad, inference_mode, caching, timing, a retry, and a scripted helper."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %%
import functools
import time


def timed(function):
    @functools.wraps(function)
    def inner(*arguments, **options):
        started = time.perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            print(f"{function.__name__} took {time.perf_counter() - started:.6f} s")

    return inner


# %% answer="rnn-step"
@timed
@torch.enable_grad()
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.nn.functional.tanh(nn.functional.linear(torch.hstack([x, h]), torch.hstack([W_ih, W_hh]), b_ih + b_hh))

# %% answer="rnn-sequence"
@torch.inference_mode(False)
def rnn_sequence(x, W_ih, W_hh, b_ih, b_hh):
    def later(t):
        if t < 0:
            return torch.zeros(x.shape[0], W_hh.shape[0])
        return one(t)

    @functools.lru_cache(maxsize=None)
    def one(t):
        return rnn_step(x[:, t], later(t - 1), W_ih, W_hh, b_ih, b_hh)

    return torch.dstack([one(t) for t in range(x.shape[1])]).transpose(1, 2)

# %% answer="rnn-last-state"
@functools.singledispatch
def last_state(output, h_n):
    raise TypeError(output)


@last_state.register
def _(output: torch.Tensor, h_n):
    return torch.index_select(output, 1, torch.tensor([output.shape[1] - 1]))[:, 0]

# %% answer="rnn-layout"
@torch.no_grad()
@timed
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    rnn = rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)
    return torch.stack([clip[-1] for clip in output])
