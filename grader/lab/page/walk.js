// A walk through a trained model: what it reads, the states of some of its units, its answer, step by
// step. Every number comes from Python, which runs the model anew after each change; this draws
// `asked` (never changes) and `state`, and sends what was changed.

const BEAT = 500; // ms for a step while it plays

const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
const minus = (value) => String(value).replace("-", "−");
const inside = (value) => (value < 0 ? `(${minus(Number(value.toFixed(4)))})` : String(Number(value.toFixed(4))));
const percent = (share) => `${(100 * share).toFixed(1)}%`;

/** The gate that is drawn below each state. */
const GATE_BELOW = { gru: "z", lstm: "f" };
/** A state's formula, in symbols and with its numbers; `at` gives a part of it by name. */
const FORMULAS = {
  rnn: (at, squash) => [
    `${squash}(W_ih·x + b_ih + W_hh·h + b_hh)`,
    `${squash}(${inside(at("from_x"))} from the reading + ${inside(at("from_h"))} from the state)`,
  ],
  gru: (at) => ["(1 − z)·n + z·h", `(1 − ${inside(at("z"))})·${inside(at("n"))} + ${inside(at("z"))}·${inside(at("before"))}`],
  lstm: (at) => [
    "o·tanh(c), where c = f·c + i·g",
    `${inside(at("o"))}·tanh(${inside(at("f"))}·${inside(at("c_before"))} + ${inside(at("i"))}·${inside(at("g"))})`,
  ],
};

/** How far from zero the states that are drawn reach: that is a bar's full height. */
const highest = (state) => Math.max(0.1, ...state.parts.flatMap(({ h }) => h.flat().map(Math.abs)));

/** A bar up (filled) or down (hollow), and below it a second one for a gate. */
function numberCell(tag, attributes = {}, gate = false) {
  const bar = make("i");
  const node = make(tag, { class: "course-number", ...attributes }, make("span", { class: "course-glyph" }, bar));
  const leaf = gate ? make("i") : null;
  if (leaf) node.append(make("span", { class: "course-gatebar" }, leaf));
  const show = (share, open) => {
    bar.style.height = `${(50 * Math.min(Math.abs(share), 1)).toFixed(1)}%`;
    bar.parentNode.toggleAttribute("data-below", share < 0);
    if (leaf) leaf.style.width = percent(open);
  };
  return { node, show };
}

