// A layer of one or two numbers to play with: readings to draw, weights to slide, steps to play. All
// of it is computed here (cell_math.js) with every change; Python sends the presets, and keeps
// `state`, so that a page that is loaded anew shows what was there.

const WORDS = {
  x: "reading",
  r: "reset gate",
  z: "update gate",
  n: "candidate",
  i: "input gate",
  f: "forget gate",
  g: "candidate",
  o: "output gate",
  c: "memory",
  h: "state",
};
const GRADIENT = "gradient";
const GRADIENT_WORDS = "gradient by step";
const [FLOOR, CEILING] = [-6, 3]; // powers of ten that the gradient's bars span
const BEAT = 900; // ms for a step while it plays

const copyOf = (value) => JSON.parse(JSON.stringify(value));
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const signed = (text) => text.replace("-", "−");

/** A number in a narrow cell. */
function short(value) {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size < 0.0005) return signed(value.toExponential(0));
  if (size < 0.01) return signed(value.toFixed(3));
  return signed(size < 10 ? value.toFixed(2) : value.toPrecision(3));
}

/** The same weights for one hidden number more or less; a new number's weights are 0. */
function resized(kind, weights, hidden) {
  const had = weights.w_hh[0].length;
  const channels = weights.w_ih[0].length;
  const made = { w_ih: [], w_hh: [], b_ih: [], b_hh: [] };
  BLOCKS[kind].forEach((_, block) => {
    for (let k = 0; k < hidden; k += 1) {
      const row = k < had ? block * had + k : -1;
      made.w_ih.push(row < 0 ? zeros(channels) : weights.w_ih[row]);
      made.w_hh.push(zeros(hidden).map((_zero, j) => (row < 0 || j >= had ? 0 : weights.w_hh[row][j])));
      made.b_ih.push(row < 0 ? 0 : weights.b_ih[row]);
      made.b_hh.push(row < 0 ? 0 : weights.b_hh[row]);
    }
  });
  return made;
}

function button(words, action, options = {}) {
  const node = make("button", { type: "button", class: "course-button", ...options }, words);
  node.addEventListener("click", action);
  return node;
}

/** What can be set, and what follows from it. */
function playedCell(kind, given) {
  const cell = { ...copyOf(given) };
  cell.compute = () => {
    cell.steps = runCell(kind, cell.weights, cell.x);
    cell.gradient = gradientByStep(kind, cell.weights, cell.steps, cell.at);
  };
  cell.hidden = () => cell.weights.w_hh[0].length;
  cell.channels = () => cell.x[0].length;
  cell.kept = () => copyOf({ preset: cell.preset, weights: cell.weights, x: cell.x, at: cell.at });
  cell.compute();
  return cell;
}

