# %%
"""Row by row and step by step with plain indices, and prints on the way."""

UNIT = "03_birnn"
QUESTIONS = ["birnn-reverse", "birnn-two-directions", "birnn-summary"]

# %% answer="birnn-reverse"
def reverse(x, lengths):
    result = torch.zeros_like(x)
    for i in range(len(lengths)):
        n = int(lengths[i])
        for j in range(x.shape[1]):
            result[i, j] = x[i, n - 1 - j] if j < n else x[i, j]
            print(i, j, "<-", n - 1 - j if j < n else j)
    return result

# %% answer="birnn-two-directions"
def two_directions(x, forward, backward):
    B, T, _ = x.shape
    H = len(forward[2])
    result = torch.zeros(B, T, 2 * H)
    result[:, :, :H] = read(x, forward)
    backwards = torch.stack([x[:, t] for t in range(T - 1, -1, -1)], dim=1)
    for t, state in enumerate(read(backwards, backward).unbind(1)):
        result[:, T - 1 - t, H:] = state
    return result

# %% answer="birnn-summary"
def summary(output, h_n):
    B, H = h_n.shape[1:]
    result = torch.empty(B, 2 * H)
    for b in range(B):
        for k in range(H):
            result[b, k] = output[b, -1, k]
            result[b, H + k] = output[b, 0, H + k]
    return result
