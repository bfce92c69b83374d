// Quiz items one at a time: choices, Check, hints, for a challenge a clock. Python judges and keeps
// the record; this draws `asked` (never changes) and `state`, and sends what was pressed.

function clockWords(seconds) {
  const left = Math.abs(Math.trunc(seconds));
  const words = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  return seconds < 0 ? `${words} over, which costs nothing` : words;
}

function heading(item, state) {
  const now = make("span", { class: "course-count" }, state.count ?? "");
  return make("div", { class: "course-head" }, make("strong", {}, item.title), ` · ${item.level}`, now);
}

function choices(manager, item, mine, group, press) {
  const list = make("fieldset", { class: "course-choices" });
  list.append(make("legend", { class: "course-unseen" }, `${item.title}: choose one`));
  for (const option of item.options) {
    const mark = mine.marks?.[option.key] ?? "";
    const radio = make("input", {
      type: "radio",
      name: group,
      value: option.key,
      checked: mine.choice === option.key,
      "aria-label": `${option.key}: ${option.text}${mark ? `, ${mark}` : ""}`,
    });
    radio.addEventListener("keydown", (event) => {
      if (event.key === "Enter") press.check();
    });
    const words = markdown(manager, option.text, "span");
    const sign = { right: "✔", wrong: "✘", "ruled out": "–" }[mark] ?? "";
    list.append(
      make(
        "label",
        { class: "course-choice", "data-mark": mark || false, title: mark || false },
        radio,
        make("b", {}, option.key),
        words,
        make("span", { class: "course-sign", "aria-hidden": "true" }, sign && `${sign} ${mark}`),
      ),
    );
  }
  return list;
}

function button(words, action, options = {}) {
  const node = make("button", { type: "button", class: "course-button", ...options }, words);
  node.addEventListener("click", action);
  return node;
}

function render({ model, el }) {
  const manager = model.widget_manager;
  const group = `course-${Math.random()}`; // radio buttons of one name are one choice
  const root = make("section", { class: "course-panel", "aria-label": model.get("asked").title });
  let ticking = null;
  let focusNext = "";
  keepKeys(root);
  el.append(root);

  const chosen = () => root.querySelector("input[type=radio]:checked")?.value ?? "";
  const send = (press, focus = "") => {
    focusNext = focus;
    model.send({ press, choice: chosen() });
  };

  function drawClock(row, clock) {
    const received = performance.now();
    const node = make("span", { class: "course-clock", role: "timer" });
    const tick = () => {
      const passed = clock.running ? (performance.now() - received) / 1000 : 0;
      const left = clock.seconds_left - passed;
      node.textContent = `◷ ${clockWords(left)}`;
      node.classList.toggle("course-over", left < 0);
    };
    tick();
    if (clock.running) ticking = setInterval(tick, 500);
    row.append(node);
  }

  function draw() {
    clearInterval(ticking);
    const asked = model.get("asked");
    const state = model.get("state");
    const item = asked.items[state.at];
    const parts = [];
    if (!item) {
      parts.push(make("div", { class: "course-head" }, make("strong", {}, asked.title)));
      parts.push(markdown(manager, state.words ?? ""));
      parts.push(button(state.start, () => send("start", "input:checked, .course-choice:first-of-type input"), { class: "course-button course-main" }));
      root.replaceChildren(...parts);
      return;
    }
    const mine = state.item;
    const top = heading(item, state);
    if (state.clock) drawClock(top, state.clock);
    parts.push(top);
    if (item.body) parts.push(markdown(manager, item.body));
    const check = () => {
      if (chosen()) send("check", ".course-next, input:checked");
      else status.textContent = "Choose one first: Tab to the choices, then the arrow keys.";
    };
    parts.push(choices(manager, item, mine, group, { check }));
    const row = make("div", { class: "course-row" });
    row.append(button(mine.check, check, { class: "course-button course-main" }));
    if (mine.hints_left) row.append(button(mine.hint_label, () => send("hint", ".course-hint")));
    else if (mine.hints?.length) row.append(make("span", { class: "course-note" }, "no more hints"));
    if (state.next) row.append(button(state.next, () => send("next", "input:checked, .course-choice:first-of-type input, .course-main:only-of-type"), { class: "course-button course-next" }));
    const status = make("span", { role: "status", "aria-live": "polite", class: "course-status" });
    row.append(status);
    parts.push(row);
    for (const hint of mine.hints ?? []) {
      const words = markdown(manager, hint);
      words.classList.add("course-hint");
      words.tabIndex = -1;
      parts.push(words);
    }
    if (mine.said) parts.push(markdown(manager, mine.said));
    if (mine.record) {
      const written = writeRecord(manager, mine.record.pattern, mine.record.line);
      parts.push(recordLine(written, mine.record.line));
    }
    root.replaceChildren(...parts);
    // A live region speaks when its words change, not when it appears.
    requestAnimationFrame(() => (status.textContent = mine.status ?? ""));
    if (focusNext) [...root.querySelectorAll(focusNext)].at(-1)?.focus();
    focusNext = "";
  }

  model.on("change:state", draw);
  draw();
  return () => {
    clearInterval(ticking);
    model.off("change:state", draw);
  };
}

export default { render };