/** The table of numbers: a row for each kind of number, a column for each step. */
function numberTable(kind, cell, hear) {
  const host = make("div", { class: "course-scroll" });
  const table = make("div", { class: "course-numbers" });
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  lines.setAttribute("class", "course-lines");
  lines.setAttribute("aria-hidden", "true");
  host.append(table);
  const cells = new Map(); // "row.step.number" → its button and what is drawn in it
  const heads = [];
  let lit = "";
  const id = (row, t, k) => `${row}.${t}.${k}`;

  function build() {
    cells.clear();
    heads.length = 0;
    lit = "";
    table.replaceChildren(lines);
    table.style.setProperty("--course-steps", cell.x.length);
    const top = line("", "step");
    cell.x.forEach((_, t) => {
      const head = button(String(t + 1), () => hear.goTo(t), { class: "course-step", "aria-label": `Go to step ${t + 1}` });
      heads.push(head);
      top.append(head);
    });
    for (let j = 0; j < cell.channels(); j += 1) row("x", j, cell.channels());
    for (const name of ROWS[kind]) {
      for (let k = 0; k < cell.hidden(); k += 1) row(name, k, cell.hidden());
    }
    row(GRADIENT, 0, 1);
  }

  function line(symbol, words, label = "") {
    const node = make("div", { class: "course-line", role: "group", "aria-label": label || words });
    const name = make("div", { class: "course-name", "aria-hidden": "true" });
    name.append(make("b", {}, symbol), ` ${words}`);
    if (words === GRADIENT_WORDS) name.append(make("small", {}, "of the state by each reading"));
    node.append(name);
    table.append(node);
    return node;
  }

  function row(name, k, of) {
    const symbol = name === GRADIENT ? "" : of > 1 ? `${name}[${k}]` : name;
    const node = line(symbol, WORDS[name] ?? GRADIENT_WORDS, `${symbol} ${WORDS[name] ?? GRADIENT_WORDS}`);
    node.dataset.kind = name === GRADIENT ? GRADIENT : GATES.has(name) ? "gate" : "number";
    cell.x.forEach((_, t) => node.append(number(name, t, k, symbol)));
  }

  function number(name, t, k, symbol) {
    const glyph = make("span", { class: "course-glyph" }, make("i"), make("i"));
    const figure = make("span", { class: "course-figure" }, document.createTextNode(""));
    const place = [name, t, k];
    const node = make("button", { type: "button", class: "course-number", tabindex: t === 0 ? "0" : "-1" }, glyph, figure);
    if (name === "x") {
      node.setAttribute("role", "slider");
      node.setAttribute("aria-valuemin", "-1");
      node.setAttribute("aria-valuemax", "1");
      node.setAttribute("aria-label", `${symbol}, step ${t + 1}`);
    }
    node.addEventListener("pointerenter", () => hear.look(place));
    node.addEventListener("pointerleave", () => hear.look(null));
    node.addEventListener("focus", () => hear.look(place));
    node.addEventListener("blur", () => hear.look(null));
    node.addEventListener("click", () => hear.pin(place));
    node.addEventListener("keydown", (event) => hear.key(event, place));
    if (name === "x") node.addEventListener("pointerdown", (event) => hear.grasp(event, k));
    cells.set(id(...place), { node, glyph, figure, symbol });
    return node;
  }

  /** Show the numbers as they are now. */
  function draw() {
    const widest = Math.max(1, ...cell.steps.flatMap((step) => (step.c ?? []).map(Math.abs)));
    heads.forEach((head, t) => head.toggleAttribute("data-now", t === cell.at));
    for (let t = 0; t < cell.x.length; t += 1) {
      cell.x[t].forEach((value, j) => set("x", t, j, value, value));
      for (const name of ROWS[kind]) {
        const scale = name === "c" ? widest : 1;
        cell.steps[t][name].forEach((value, k) => set(name, t, k, value, value / scale));
      }
      const value = t <= cell.at ? cell.gradient[t] : 0;
      const high = value > 0 ? (clamp(Math.log10(value), FLOOR, CEILING) - FLOOR) / (CEILING - FLOOR) : 0;
      set(GRADIENT, t, 0, value, high);
    }
  }

  function set(name, t, k, value, share) {
    const place = cells.get(id(name, t, k));
    const { node, glyph, figure, symbol } = place;
    const waits = t > cell.at && name !== "x";
    const isNow = t === cell.at;
    if (place.value === value && place.share === share && place.waits === waits && place.isNow === isNow) return;
    Object.assign(place, { value, share, waits, isNow });
    shape(name, glyph.children, share);
    glyph.toggleAttribute("data-below", share < 0);
    node.toggleAttribute("data-waits", waits);
    node.toggleAttribute("data-now", isNow);
    figure.firstChild.data = waits ? "" : short(value);
    if (name === "x") {
      node.setAttribute("aria-valuenow", value);
      return;
    }
    const words = name === GRADIENT ? "gradient by the reading of" : `${symbol},`;
    node.setAttribute("aria-label", `${words} step ${t + 1}: ${waits ? "not read yet" : short(value)}`);
  }

  /** A gate's leaves close by what it keeps out; a bar grows to its share of the height. */
  function shape(name, [first, second], share) {
    if (GATES.has(name)) {
      first.style.transform = second.style.transform = `scaleY(${(1 - share).toFixed(3)})`;
    } else if (name === GRADIENT) first.style.transform = `scaleY(${share.toFixed(3)})`;
    else first.style.height = `${(50 * Math.abs(share)).toFixed(1)}%`;
  }

  /** Light up a number and what it depends on, with a line from each. */
  function light(place, uses) {
    const wanted = [place, ...uses].join();
    if (wanted === lit) return;
    lit = wanted;
    for (const { node } of cells.values()) {
      node.removeAttribute("data-lit");
      node.removeAttribute("data-chosen");
    }
    lines.replaceChildren();
    const target = place && cells.get(id(...place));
    if (!target) return;
    target.node.setAttribute("data-chosen", "");
    for (const use of uses) {
      const source = cells.get(id(...use));
      source.node.setAttribute("data-lit", "");
      if (place[0] === GRADIENT) continue; // a fan of lines would hide the numbers
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", wayBetween(source.node, target.node));
      lines.append(path);
    }
  }

  /** A line from one number to another that leaves both readable. */
  function wayBetween(from, to) {
    const [x1, y1] = [from.offsetLeft, from.offsetTop + from.offsetHeight / 2];
    const [x2, y2] = [to.offsetLeft, to.offsetTop + to.offsetHeight / 2];
    if (x1 === x2) return `M${x1 + 8} ${y1}C${x1 - 12} ${y1} ${x2 - 12} ${y2} ${x2 + 8} ${y2}`;
    const right = x1 + from.offsetWidth - 8;
    if (y1 === y2) return `M${right} ${y1 - 8}C${right + 8} ${y1 - 16} ${x2} ${y2 - 16} ${x2 + 8} ${y2 - 8}`;
    return `M${right} ${y1}C${right + 14} ${y1} ${x2 - 6} ${y2} ${x2 + 8} ${y2}`;
  }

  /** The reading under the pointer, and its value by height: dragging draws a curve. */
  function underPointer(event, k) {
    for (let t = 0; t < cell.x.length; t += 1) {
      const { node, glyph } = cells.get(id("x", t, k));
      const across = node.getBoundingClientRect();
      if (event.clientX < across.left || event.clientX > across.right) continue;
      const { top, height } = glyph.getBoundingClientRect();
      const value = 1 - (2 * (event.clientY - top)) / height;
      return [t, Math.round(clamp(value, -1, 1) * 10) / 10];
    }
    return null;
  }

  const focus = (name, t, k) => cells.get(id(name, t, k))?.node.focus();
  /** One number of each row can be reached by Tab; the arrows move on from there. */
  function reach(name, t, k) {
    cell.x.forEach((_, step) => (cells.get(id(name, step, k)).node.tabIndex = step === t ? 0 : -1));
    focus(name, t, k);
  }
  return { host, build, draw, light, underPointer, reach };
}

