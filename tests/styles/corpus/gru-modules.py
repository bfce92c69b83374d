# %%
"""PyTorch's own cell and layer, filled with the given weights; results come out with gradients."""

UNIT = "02_gru"
QUESTIONS = ["gru-cell", "gru-layer", "gru-unpack"]

# %% answer="gru-cell"
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    cell = nn.GRUCell(x.shape[-1], h.shape[-1])
    cell.weight_ih, cell.weight_hh = nn.Parameter(W_ih), nn.Parameter(W_hh)
    cell.bias_ih, cell.bias_hh = nn.Parameter(b_ih), nn.Parameter(b_hh)
    return cell(x, h)

# %% answer="gru-layer"
class Layer(nn.GRU):
    def __init__(self, W_ih, W_hh, b_ih, b_hh):
        super().__init__(W_ih.shape[1], W_hh.shape[1], batch_first=True)
        with torch.no_grad():
            for parameter, value in zip(self.parameters(), (W_ih, W_hh, b_ih, b_hh)):
                parameter.copy_(value)


def gru_layer(x, *weights):
    return list(Layer(*weights)(x))

# %% answer="gru-unpack"
def summarise(x, W_ih, W_hh, b_ih, b_hh):
    gru = gru_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, (*lower, upper) = gru(x)
    return upper
