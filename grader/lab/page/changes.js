// What the panels share that Python answers: a button, and changes that are sent one at a time.

function button(words, action, options = {}) {
  const node = make("button", { type: "button", class: "course-button", ...options }, words);
  node.addEventListener("click", action);
  return node;
}

/** Sends a panel's changes; while one is under way only the newest waits, until `goOn`. */
function changesOf(model) {
  let turn = 0;
  let waiting = null; // what to send when the last change is answered
  const answered = () => model.get("state").turn >= turn;

  function send(content) {
    if (!answered()) {
      waiting = content;
      return;
    }
    waiting = null;
    turn += 1;
    model.send({ ...content, turn });
  }

  function goOn() {
    if (waiting && answered()) send(waiting);
  }

  return { send, answered, goOn };
}