/** A slider for each weight, a group for each block. */
function weightSliders(kind, cell, changed, settled) {
  const host = make("div", { class: "course-form course-weights" });
  const sliders = new Map();
  const limits = kind === "rnn" ? { min: -3, max: 3, step: 0.05 } : { min: -12, max: 12, step: 0.1 };

  function build() {
    sliders.clear();
    host.replaceChildren();
    const hidden = cell.hidden();
    BLOCKS[kind].forEach((block, place) => {
      const symbol = kind === "rnn" ? "" : `${block} `;
      const words = kind === "rnn" ? "weights" : WORDS[block];
      const group = make("fieldset", { class: "course-group" }, make("legend", {}, make("b", {}, symbol), words));
      const names = weightNames(kind, block);
      for (const part of ["w_ih", "w_hh", "b_ih", "b_hh"]) {
        for (let k = 0; k < hidden; k += 1) {
          const row = place * hidden + k;
          const columns = part.startsWith("w") ? cell.weights[part][row].length : 0;
          if (!columns) group.append(slider(names[part], [part, row], hidden > 1 ? `[${k}]` : ""));
          for (let j = 0; j < columns; j += 1) {
            const only = hidden === 1 && columns === 1;
            group.append(slider(names[part], [part, row, j], only ? "" : `[${k}, ${j}]`));
          }
        }
      }
      host.append(group);
    });
  }

  function slider(name, place, index) {
    const range = make("input", { type: "range", ...limits });
    const shown = make("output", { class: "course-figure" });
    const label = make("label", { class: "course-field course-weight" }, make("span", { class: "course-code" }, name, make("small", {}, index)), range, shown);
    range.addEventListener("input", () => {
      write(place, Number(range.value));
      show(place);
      changed();
    });
    range.addEventListener("change", settled);
    sliders.set(place.join("."), { range, shown, label, place });
    return label;
  }

  const read = ([part, row, j]) => (j === undefined ? cell.weights[part][row] : cell.weights[part][row][j]);
  function write([part, row, j], value) {
    if (j === undefined) cell.weights[part][row] = value;
    else cell.weights[part][row][j] = value;
  }
  function show(place) {
    const { range, shown } = sliders.get(place.join("."));
    const value = read(place);
    const end = 50 + (50 * value) / limits.max;
    const [from, to, tone] = value < 0 ? [end, 50, "negative"] : [50, end, "positive"];
    const [clear, colour] = ["transparent", `var(--course-${tone})`];
    range.value = value;
    range.style.setProperty("--course-fill", `linear-gradient(to right, ${clear} ${from}%, ${colour} ${from}% ${to}%, ${clear} ${to}%)`);
    shown.textContent = short(value);
  }
  const draw = () => sliders.forEach(({ place }) => show(place));
  function light(uses) {
    const lit = new Set(uses);
    for (const [name, { label }] of sliders) label.toggleAttribute("data-lit", lit.has(name));
  }
  return { host, build, draw, light };
}

