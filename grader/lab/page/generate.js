// Language models that write, side by side. Every sentence and share comes from Python, which runs
// the models anew after each change; this draws `asked` (never changes) and `state`, and sends what
// was changed.

const percent = (share) => (share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`);
const shown = (word) => (word === "<s>" ? "(end)" : word);

function render({ model, el }) {
  const asked = model.get("asked");
  const root = make("section", { class: "course-panel course-write", "aria-label": asked.title });
  keepKeys(root);
  const { send, answered, goOn } = changesOf(model);
  const box = make("input", { type: "text", class: "course-text", placeholder: "the first words" });
  const begin = () => send({ press: "begin", text: box.value });
  box.addEventListener("keydown", (event) => event.key === "Enter" && begin());
  const heat = make("input", { type: "range", min: 0, max: asked.hottest, step: 0.1 });
  const degrees = make("span", { class: "course-figure", "aria-hidden": "true" });
  heat.addEventListener("input", () => {
    degrees.textContent = Number(heat.value).toFixed(1);
    send({ press: "temperature", value: Number(heat.value) });
  });
  const note = make("div", { class: "course-note", role: "status" });
  const columns = asked.models.map((name) => {
    const next = make("div", { class: "course-next", role: "group", "aria-label": `${name}: likeliest next words` });
    const lines = make("ol", { class: "course-sentences", "aria-label": `${name}: sentences` });
    const copies = make("div", { class: "course-note" });
    const title = make("h4", { class: "course-writer" }, name);
    return { next, lines, copies, node: make("div", { class: "course-column" }, title, next, lines, copies) };
  });

  function word(entry, largest) {
    const bar = make("i");
    bar.style.transform = `scaleX(${entry.share / largest})`;
    const end = entry.word === "<s>";
    const told = `${shown(entry.word)}, ${percent(entry.share)}`;
    const action = () => send({ press: "append", word: entry.word });
    const label = end ? told : `Append ${told}`;
    const node = button("", action, { class: "course-button course-likely", disabled: end, "aria-label": label });
    node.append(
      make("span", { class: "course-likely-word" }, shown(entry.word)),
      make("span", { class: "course-bar", "aria-hidden": "true" }, bar),
      make("span", { class: "course-figure" }, percent(entry.share)),
    );
    return node;
  }

  function sentence(each, given) {
    const node = make("li");
    each.words.forEach((text, place) => {
      const mark = each.marks[place];
      const part = make(mark ? "u" : "span", { class: place < given ? "course-given" : false }, text);
      node.append(place ? (mark && each.marks[place - 1] ? make("u", {}, " ") : " ") : "", part);
    });
    node.append(each.ended ? "." : " …");
    return node;
  }

  function draw() {
    const state = model.get("state");
    if (document.activeElement !== box || answered()) box.value = state.beginning;
    if (document.activeElement !== heat) heat.value = state.temperature;
    degrees.textContent = Number(heat.value).toFixed(1);
    note.textContent = state.note;
    const given = state.beginning ? state.beginning.split(" ").length : 0;
    const largest = Math.max(...state.models.flatMap((one) => one.next.map(({ share }) => share)));
    state.models.forEach((one, m) => {
      const held = columns[m].next.contains(document.activeElement);
      columns[m].next.replaceChildren(...one.next.map((entry) => word(entry, largest)));
      if (held) columns[m].next.querySelector("button:not(:disabled)")?.focus();
      columns[m].lines.replaceChildren(...one.sentences.map((each) => sentence(each, given)));
      const copied = `${one.copies} of ${one.runs} runs of four words are copies of training sentences (underlined)`;
      columns[m].copies.textContent = asked.marks ? copied : "";
    });
  }

  function renew() {
    goOn();
    draw();
  }

  root.append(
    make("div", { class: "course-head" }, make("strong", {}, asked.title)),
    make(
      "div",
      { class: "course-row" },
      make("label", { class: "course-row" }, "beginning", box),
      button("Write on", begin, { class: "course-button course-main" }),
      button("Draw anew", () => send({ press: "anew" })),
      button("Start over", () => send({ press: "begin", text: "" })),
    ),
    make(
      "div",
      { class: "course-row" },
      make("label", { class: "course-row" }, "temperature", heat, degrees),
      make("span", { class: "course-note" }, "0: always the likeliest word · 1: as learnt · 2: nearly anything"),
    ),
    note,
    make("div", { class: "course-columns" }, ...columns.map(({ node }) => node)),
  );
  el.append(root);
  draw();
  model.on("change:state", renew);
  return () => model.off("change:state", renew);
}

export default { render };
