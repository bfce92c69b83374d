// A number of a run in words: its formula in symbols, the same with its numbers, what it depends on.
// Needs cell_math.js.

const SQUASHED = { r: "σ", z: "σ", i: "σ", f: "σ", o: "σ", n: "tanh", g: "tanh" };

/** Six significant digits for what was computed. */
const exact = (value) => (value === 0 ? "0" : Number(value.toPrecision(6)).toString());
/** Few digits, for a number inside a formula: three behind the point, more where it is small. */
function brief(value) {
  if (value !== 0 && Math.abs(value) < 0.0005) return value.toExponential(1).replace("-", "−");
  return String(Number(value.toFixed(3))).replace("-", "−");
}
const inside = (value) => (value < 0 ? `(${brief(value)})` : brief(value));

/** The weights of one block, by PyTorch's names: W_iz, W_hz, b_iz, b_hz; W_ih … for a plain RNN. */
function weightNames(kind, block) {
  const end = kind === "rnn" ? { i: "ih", h: "hh" } : { i: `i${block}`, h: `h${block}` };
  return { w_ih: `W_${end.i}`, w_hh: `W_${end.h}`, b_ih: `b_${end.i}`, b_hh: `b_${end.h}` };
}

/** Weight · number, summed: "0.9·0.42 + 1·0.7". */
const products = (row, vector) => row.map((weight, j) => `${inside(weight)}·${inside(vector[j])}`).join(" + ");

/** Which weights a block's number k reads: "w_ih.3.0" is w_ih[3][0]. */
function weightsOf(weights, row) {
  const of = (part) => weights[part][row].map((_, j) => `${part}.${row}.${j}`);
  return [...of("w_ih"), ...of("w_hh"), `b_ih.${row}`, `b_hh.${row}`];
}

/**
 * {symbols, numbers, sum, value, numbersUsed: [[row, step, number], …], weightsUsed} of number k of
 * `row` after step t (from 0).
 */
function formulaOf(kind, weights, steps, row, t, k) {
  const step = steps[t];
  const hidden = step.before.h.length;
  const earlier = t === 0 ? [] : zeros(hidden).map((_, j) => ["h", t - 1, j]);
  const readings = step.x.map((_, j) => ["x", t, j]);
  const at = (name) => [name, t, k];
  if (kind === "gru" && row === "h") {
    return {
      symbols: "(1 − z)·n + z·h",
      numbers: `(1 − ${brief(step.z[k])})·${inside(step.n[k])} + ${brief(step.z[k])}·${inside(step.before.h[k])}`,
      value: step.h[k],
      numbersUsed: [at("z"), at("n"), ...(t ? [["h", t - 1, k]] : [])],
      weightsUsed: [],
    };
  }
  if (row === "c") {
    return {
      symbols: "f·c + i·g",
      numbers: `${brief(step.f[k])}·${inside(step.before.c[k])} + ${brief(step.i[k])}·${inside(step.g[k])}`,
      value: step.c[k],
      numbersUsed: [at("f"), at("i"), at("g"), ...(t ? [["c", t - 1, k]] : [])],
      weightsUsed: [],
    };
  }
  if (kind === "lstm" && row === "h") {
    return {
      symbols: "o·tanh(c)",
      numbers: `${brief(step.o[k])}·tanh(${brief(step.c[k])})`,
      value: step.h[k],
      numbersUsed: [at("o"), at("c")],
      weightsUsed: [],
    };
  }
  const block = BLOCKS[kind].indexOf(row) * hidden + k;
  const name = weightNames(kind, row);
  const squash = kind === "rnn" ? "tanh" : SQUASHED[row];
  const reset = kind === "gru" && row === "n";
  const fromX = `${products(weights.w_ih[block], step.x)} + ${inside(weights.b_ih[block])}`;
  const fromH = `${products(weights.w_hh[block], step.before.h)} + ${inside(weights.b_hh[block])}`;
  const sum = step.fromX[block] + (reset ? step.r[k] : 1) * step.fromH[block];
  const ofH = `${name.w_hh}·h + ${name.b_hh}`;
  return {
    symbols: `${squash}(${name.w_ih}·x + ${name.b_ih} + ${reset ? `r·(${ofH})` : ofH})`,
    numbers: `${squash}(${fromX} + ${reset ? `${brief(step.r[k])}·(${fromH})` : fromH})`,
    sum: `${squash}(${brief(sum)})`,
    value: step[row][k],
    numbersUsed: [...readings, ...earlier, ...(reset ? [at("r")] : [])],
    weightsUsed: weightsOf(weights, block),
  };
}