/** The formula of a number, with its numbers; or what a reading and a gradient are. */
function described(kind, cell, [row, t, k]) {
  const of = (row === "x" ? cell.channels() : cell.hidden()) > 1 && row !== GRADIENT ? `[${k}]` : "";
  if (row === "x") {
    return { title: `x${of}, the reading of step ${t + 1}`, lines: ["Set it by a click at its height, by drawing, or by ↑ and ↓."], value: cell.x[t][k], uses: [], weights: [] };
  }
  if (t > cell.at) return { title: `Step ${t + 1} is not read yet`, lines: ["Play, or go there."], uses: [], weights: [] };
  if (row === GRADIENT) {
    const after = Array.from({ length: cell.at - t + 1 }, (_, back) => zeros(cell.hidden()).map((_zero, j) => ["h", t + back, j])).flat();
    return {
      title: `How far h of step ${cell.at + 1} moves with x of step ${t + 1}, for a small move`,
      lines: [`|∂h${subscript(cell.at + 1)} / ∂x${subscript(t + 1)}|, back through ${cell.at - t} ${cell.at - t === 1 ? "step" : "steps"} · ${size(cell.gradient[t])}`, ...chainWords(kind, cell, t)],
      value: cell.gradient[t],
      uses: after,
      weights: [],
    };
  }
  const found = formulaOf(kind, cell.weights, cell.steps, row, t, k);
  return {
    title: `${row}${of}, the ${WORDS[row]} after step ${t + 1}`,
    lines: [`= ${found.symbols}`, `= ${found.numbers}`, ...(found.sum ? [`= ${found.sum}`] : [])],
    value: found.value,
    uses: found.numbersUsed,
    weights: found.weightsUsed,
  };
}

/** With one number in the state: the factors of the way back, of which the gradient is the product. */
function chainWords(kind, cell, t) {
  if (kind === "lstm" || cell.hidden() > 1 || cell.channels() > 1) return [];
  const chain = chainOf(kind, cell.weights, cell.steps, t, cell.at);
  return [`= |${chain.map(inside).join(" · ")}|`];
}