function render({ model, el }) {
  const asked = model.get("asked");
  const root = make("section", { class: "course-panel course-walk", "aria-label": asked.title });
  keepKeys(root);
  const steps = () => model.get("state").x.length;
  let at = steps() - 1;
  let beat = 0;
  let chosen = null; // [step, channel] of the reading that is being changed
  const { send, answered, goOn } = changesOf(model);
  const example = make("span", { class: "course-status" });
  const other = (way) => () => send({ press: "example", row: (model.get("state").row + way + asked.count) % asked.count });
  const group = (label, ...nodes) => make("div", { class: "course-row", role: "group", "aria-label": label }, ...nodes);
  const back = button("◀ Back", () => goTo(at - 1));
  const play = button("▶ Play", () => (beat ? stop() : start()), { class: "course-button course-main" });
  const forth = button("Step ▶", () => goTo(at + 1));
  const where = make("span", { class: "course-status", role: "status" });
  const table = make("div", { class: "course-numbers" });
  const under = make("div", { class: "course-formula" });
  const pads = make("input", { type: "range", min: 0, max: asked.steps_at_most, value: 0 });
  const padded = make("output", { class: "course-count" }, "0");
  pads.addEventListener("input", () => {
    padded.textContent = pads.value;
    send({ press: "padding", value: Number(pads.value) });
  });
  const padding = asked.pads ? [make("label", { class: "course-row" }, "padding behind the end", pads, padded)] : [];
  const editor = make("div", { class: "course-row course-editor" });
  const answers = make("div", { class: "course-answers", role: "group", "aria-label": "Answer" });
  const note = make("span", { class: "course-note", role: "status" });
  let rows = [];
  let bars = [];

  function line(name, words, kind) {
    const node = make("div", { class: "course-line", role: "group", "aria-label": name, "data-kind": kind });
    const value = make("span", { class: "course-figure" });
    node.append(make("div", { class: "course-name" }, make("b", {}, name), " ", value, make("small", {}, words)));
    table.append(node);
    return { node, value };
  }

  function build() {
    rows = [];
    table.replaceChildren();
    table.style.setProperty("--course-steps", steps());
    heads();
    readings();
    asked.directions.forEach((direction, d) => {
      const way = asked.directions.length > 1 ? `, ${direction.name}` : "";
      direction.units.forEach((unit, u) => states(`unit ${unit.unit}${way}`, unit.words, d, u));
    });
    answers.replaceChildren();
    bars = asked.classes.map((name) => {
      const bar = make("i");
      const share = make("span", { class: "course-figure" });
      const label = make("span", {});
      answers.append(make("div", { class: "course-answer" }, label, make("span", { class: "course-bar" }, bar), share));
      return { name, bar, share, label };
    });
  }

  /** A button for each step, to go there. */
  function heads() {
    const node = make("div", { class: "course-line", role: "group", "aria-label": "step" }, make("div", { class: "course-name" }, "step"));
    const cells = Array.from({ length: steps() }, (_, t) => {
      const told = steps() <= 24 || t === 0 || (t + 1) % 5 === 0 ? String(t + 1) : "·";
      const head = button(told, () => goTo(t), { class: "course-step", "aria-label": `Go to step ${t + 1}` });
      node.append(head);
      return [t, head];
    });
    table.append(node);
    rows.push({ cells, waits: () => false, show: () => {} });
  }

  function readings() {
    const { x } = model.get("state");
    if (asked.reads_words) {
      const { node } = line("reads", "a word at each step", "word");
      x.forEach((_, t) => {
        const word = button("", () => choose(t, 0), { class: "course-button course-word" });
        node.append(word);
        rows.push({ channel: 0, show: (state) => (word.textContent = state.x[t]), cells: [[t, word]], waits: () => false });
      });
      return;
    }
    x[0].forEach((_, channel) => {
      const { node, value } = line(`channel ${channel}`, "", "number");
      const cells = x.map((_reading, t) => {
        const cell = numberCell("button", { type: "button", tabindex: t === 0 ? "0" : "-1" });
        cell.node.addEventListener("click", () => choose(t, channel));
        cell.node.addEventListener("focus", () => choose(t, channel));
        cell.node.addEventListener("keydown", (event) => arrows(event, cells, t));
        node.append(cell.node);
        return cell;
      });
      rows.push({
        channel,
        cells: cells.map(({ node: cell }, t) => [t, cell]),
        waits: () => false,
        show: (state) => {
          value.textContent = signed(state.x[at][channel]);
          cells.forEach((cell, t) => {
            cell.show(state.x[t][channel] / asked.usual);
            cell.node.setAttribute("aria-label", `channel ${channel}, step ${t + 1}: ${signed(state.x[t][channel])}`);
          });
        },
      });
    });
  }

  function arrows(event, cells, t) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = way && cells[t + way];
    if (!next) return;
    event.preventDefault();
    cells[t].node.tabIndex = -1;
    next.node.tabIndex = 0;
    next.node.focus();
  }

  function states(name, words, d, u) {
    const gated = GATE_BELOW[model.get("state").kind] !== undefined;
    const { node, value } = line(name, words, "number");
    if (u === 0) node.toggleAttribute("data-first", true);
    const cells = Array.from({ length: steps() }, (_, t) => {
      const cell = numberCell("span", {}, gated);
      cell.node.addEventListener("pointerenter", () => tell(name, words, d, u, t));
      cell.node.addEventListener("pointerleave", () => tell());
      node.append(cell.node);
      return cell;
    });
    const read = () => model.get("state").parts[d].h[u].length; // padding that is not read has no states
    rows.push({
      cells: cells.map(({ node: cell }, t) => [t, cell]),
      waits: (t) => t >= read() || (d === 0 ? t > at : t < read() - 1 - at),
      show: (state) => {
        const now = d === 0 ? Math.min(at, read() - 1) : Math.max(read() - 1 - at, 0);
        const { h, [GATE_BELOW[state.kind]]: gate } = state.parts[d];
        value.textContent = signed(h[u][now]);
        cells.forEach((cell, t) => cell.show((h[u][t] ?? 0) / highest(state), gated ? gate[u][t] ?? 0 : 0));
      },
    });
  }

  function tell(name, words, d, u, t) {
    const state = model.get("state");
    if (name === undefined || t >= state.parts[d].h[u].length) {
      const gate = { z: " The line below a state is its update gate z: full keeps.", f: " The line below a state is its forget gate f: full keeps." };
      const bars = ` Bars of states end at ${highest(state).toFixed(2)}.`;
      const what = asked.reads_words ? "a word" : "a reading";
      under.replaceChildren(`Point at a state to read its formula; choose ${what} to change it.${bars}${gate[GATE_BELOW[state.kind]] ?? ""}`);
      return;
    }
    const at = (part) => state.parts[d][part][u][t];
    const value = make("b", { class: "course-value" }, minus(at("h")));
    const lines = FORMULAS[state.kind](at, state.nonlinearity).map((formula) => make("div", {}, `= ${formula}`));
    under.replaceChildren(make("div", { class: "course-title" }, `${name} after step ${t + 1}, which ${words}`), ...lines, make("div", {}, "= ", value));
  }

  /** Offer the reading to be changed. */
  function choose(t, channel) {
    if (t >= model.get("state").length) return; // padding is nothing to be changed
    const same = chosen && chosen[0] === t && chosen[1] === channel;
    chosen = [t, channel];
    if (!same) edit();
    draw();
  }
  function edit() {
    const [t, channel] = chosen;
    const { x } = model.get("state");
    if (asked.reads_words) {
      const input = make("input", { type: "text", class: "course-text", value: x[t] });
      const write = () => send({ press: "word", step: t, word: input.value });
      input.addEventListener("keydown", (event) => event.key === "Enter" && write());
      editor.replaceChildren(make("label", { class: "course-row" }, `word ${t + 1}`, input), button("Read it", write), note);
      return;
    }
    const range = make("input", { type: "range", min: -asked.top, max: asked.top, step: 0.1, value: x[t][channel] });
    range.addEventListener("input", () => send({ press: "set", step: t, channel, value: Number(range.value) }));
    editor.replaceChildren(make("label", { class: "course-row" }, `channel ${channel}, step ${t + 1}`, range));
  }

  function goTo(step) {
    stop();
    go(step);
  }
  function go(step) {
    at = Math.min(Math.max(step, 0), steps() - 1);
    draw();
  }
  function start() {
    if (at === steps() - 1) go(0);
    beat = setInterval(() => (at < steps() - 1 ? go(at + 1) : stop()), BEAT);
    play.textContent = "❚❚ Pause";
  }
  function stop() {
    clearInterval(beat);
    beat = 0;
    play.textContent = "▶ Play";
  }

  function drawAnswer(state) {
    const last = at === steps() - 1;
    const shares = state.answers.length > 1 ? state.answers[at] : last ? state.answers[0] : null;
    const best = shares && shares.indexOf(Math.max(...shares));
    bars.forEach(({ name, bar, share, label }, k) => {
      bar.style.transform = `scaleX(${shares ? shares[k] : 0})`;
      share.textContent = shares ? percent(shares[k]) : "";
      label.textContent = `${k === best ? "▸ " : ""}${name}${name === state.label ? " (label)" : ""}`;
    });
    const zeros = at + 1 - state.length;
    if (zeros > 0 && shares) return `its answer with ${zeros} ${zeros === 1 ? "zero" : "zeros"} behind the end`;
    if (at === state.length - 1 && shares) return "its answer";
    return shares ? `its answer, if it ended here` : "no answer yet: one direction has not read all";
  }

  function draw() {
    const state = model.get("state");
    for (const row of rows) {
      row.show(state);
      for (const [t, cell] of row.cells) {
        cell.toggleAttribute("data-now", t === at);
        cell.toggleAttribute("data-padding", t >= state.length);
        cell.toggleAttribute("data-waits", row.waits(t));
        cell.toggleAttribute("data-chosen", chosen !== null && chosen[0] === t && chosen[1] === row.channel);
      }
    }
    back.disabled = at === 0;
    forth.disabled = at === steps() - 1;
    note.textContent = state.note;
    pads.max = asked.steps_at_most - state.length;
    example.textContent = `example ${state.row} of ${asked.count}, labelled ${state.label}`;
    where.textContent = `step ${at + 1} of ${steps()}: ${drawAnswer(state)}`;
  }

  function renew() {
    goOn();
    if (table.style.getPropertyValue("--course-steps") !== String(steps())) {
      stop();
      at = steps() - 1;
      chosen = null;
      editor.replaceChildren();
      build();
    }
    draw();
  }

  root.append(
    make("div", { class: "course-head" }, make("strong", {}, asked.title), example),
    group("Example", button("◀ Example before", other(-1)), button("Next example ▶", other(1)), button("Reverse it", () => send({ press: "reverse" })), button("As it was", () => other(0)())),
    group("Steps", back, play, forth, where),
    ...padding,
    make("div", { class: "course-scroll" }, table),
    editor,
    answers,
    under,
  );
  el.append(root);
  build();
  tell();
  draw();
  model.on("change:state", renew);
  return () => {
    stop();
    model.off("change:state", renew);
  };
}

export default { render };
