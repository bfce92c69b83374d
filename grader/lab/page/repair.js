// The repair lab's form: settings, Train and Stop, remarks, and the recipe as code for the graded
// cell. Python checks the settings, trains, and makes the code; this draws `asked` (never changes)
// and `state`, and sends what was pressed. Built once, then only filled in: focus stays where it is.

const NO_STOP = "To stop early and keep the best weights, press ■ above (or the keys I, I).";

/** The notebook's code cell of this name; undefined where there is none, or no way to see. */
function cellOf(manager, name) {
  const cells = manager?.context?.model?.sharedModel?.cells ?? [];
  return [...cells].find((cell) => cell.cell_type === "code" && (cell.id === name || cell.getMetadata?.("nbgrader")?.grade_id === name));
}

function render({ model, el }) {
  const manager = model.widget_manager;
  const asked = model.get("asked");
  const root = make("section", { class: "course-panel course-lab", "aria-label": `Repair lab: ${asked.title}` });
  keepKeys(root);
  const inputs = {};

  const choice = () =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [
        name,
        input.type === "checkbox" ? input.checked : input.value,
      ]),
    );
  let turn = 0; // an answer to an earlier press must not undo what was typed since
  const send = (press, values = choice()) => model.send({ press, choice: values, turn: ++turn });
  const button = (words, action, options = {}) => {
    const node = make("button", { type: "button", class: "course-button", ...options }, words);
    node.addEventListener("click", action);
    return node;
  };
  const field = (name, words, input) => {
    inputs[name] = input;
    input.addEventListener("change", () => send("change"));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") send("change");
    });
    return make("label", { class: "course-field" }, make("span", {}, words), input);
  };

  const form = make("fieldset", { class: "course-form" });
  form.append(make("legend", { class: "course-unseen" }, "The recipe"));
  for (const { title, fields } of asked.groups) {
    const group = make("fieldset", { class: "course-group" }, make("legend", {}, title));
    for (const { name, label, limits, may_be_off } of fields) {
      const empty = may_be_off ? { placeholder: "off", title: "empty: off" } : {};
      group.append(field(name, label, make("input", { type: "number", ...limits, ...empty })));
    }
    if (title === "Network") {
      if (asked.offers_both) group.append(field("both", "both directions", make("input", { type: "checkbox" })));
      if (asked.offers_packing) group.append(field("packed", "pack the batch", make("input", { type: "checkbox" })));
      if (asked.reads.length > 1) {
        const options = asked.reads.map((read) => make("option", { value: read }, read));
        group.append(field("read", "head reads", make("select", {}, ...options)));
      }
    }
    form.append(group);
  }

  const remarks = make("ul", { class: "course-remarks", "aria-label": "Remarks", role: "status" });
  const train = button("Train", () => send("train"), { class: "course-button course-main" });
  const stop = button("Stop", () => model.send({ press: "stop" }));
  const noStop = make("span", { class: "course-note" }, NO_STOP);
  const reset = button("Start over", () => send("change", asked.start));
  const status = make("span", { role: "status", "aria-live": "polite", class: "course-status" });
  const look = (words) => {
    const input = make("input", { type: "checkbox" });
    input.addEventListener("change", () => model.send({ press: "view", log: log.firstChild.checked, smooth: smooth.firstChild.checked }));
    return make("label", { class: "course-look" }, input, ` ${words}`);
  };
  const log = look("log loss axis");
  const smooth = look("smooth curves");

  let sure = false;
  const write = button("Write into my answer cell", () => {
    const cell = cellOf(manager, asked.cell);
    const code = model.get("state").code;
    if (!cell) told.textContent = "No answer cell in this notebook: copy the code instead.";
    else if (cell.source === code) told.textContent = "Your answer cell holds this recipe already. Run it.";
    else if (!sure) {
      sure = true;
      write.textContent = "Replace what stands there now?";
      return;
    } else {
      cell.setSource(code);
      told.textContent = "Written into your answer cell. Run it, then the cells below it.";
    }
    calm();
  });
  const calm = () => {
    sure = false;
    write.textContent = "Write into my answer cell";
  };
  write.addEventListener("blur", calm);
  const copy = button("Copy the code", async () => {
    try {
      await navigator.clipboard.writeText(model.get("state").code);
      told.textContent = "Copied. Paste it over your answer cell.";
    } catch {
      told.textContent = "This page may not copy. Open the code below the table and copy it by hand.";
    }
  });
  const told = make("span", { role: "status", "aria-live": "polite", class: "course-status" });

  root.append(
    make("div", { class: "course-head" }, make("strong", {}, "Repair lab"), ` · ${asked.title}`),
    form,
    remarks,
    make("div", { class: "course-row" }, train, stop, noStop, reset, log, smooth, status),
    make("div", { class: "course-row" }, write, copy, told),
  );
  el.append(root);

  let shown = "";
  function draw() {
    const state = model.get("state");
    for (const [name, input] of Object.entries(inputs)) {
      if (state.turn < turn || input === document.activeElement) continue;
      const value = state.choice[name];
      if (input.type === "checkbox") input.checked = value;
      else input.value = value ?? "";
    }
    form.disabled = state.running;
    train.disabled = state.running;
    reset.disabled = state.running;
    stop.hidden = !(state.running && asked.can_stop);
    noStop.hidden = !(state.running && !asked.can_stop);
    const lines = state.remarks.join("\n");
    if (lines !== shown) {
      remarks.replaceChildren(...state.remarks.map((words) => make("li", {}, words)));
      shown = lines;
    }
    status.textContent = state.running ? "Training …" : state.said;
  }
  model.on("change:state", draw);
  draw();
  return () => model.off("change:state", draw);
}

export default { render };