const subscript = (count) => [...String(count)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
function size(value) {
  if (value === 0) return "nothing of it arrives";
  return value > 1 ? "more than 1: a small move grows on its way" : "less than 1: a small move shrinks on its way";
}

function render({ model, el }) {
  const { kind, title, presets } = model.get("asked");
  const beginning = (preset) => ({ preset, weights: presets[preset].weights, x: presets[preset].x, at: presets[preset].x.length - 1 });
  const kept = model.get("state");
  const cell = playedCell(kind, kept.weights ? kept : beginning(kept.preset));
  const root = make("section", { class: "course-panel course-play", "aria-label": title });
  keepKeys(root);
  let hovered = null;
  let pinned = null;
  let beat = 0;
  let easing = 0;
  let drawing = -1; // the channel whose readings are being drawn

  const keep = () => {
    model.set("state", cell.kept());
    model.save_changes();
  };
  const chosen = () => hovered ?? pinned ?? ["h", cell.at, 0];
  const hear = {
    goTo: (t) => {
      stop();
      go(t);
    },
    look: (place) => {
      if (drawing >= 0) return;
      hovered = place;
      explain();
    },
    pin: (place) => {
      pinned = pinned?.join() === place.join() ? null : place;
      explain();
    },
    grasp: (event, k) => {
      event.preventDefault();
      event.target.closest("button").focus();
      drawing = k;
      root.setPointerCapture(event.pointerId);
      drawReading(event);
    },
    key: pressKey,
  };
  const table = numberTable(kind, cell, hear);
  const sliders = weightSliders(kind, cell, update, keep);

  function drawReading(event) {
    const found = table.underPointer(event, drawing);
    if (!found) return;
    const [t, value] = found;
    hovered = ["x", t, drawing];
    cell.x[t][drawing] = value;
    update();
  }
  root.addEventListener("pointermove", (event) => drawing >= 0 && drawReading(event));
  function letGo() {
    if (drawing < 0) return;
    drawing = -1;
    hovered = null;
    explain();
    keep();
  }
  root.addEventListener("pointerup", letGo);
  root.addEventListener("pointercancel", letGo);

  function pressKey(event, [row, t, k]) {
    const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const up = { ArrowUp: 0.1, ArrowDown: -0.1 }[event.key];
    if (across) table.reach(row, clamp(t + across, 0, cell.x.length - 1), k);
    else if (up && row === "x") {
      cell.x[t][k] = Math.round(clamp(cell.x[t][k] + up, -1, 1) * 10) / 10;
      update();
      keep();
    } else if (event.key === "Escape") {
      pinned = null;
      explain();
    } else return;
    event.preventDefault();
  }

  const presetButtons = presets.map((preset, place) =>
    button(preset.name, () => begin(place), { class: "course-button course-stage" }),
  );
  const sizes = [1, 2].map((hidden) => button(String(hidden), () => resize(hidden), { class: "course-button course-stage", "aria-label": `${hidden} ${hidden === 1 ? "number" : "numbers"} in the state` }));
  const story = make("p", { class: "course-story" });
  const back = button("◀ Back", () => hear.goTo(cell.at - 1), { class: "course-button course-back" });
  const play = button("▶ Play", () => (beat ? stop() : start()), { class: "course-button course-main" });
  const step = button("Step ▶", () => hear.goTo(cell.at + 1), { class: "course-button course-forth" });
  const where = make("span", { class: "course-status" });
  const shape = make("code", { class: "course-code" });
  const formula = make("div", { class: "course-formula", "aria-live": "polite" });

  function begin(preset) {
    stop();
    const had = [cell.hidden(), cell.channels()].join();
    Object.assign(cell, copyOf(beginning(preset)));
    pinned = null;
    if (had === [cell.hidden(), cell.channels()].join()) ease();
    else table.build();
    renew();
    keep();
  }
  /** Let gates and bars glide to where a story has them. */
  function ease() {
    root.setAttribute("data-eased", "");
    clearTimeout(easing);
    easing = setTimeout(() => root.removeAttribute("data-eased"), 500);
  }
  function resize(hidden) {
    cell.weights = copyOf(resized(kind, cell.weights, hidden));
    pinned = null;
    table.build();
    renew();
    keep();
  }
  function start() {
    if (cell.at === cell.x.length - 1) go(0);
    beat = setInterval(() => (cell.at < cell.x.length - 1 ? go(cell.at + 1) : stop()), BEAT);
    play.textContent = "❚❚ Pause";
    root.setAttribute("data-playing", "");
  }
  function stop() {
    clearInterval(beat);
    beat = 0;
    play.textContent = "▶ Play";
    root.removeAttribute("data-playing");
  }
  function go(t) {
    cell.at = clamp(t, 0, cell.x.length - 1);
    update();
  }

  /** After any change: compute, and show every number anew. */
  function update() {
    cell.compute();
    table.draw();
    where.textContent = `step ${cell.at + 1} of ${cell.x.length}`;
    back.disabled = cell.at === 0;
    step.disabled = cell.at === cell.x.length - 1;
    explain();
  }
  function explain() {
    const place = chosen();
    const found = described(kind, cell, place);
    table.light(place, found.uses);
    sliders.light(found.weights);
    const value = found.value === undefined ? [] : [make("div", {}, "= ", make("b", { class: "course-value" }, signed(exact(found.value))))];
    formula.replaceChildren(make("div", { class: "course-title" }, found.title), ...found.lines.map((words) => make("div", {}, words)), ...value);
  }
  function renew() {
    sliders.build();
    sliders.draw();
    presetButtons.forEach((node, place) => node.setAttribute("aria-pressed", place === cell.preset));
    sizes.forEach((node, place) => node.setAttribute("aria-pressed", place + 1 === cell.hidden()));
    story.textContent = presets[cell.preset].story;
    shape.textContent = `nn.${kind.toUpperCase()}(${cell.channels()}, ${cell.hidden()})`;
    update();
  }

  const group = (label, ...nodes) => make("div", { class: "course-row", role: "group", "aria-label": label }, ...nodes);
  root.append(
    make("div", { class: "course-head" }, make("strong", {}, title), shape, make("span", { class: "course-count" }, group("Size of the state", "numbers in the state", ...sizes))),
    group("Stories", ...presetButtons),
    story,
    group("Steps", back, play, step, where),
    table.host,
    formula,
    sliders.host,
  );
  el.append(root);
  table.build();
  renew();
  return () => {
    stop();
    clearTimeout(easing);
  };
}

export default { render };
