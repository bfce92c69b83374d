// What every panel of the course needs of the notebook it stands in. Written for JupyterLab and
// Notebook 7, whose widget manager knows the open notebook; elsewhere each function does less, and
// nothing fails. No request leaves the page.

/** A new element: `make("button", {type: "button"}, "Check")`; texts are texts, never HTML. */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value);
    }
  }
  node.append(...children);
  return node;
}

/** Markdown with code and maths as the notebook itself renders them; plain text elsewhere. */
function markdown(manager, text, tag = "div") {
  const host = make(tag, { class: "course-words" });
  const registry = manager && manager.rendermime;
  if (!registry) {
    host.textContent = text.replaceAll("```python\n", "").replaceAll("```", "").replaceAll("`", "");
    host.style.whiteSpace = "pre-line";
    return host;
  }
  const renderer = registry.createRenderer("text/markdown");
  const words = registry.createModel({ data: { "text/markdown": text } });
  renderer.renderModel(words).then(() => {
    host.append(renderer.node);
    registry.latexTypesetter?.typeset(host);
  });
  return host;
}

/**
 * Write a record into the notebook's own cell: in each code cell, the text that `pattern` finds
 * becomes `line`. Returns whether such a cell exists.
 */
function writeRecord(manager, pattern, line) {
  const cells = manager?.context?.model?.sharedModel?.cells ?? [];
  let written = false;
  for (const cell of cells) {
    if (cell.cell_type !== "code") continue;
    const found = new RegExp(pattern, "m").exec(cell.source);
    if (!found) continue;
    written = true;
    if (found[0] !== line) {
      cell.updateSource(found.index, found.index + found[0].length, line);
    }
  }
  return written;
}

/** How the record reads: written into its cell where that is possible, else a line to paste. */
function recordLine(written, line) {
  const code = make("code", {}, line);
  if (written) return make("div", { class: "course-record" }, "Your cell now reads ", code);
  const options = { type: "button", class: "course-button", "aria-label": `Copy ${line}` };
  const copy = make("button", options, "Copy");
  copy.addEventListener("click", () => navigator.clipboard?.writeText(line));
  return make("div", { class: "course-record" }, "To keep it, write ", code, " ", copy);
}

/** Keys pressed inside a panel are the panel's: JupyterLab's one-letter commands stay away. */
function keepKeys(node) {
  node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
}
