# %% right
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% right
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    read = numbers
    for _ in range(more):
        scores, h = model(read[None], h)
        chosen_from.append(scores[0, -1])
        read = scores[0, -1].argmax()[None]
        numbers = torch.cat([numbers, read])
    return numbers, torch.stack(chosen_from)

# %% right
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    scores, h = model(numbers[None])
    for i in range(more):
        s = scores[0, -1]
        chosen_from.append(s)
        new = s.argmax().view(1)
        numbers = torch.cat([numbers, new])
        if i + 1 < more:
            scores, h = model(new[None], h)
    return numbers, torch.stack(chosen_from)

# %% right
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, _ = model(numbers.unsqueeze(0), None)
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% right
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        with torch.no_grad():
            scores = model(numbers[None])[0]
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% right
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        h = None
        scores, h = model(numbers[None], h)
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% prefix-and-state
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None], h)
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% prefix-and-state
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    scores, h = model(numbers[None])
    for _ in range(more):
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
        scores, h = model(numbers[None], h)
    return numbers, torch.stack(chosen_from)

# %% prefix-never-read
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None, -1:], h)
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% state-forgotten
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[-1:][None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% last-word-twice
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    _, h = model(numbers[None])
    for _ in range(more):
        scores, h = model(numbers[None, -1:], h)
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% first-step-scores
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0, 0])
        numbers = torch.cat([numbers, scores[0, 0].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% prefix-unchanged
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    begin = numbers
    for _ in range(more):
        scores, h = model(begin[None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% new-only
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers[-more:], torch.stack(chosen_from)

# %% probabilities
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0, -1].softmax(0))
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% sentence-alone
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers

# %% a-list-of-scores
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, chosen_from

# %% batch-axis-forgotten
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers)
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% right
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers)
        chosen_from.append(scores[-1])
        numbers = torch.cat([numbers, scores[-1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% number-joined
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()])
    return numbers, torch.stack(chosen_from)

# %% scores-of-every-step
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores)
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% scores-of-every-step
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% last-scores-only
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, scores[0, -1]

# %% best-of-all-steps
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores.argmax()[None]])
    return numbers, torch.stack(chosen_from)

# %% best-of-each-step
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0].argmax(dim=-1)])
    return numbers, torch.stack(chosen_from)

# %% axis-missing-for-the-layer
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    read = numbers[None]
    for _ in range(more):
        scores, h = model(read, h)
        chosen_from.append(scores[0, -1])
        read = scores[0, -1].argmax()
        numbers = torch.cat([numbers, read[None]])
    return numbers, torch.stack(chosen_from)

# %% last-word-not-read
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    scores, h = model(numbers[None, :-1])
    for _ in range(more):
        chosen_from.append(scores[0, -1])
        new = scores[0, -1].argmax()[None]
        numbers = torch.cat([numbers, new])
        scores, h = model(new[None], h)
    return numbers, torch.stack(chosen_from)

# %% scores-end-to-end
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        chosen_from.append(scores[0, -1])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, torch.cat(chosen_from)

# %% scores-of-every-step
def write_on(numbers, more, weights):
    model, h, chosen_from = reader_with(*weights), None, []
    for _ in range(more):
        scores, h = model(numbers[None])
        numbers = torch.cat([numbers, scores[0, -1].argmax()[None]])
    return numbers, model(numbers[None])[0][0]
