// The quiz of a player, where it asks.

const FORM = `
      <form class="quiz">
        <p class="score"></p>
        <p class="reply" id="reply" role="status"></p>
        <label class="ask" for="answer"></label>
        <span class="row">
          <input id="answer" autocomplete="off" autocapitalize="off" spellcheck="false"
                 aria-describedby="reply">
          <button type="submit">Check</button>
          <button type="button" data-action="reveal">Show it</button>
        </span>
        <button type="button" class="on" data-action="forward">Step on</button>
      </form>`;

// Predict, then step: a frame with questions is shown when they are answered. `made` is called with
// the number of the frame that the last answer of a step leads to; `place` numbers a frame. `lay`
// is told the frames, which are others when a box is opened: what was passed by is not asked.
function makeQuiz(words, place, made) {
  words.insertAdjacentHTML("beforeend", FORM);
  const form = words.querySelector(".quiz");
  const part = (selector) => form.querySelector(selector);
  const [field, reply, ask, score, on] = ["input", ".reply", ".ask", ".score", ".on"].map(part);
  const shown = new Set(); // frames
  const answered = new Set(); // and questions
  let questions = []; // that are still to be answered, the open one first
  let last;
  let tries = 0;
  let right = 0; // answered at the first try

  function lay(frames) {
    last = frames.at(-1);
    questions = frames.slice(frames.findLastIndex((frame) => shown.has(frame)) + 1).flatMap((frame) =>
      (frame.asks ?? []).map((ask, i, all) => ({ ...ask, ask, frame, i, count: all.length })));
    questions = questions.filter(({ ask }) => !answered.has(ask));
  }

  const reach = () => (questions.length ? place(questions[0].frame) - 1 : place(last));

  function show(at, frame) {
    shown.add(frame);
    const open = questions[0];
    const here = open && at === reach();
    for (const e of [ask, part(".row")]) e.hidden = !here;
    on.hidden = here || at === place(last);
    reply.textContent = "";
    if (here) {
      const which = open.count > 1 ? ` (${open.i + 1} of ${open.count})` : "";
      ask.textContent = `Predict${which}. ${open.text}`;
      field.placeholder = open.shape.length ? `numbers of shape (${open.shape.join(", ")})` : "";
    }
    const [done, count] = [answered.size, answered.size + questions.length];
    score.textContent = `${done} of ${count} predicted, ${right} at the first try`;
  }

  function settle(text, good) {
    right += good && !tries;
    tries = 0;
    field.value = "";
    const { ask, frame } = questions.shift();
    answered.add(ask);
    const number = place(frame);
    made(Math.min(number, reach())); // further questions may come before that frame
    say(text, good ? "right" : "told");
    focus();
  }

  function focus() {
    if (form.isConnected) (on.hidden ? field : on).focus();
  }

  function say(text, kind) {
    reply.textContent = text;
    reply.dataset.kind = kind;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const open = questions[0];
    const given = readNumbers(field.value, !open.shape.length);
    if (given === null) {
      if (/nan|inf|∞/i.test(field.value)) return say("The answer is a finite number.", "wrong");
      return say("Type a number such as 4.5 or 1/3, or a list such as [[1, 2], [3, 4]].", "wrong");
    }
    if (same(given, open.answer, open.shape)) return settle(`Right: ${open.say}.`, true);
    const near = open.near.find(([wrong]) => same(given, wrong, shapeOf(wrong, open.shape)));
    const whole = open.whole && addsUp(given, open);
    say(`Not yet. ${near?.[1] ?? (whole ? open.whole : misfit(given, open) ?? open.hint)}`, "wrong");
    tries += 1;
    field.select();
  });

  return {
    lay,
    reach,
    show,
    focus,
    reveal() {
      tries += 1;
      settle(`It is ${questions[0].say}. ${questions[0].hint}`, false);
    },
  };
}

// What was typed, as nested lists: "4.5", "4,5", "1/3", "2·0.25", "−2", "[1, 2]", "(2, 3)",
// "1,5; 2", "[[1 2] [3 4]]"; null if it is not that. Of a single number that is asked for, a comma
// is its decimal sign, as it is wherever semicolons part the numbers.
function readNumbers(text, single) {
  let plain = text.normalize("NFKC").trim().replace(/[−–]/g, "-").replace(/[(【]/g, "[").replace(/[)】]/g, "]");
  if (plain.includes(";") || (single && !/\[|,\s|\s,|,\d*,/.test(plain))) {
    plain = plain.replace(/,/g, ".").replace(/;/g, ",");
  }
  const number = "(-?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?)";
  const term = new RegExp(`${number}\\s*([/*·×])\\s*${number}`, "i");
  for (let i = 0; i < 99 && term.test(plain); i++) {
    plain = plain.replace(term, (_, a, sign, b) => String(sign === "/" ? a / b : a * b));
  }
  const bare = plain.includes("[") || !/[\s,]/.test(plain) ? plain : `[${plain}]`;
  const json = bare
    .replace(/\]\s*,?\s*\[/g, "],[")
    .replace(/([\d.])(?:\s*,\s*|\s+)(?=[-+.\d])/g, "$1,")
    .replace(/,\s*\]/g, "]")
    .replace(/(^|[^\d.])\.(?=\d)/g, "$10.")
    .replace(/(\d)\.(?!\d)/g, "$1")
    .replace(/(^|[[,\s])\+/g, "$1");
  try {
    const found = JSON.parse(json);
    const flat = [found].flat(Infinity);
    return flat.length && flat.every(Number.isFinite) ? found : null;
  } catch {
    return null;
  }
}

const shapeOf = (list, alike) =>
  Array.isArray(list) ? [list.length, ...shapeOf(list[0], [])] : alike;

// Is this the same, to two digits? One number stands for an array of that shape whose are all equal.
function same(given, right, shape) {
  if (Array.isArray(given) && !Array.isArray(right)) {
    const whole = shape.reduce((a, b) => a * b, 1) === [given].flat(Infinity).length;
    return whole && given.flat(Infinity).every((x) => same(x, right, []));
  }
  if (Array.isArray(given)) {
    return given.length === right.length && given.every((x, i) => same(x, right[i], []));
  }
  return !Array.isArray(right) && Math.abs(given - right) <= 0.01 * Math.abs(right) + 1e-9;
}

// Has `given` more dimensions or longer ones than the answer, and is the answer when added up?
function addsUp(given, { answer, shape }) {
  const sum = (list) => list.reduce((a, b) => add(a, b));
  const add = (a, b) => (Array.isArray(a) ? a.map((x, i) => add(x, b[i])) : a + b);
  const each = (list, depth, size) =>
    depth ? list.map((x) => each(x, depth - 1, size)) : list.length === size ? list : [sum(list)];
  let found = given;
  while (shapeOf(found, []).length > shape.length) found = sum(found);
  shape.forEach((size, depth) => {
    if (Array.isArray(found)) found = each(found, depth, size);
  });
  return shapeOf(given, []).length > 0 && same(found, answer, shape);
}

// What an answer of another shape is told.
function misfit(given, { shape, answer }) {
  const found = shapeOf(given, []);
  const fits = found.join() === shape.join() || (!found.length && !Array.isArray(answer));
  if (fits) return null;
  const text = (sizes) => (sizes.length ? `shape (${sizes.join(", ")})` : "one number");
  return `You gave ${text(found)}; it has ${text(shape)}.`;
}

