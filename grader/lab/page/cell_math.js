// One recurrent layer by PyTorch's formulas, in double precision: every number of a run, the gradient
// of a state by each reading, and each number's formula with its numbers in it. Draws nothing.
//
// weights: {w_ih: (blocks*H, C), w_hh: (blocks*H, H), b_ih, b_hh}, blocks stacked as PyTorch does.

const BLOCKS = { rnn: ["h"], gru: ["r", "z", "n"], lstm: ["i", "f", "g", "o"] };
const ROWS = { rnn: ["h"], gru: ["r", "z", "n", "h"], lstm: ["i", "f", "g", "o", "c", "h"] };
const GATES = new Set(["r", "z", "i", "f", "o"]);

const sigmoid = (sum) => 1 / (1 + Math.exp(-sum));
const dot = (row, vector) => row.reduce((sum, weight, j) => sum + weight * vector[j], 0);
const affine = (matrix, vector, bias) => matrix.map((row, k) => dot(row, vector) + bias[k]);
const transposed = (matrix, vector) =>
  matrix[0].map((_, j) => matrix.reduce((sum, row, k) => sum + row[j] * vector[k], 0));
const zeros = (count) => Array(count).fill(0);
const cut = (vector, hidden) =>
  Array.from({ length: vector.length / hidden }, (_, block) => vector.slice(block * hidden, (block + 1) * hidden));
const each = (vector, compute) => vector.map((value, k) => compute(value, k));

/** What one step computes: {r: [...], ..., h: [...]}, each of H numbers. */
const FORWARD = {
  rnn: ([x], [u]) => ({ h: each(x, (value, k) => Math.tanh(value + u[k])) }),
  gru: ([xr, xz, xn], [ur, uz, un], before) => {
    const r = each(xr, (value, k) => sigmoid(value + ur[k]));
    const z = each(xz, (value, k) => sigmoid(value + uz[k]));
    const n = each(xn, (value, k) => Math.tanh(value + r[k] * un[k]));
    const h = each(n, (value, k) => (1 - z[k]) * value + z[k] * before.h[k]);
    return { r, z, n, h };
  },
  lstm: ([xi, xf, xg, xo], [ui, uf, ug, uo], before) => {
    const i = each(xi, (value, k) => sigmoid(value + ui[k]));
    const f = each(xf, (value, k) => sigmoid(value + uf[k]));
    const g = each(xg, (value, k) => Math.tanh(value + ug[k]));
    const o = each(xo, (value, k) => sigmoid(value + uo[k]));
    const c = each(f, (value, k) => value * before.c[k] + i[k] * g[k]);
    const h = each(o, (value, k) => value * Math.tanh(c[k]));
    return { i, f, g, o, c, h };
  },
};

/** From the gradient by a step's h and c: that by its two affine parts and by the step before. */
const BACKWARD = {
  rnn: (now, dh) => {
    const by = each(dh, (value, k) => value * (1 - now.h[k] ** 2));
    return { byX: by, byH: by, dh: zeros(dh.length), dc: zeros(dh.length) };
  },
  gru: (now, dh, _dc, before, fromH) => {
    const un = cut(fromH, dh.length)[2];
    const n = each(dh, (value, k) => value * (1 - now.z[k]) * (1 - now.n[k] ** 2));
    const r = each(n, (value, k) => value * un[k] * now.r[k] * (1 - now.r[k]));
    const z = each(dh, (value, k) => value * (before.h[k] - now.n[k]) * now.z[k] * (1 - now.z[k]));
    const direct = each(dh, (value, k) => value * now.z[k]);
    const throughReset = each(n, (value, k) => value * now.r[k]);
    return { byX: [...r, ...z, ...n], byH: [...r, ...z, ...throughReset], dh: direct, dc: zeros(dh.length) };
  },
  lstm: (now, dh, dc, before) => {
    const squashed = each(now.c, (value) => Math.tanh(value));
    const byC = each(dc, (value, k) => value + dh[k] * now.o[k] * (1 - squashed[k] ** 2));
    const i = each(byC, (value, k) => value * now.g[k] * now.i[k] * (1 - now.i[k]));
    const f = each(byC, (value, k) => value * before.c[k] * now.f[k] * (1 - now.f[k]));
    const g = each(byC, (value, k) => value * now.i[k] * (1 - now.g[k] ** 2));
    const o = each(dh, (value, k) => value * squashed[k] * now.o[k] * (1 - now.o[k]));
    const by = [...i, ...f, ...g, ...o];
    return { byX: by, byH: by, dh: zeros(dh.length), dc: each(byC, (value, k) => value * now.f[k]) };
  },
};

/** Read x (T, C) from a state of zeros: for each step its reading, its sums and its numbers. */
function runCell(kind, weights, x) {
  const hidden = weights.w_hh[0].length;
  const steps = [];
  let before = { h: zeros(hidden), c: zeros(hidden) };
  for (const reading of x) {
    const fromX = affine(weights.w_ih, reading, weights.b_ih);
    const fromH = affine(weights.w_hh, before.h, weights.b_hh);
    const now = FORWARD[kind](cut(fromX, hidden), cut(fromH, hidden), before);
    steps.push({ x: reading, fromX, fromH, before, ...now });
    before = now;
  }
  return steps;
}

/** d h[last] / d x[t] for each step t up to `last`: (H, last + 1, C), by backpropagation through time. */
function jacobian(kind, weights, steps, last) {
  const hidden = weights.w_hh[0].length;
  return zeros(hidden).map((_, number) => {
    let dh = zeros(hidden).map((_zero, k) => (k === number ? 1 : 0));
    let dc = zeros(hidden);
    const byStep = [];
    for (let t = last; t >= 0; t -= 1) {
      const { before, fromH } = steps[t];
      const back = BACKWARD[kind](steps[t], dh, dc, before, fromH);
      byStep[t] = transposed(weights.w_ih, back.byX);
      const throughWeights = transposed(weights.w_hh, back.byH);
      dh = each(back.dh, (value, k) => value + throughWeights[k]);
      dc = back.dc;
    }
    return byStep;
  });
}

/** How far the state after `last` moves with the reading of each step: the norm of its Jacobian. */
function gradientByStep(kind, weights, steps, last) {
  const moves = jacobian(kind, weights, steps, last);
  return zeros(last + 1).map((_, t) => Math.hypot(...moves.flatMap((byStep) => byStep[t])));
}

/**
 * The chain of d h[last] / d x[t] for one hidden number, one input and no memory beside the state:
 * first what the reading moves at its own step, then one factor for each step after it.
 */
function chainOf(kind, weights, steps, t, last) {
  const backAt = (step) => BACKWARD[kind](steps[step], [1], [0], steps[step].before, steps[step].fromH);
  const [first] = transposed(weights.w_ih, backAt(t).byX);
  const factors = [];
  for (let step = t + 1; step <= last; step += 1) {
    const back = backAt(step);
    factors.push(back.dh[0] + transposed(weights.w_hh, back.byH)[0]);
  }
  return [first, ...factors];
}
