// A trace: one stage after the other, forth and back, with the numbers under the pointer in words.

function render({ model, el }) {
  const root = make("section", { class: "course-panel course-trace", tabindex: "0" });
  root.setAttribute("aria-label", `${model.get("asked").title}. Arrow keys step.`);
  let at = 0;
  keepKeys(root);
  el.append(root);

  const button = (words, action, options = {}) => {
    const node = make("button", { type: "button", class: "course-button", ...options }, words);
    node.addEventListener("click", action);
    return node;
  };

  function go(place, focus = "") {
    const count = model.get("state").stages.length;
    at = Math.min(Math.max(place, 0), count - 1);
    draw();
    if (focus) (root.querySelector(`${focus}:not(:disabled)`) ?? root).focus();
  }

  function box(asked, state) {
    const input = make("input", { type: "text", value: state.sentence ?? "", class: "course-text" });
    const send = () => model.send({ press: "sentence", text: input.value });
    input.addEventListener("keydown", (event) => event.key === "Enter" && send());
    return make(
      "div",
      { class: "course-row" },
      make("label", { class: "course-row" }, asked.box, input),
      button("Trace it", send),
      make("span", { role: "status", class: "course-note" }, state.note ?? ""),
    );
  }

  function draw() {
    const asked = model.get("asked");
    const state = model.get("state");
    const stage = state.stages[at];
    const count = state.stages.length;
    const steps = make("ol", { class: "course-stages" });
    state.stages.forEach((each, place) => {
      const here = place === at;
      const name = button(each.title, () => go(place, "[aria-current]"), {
        class: "course-button course-stage",
        "aria-current": here && "step",
      });
      steps.append(make("li", {}, name));
    });
    const picture = make("div", { class: "course-picture" });
    picture.innerHTML = stage.svg; // drawn by Python, every word in it escaped there
    const under = make("div", { class: "course-under", "aria-hidden": "true" }, asked.point);
    picture.addEventListener("pointerover", (event) => {
      const words = event.target.closest("path, rect, text")?.querySelector("title")?.textContent;
      under.textContent = words ?? asked.point;
    });
    root.replaceChildren(
      make("div", { class: "course-head" }, make("strong", {}, asked.title)),
      ...(asked.box ? [box(asked, state)] : []),
      steps,
      make(
        "div",
        { class: "course-row" },
        button("◀ Back", () => go(at - 1, ".course-back"), { class: "course-button course-back", disabled: at === 0 }),
        button("Forward ▶", () => go(at + 1, ".course-forth"), { class: "course-button course-main course-forth", disabled: at === count - 1 }),
        make("span", { role: "status", "aria-live": "polite" }, make("b", {}, stage.title), ` ${stage.shape}`),
      ),
      make("div", {}, stage.words),
      picture,
      under,
    );
  }

  root.addEventListener("keydown", (event) => {
    if (event.target.matches("input")) return;
    if (event.key === "ArrowRight") go(at + 1, ".course-forth");
    else if (event.key === "ArrowLeft") go(at - 1, ".course-back");
    else return;
    event.preventDefault();
  });

  const renew = () => go(at, document.activeElement === root ? "" : ".course-text");
  model.on("change:state", renew);
  draw();
  return () => model.off("change:state", renew);
}

export default { render };
