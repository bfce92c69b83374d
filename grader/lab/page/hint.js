// A question's hints: one button opens the next. The hints themselves are the cell's output, below;
// Python opens them and keeps the record, this draws `state`.

function render({ model, el }) {
  const root = make("section", { class: "course-panel course-hints", "aria-label": model.get("asked").title });
  keepKeys(root);
  el.append(root);
  const open = make("button", { type: "button", class: "course-button course-main" });
  const said = make("span", { role: "status", class: "course-status" });
  const record = make("div", {});
  open.addEventListener("click", () => model.send({ press: "hint" }));

  function draw() {
    const state = model.get("state");
    open.textContent = state.open;
    open.hidden = !state.open;
    said.textContent = state.said;
    record.replaceChildren();
    if (!state.record) return;
    const written = writeRecord(model.widget_manager, state.record.pattern, state.record.line);
    record.append(recordLine(written, state.record.line));
  }

  root.append(make("div", { class: "course-row" }, make("strong", {}, model.get("asked").title), open, said), record);
  model.on("change:state", draw);
  draw();
  return () => model.off("change:state", draw);
}

export default { render };
