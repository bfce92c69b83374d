# %%
"""TorchScript: the step is compiled with torch.jit.script, the loop is traced."""

UNIT = "01_rnn"
QUESTIONS = ["rnn-step", "rnn-sequence", "rnn-last-state", "rnn-layout"]

# %% answer="rnn-step"
@torch.jit.script
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.t() + b_ih + h @ W_hh.t() + b_hh)

# %% answer="rnn-sequence"
@torch.jit.script
def rnn_sequence(x: torch.Tensor, W_ih: torch.Tensor, W_hh: torch.Tensor, b_ih: torch.Tensor, b_hh: torch.Tensor):
    h = torch.zeros(x.size(0), W_hh.size(0))
    states: list[torch.Tensor] = []
    for t in range(x.size(1)):
        h = rnn_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)

# %% answer="rnn-last-state"
class LastState(nn.Module):
    def forward(self, output, h_n):
        return h_n[-1]


last_state = torch.jit.script(LastState())

# %%
class Reader(nn.Module):
    def __init__(self, rnn):
        super().__init__()
        self.rnn = rnn

    def forward(self, x: torch.Tensor):
        output, h_n = self.rnn(x)
        return output[:, -1]

# %% answer="rnn-layout"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    return torch.jit.script(Reader(rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)))(x)
