// Axes to draw a guess in: with the pointer, or by two numbers and a straight line. Python keeps it;
// the run of that title draws it beside what happens.

const LEFT = 40;
const TOP = 12;
const ACROSS = 480;
const DOWN = 180;
const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, attributes, ...words) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...words);
  return node;
}

function render({ model, el }) {
  const asked = model.get("asked");
  const last = asked.points - 1;
  const root = make("section", { class: "course-panel course-guess", "aria-label": asked.title });
  keepKeys(root);
  let values = Array.from({ length: asked.points }, (_, n) => model.get("state").values[n] ?? null);
  let before = null; // the place that the pointer was at
  const x = (place) => LEFT + (ACROSS * place) / last;
  const y = (percent) => TOP + DOWN * (1 - percent / 100);

  const picture = drawn("svg", { viewBox: `0 0 ${LEFT + ACROSS + 16} ${TOP + DOWN + 40}`, class: "course-axes", role: "img" });
  for (const percent of [0, 25, 50, 75, 100]) {
    picture.append(
      drawn("path", { d: `M${LEFT} ${y(percent)}h${ACROSS}`, class: "course-grid" }),
      drawn("text", { x: LEFT - 6, y: y(percent) + 4, "text-anchor": "end" }, String(percent)),
    );
  }
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const epoch = Math.round(1 + share * (asked.epochs - 1));
    picture.append(drawn("text", { x: x(share * last), y: TOP + DOWN + 16, "text-anchor": "middle" }, String(epoch)));
  }
  picture.append(drawn("text", { x: LEFT + ACROSS / 2, y: TOP + DOWN + 34, "text-anchor": "middle" }, "epoch"));
  const line = drawn("path", { class: "course-drawn", fill: "none" });
  const ground = drawn("rect", { x: LEFT, y: TOP, width: ACROSS, height: DOWN, class: "course-canvas" });
  picture.append(line, ground);

  const said = make("div", { class: "course-note", role: "status" });
  const number = (label, value) => {
    const input = make("input", { type: "number", min: 0, max: 100, step: 1, value });
    return { input, node: make("label", { class: "course-field" }, make("span", {}, label), input) };
  };
  const first = number("after epoch 1, %", 50);
  const end = number(`after epoch ${asked.epochs}, %`, "");
  const straight = make("button", { type: "button", class: "course-button" }, "Draw it straight");
  const clear = make("button", { type: "button", class: "course-button" }, "Clear");

  function pointed(event) {
    const box = picture.getBoundingClientRect();
    const scale = (LEFT + ACROSS + 16) / box.width;
    const across = ((event.clientX - box.left) * scale - LEFT) / ACROSS;
    const down = ((event.clientY - box.top) * scale - TOP) / DOWN;
    const clamp = (share) => Math.min(Math.max(share, 0), 1);
    return { place: Math.round(clamp(across) * last), value: Math.round(100 * (1 - clamp(down))) };
  }

  function mark(event) {
    const now = pointed(event);
    const from = before ?? now;
    const steps = Math.abs(now.place - from.place);
    for (let n = 0; n <= steps; n += 1) {
      const share = steps ? n / steps : 1;
      values[from.place + Math.sign(now.place - from.place) * n] = from.value + share * (now.value - from.value);
    }
    before = now;
    draw();
  }

  ground.addEventListener("pointerdown", (event) => {
    ground.setPointerCapture(event.pointerId);
    before = null;
    mark(event);
  });
  ground.addEventListener("pointermove", (event) => before && mark(event));
  ground.addEventListener("pointerup", () => {
    before = null;
    model.send({ press: "guess", values });
  });
  straight.addEventListener("click", () => {
    const [low, high] = [first, end].map(({ input }) => input.valueAsNumber);
    if (![low, high].every((percent) => percent >= 0 && percent <= 100)) {
      said.textContent = "Write two percents from 0 to 100 first.";
      return;
    }
    values = values.map((_, place) => low + ((high - low) * place) / last);
    draw();
    model.send({ press: "guess", values });
  });
  clear.addEventListener("click", () => {
    values = values.map(() => null);
    draw();
  });

  function draw() {
    const points = values.map((value, place) => [place, value]).filter(([, value]) => value !== null);
    line.setAttribute("d", points.map(([place, value], n) => `${n ? "L" : "M"}${x(place)} ${y(value)}`).join(""));
    picture.setAttribute("aria-label", `${asked.title}. ${said.textContent}`);
  }

  function renew() {
    const state = model.get("state");
    if (state.values.length) values = [...state.values];
    said.textContent = state.said;
    draw();
  }

  root.append(
    make("div", { class: "course-head" }, make("strong", {}, asked.title)),
    make("div", { class: "course-note" }, "Draw in the axes, from left to right, what you expect. Or write two numbers."),
    picture,
    make("div", { class: "course-row" }, first.node, end.node, straight, clear),
    said,
  );
  el.append(root);
  renew();
  model.on("change:state", renew);
  return () => model.off("change:state", renew);
}

export default { render };
