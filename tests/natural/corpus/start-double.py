# %% right
def double(x):
    return 2 * x

# %% right
def double(x):
    return x + x

# %% right
def double(x):
    return torch.mul(x, 2)

# %% right
double = lambda x: x * 2.0

# %% right
def double(x):
    y = x.clone()
    y *= 2
    return y

# %% right
def double(x):
    y = torch.zeros_like(x)
    for i in range(len(x)):
        y[i] = x[i] * 2
    return y

# %% right
def double(x):
    return torch.stack([x, x]).sum(dim=0)

# %% right
def double(x):
    return x / 0.5

# %% squared
def double(x):
    y = x ** 2
    return y

# %% squared
def double(x):
    return torch.square(x)

# %% squared
def double(x):
    return x * x

# %% unchanged
def double(x):
    y = 2 * x
    return x

# %% nothing-returned
def double(x):
    y = 2 * x

# %% nothing-returned
def double(x):
    print(2 * x)

# %% side-by-side
def double(x):
    return torch.cat([x, x])

# %% side-by-side
def double(x):
    return torch.cat((x, x), dim=0)

# %% stacked
def double(x):
    return torch.stack([x, x])

# %% repeated
def double(x):
    return x.repeat(2)

# %% input-changed
def double(x):
    x *= 2
    return x

# %% input-changed
def double(x):
    return x.mul_(2)

# %% added-two
def double(x):
    y = x + 2
    return y

# %% summed
def double(x):
    return 2 * sum(x.flatten())

# %% halved
def double(x):
    return x / 2

# %% a-list
def double(x):
    y = (2 * x).tolist()
    return y

# %% converted-to-number
def double(x):
    return 2 * x.item()

# %% doubled-twice
def double(x):
    y = 2 * x
    return 2 * y

# %% a-numpy-array
def double(x):
    return 2 * x.numpy()
