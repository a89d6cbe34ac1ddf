// The player: one recorded backward pass, one frame at a time.
//
// Everything runs one way: an event picks a frame number -> stateAt(number) -> render(state).
// The picture was laid out once, in Python. A step only switches states and swaps texts in it.
//
// `host` is the <div> that Python wrote. It holds the animated picture (shown where scripts do not
// run) and the data; mount() puts the player into the host's shadow root, which hides the former.

const TRAVEL = 400; // ms that a gradient takes along its edge
const LINE = 15; // px from one row of a matrix in the picture to the next
const PAST = { active: "done", moving: "sent", made: "there" };
const TALL = 430; // px of a picture that may have its controls beside it
const BESIDE = 270; // px that these need
const WHOLE = 1000; // px of a picture that is shown without a scroll bar
const LEGIBLE = 0.75; // as small as this a picture may become, so that all of it is in sight
const LEAST = { one: 420, two: 560 }; // px for graphs beside a source, or beside each other
const ICONS = {
  first: "M3 2h2v12H3zM14 2v12L6 8z",
  back: "M12 2v12L4 8z",
  play: "M4 2l9 6-9 6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  forward: "M4 2l8 6-8 6z",
  last: "M11 2h2v12h-2zM2 2l8 6-8 6z",
  full: "M2 6V2h4v2H4v2zM10 2h4v4h-2V4h-2zM2 10h2v2h2v2H2zM12 10h2v4h-4v-2h2z",
};

const button = (action, name, keys) => `
  <button type="button" data-action="${action}" aria-label="${name}" title="${name} (${keys})">
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[action]}"/></svg>
  </button>`;

const PARTS = `
  <div class="player" tabindex="-1" role="group">
    <div class="stage">
      <div class="code" tabindex="0" role="group" aria-label="Source of the cell" hidden></div>
      <div class="picture" tabindex="0" role="group" aria-label="Graph"
           aria-keyshortcuts="Space ArrowLeft ArrowRight Home End"></div>
    </div>
    <div class="controls">
      <span class="buttons">
        ${button("first", "First step", "Home")}
        ${button("back", "Step back", "←")}
        ${button("play", "Play", "Space")}
        ${button("forward", "Step forward", "→")}
        ${button("last", "Last step", "End")}
      </span>
      <input class="scrub" type="range" min="0" step="1" aria-label="Step">
      <output class="count" aria-hidden="true"></output>
      <label class="call" title="Page Up, Page Down">call <select aria-label="Call of backward()"></select></label>
      <label class="speed">speed <select aria-label="Speed">
        <option value="0.5">½×</option><option value="1" selected>1×</option>
        <option value="2">2×</option><option value="4">4×</option>
      </select></label>
      ${button("full", "Full screen", "F")}
    </div>
    <div class="words">
      <div aria-live="polite"><p class="sentence"></p><p class="queue"></p></div>
      <dl class="numbers"></dl>
    </div>
    <div class="meanings" role="group" aria-label="What the marks mean"></div>
  </div>`;

function mount(host) {
  const data = JSON.parse(host.querySelector("script[type='application/json']").textContent);
  const [picture, sentences] = pictureFrom(host.querySelector("img"));
  const all = data.frames.map((frame, i) => ({ text: sentences[i], ...frame }));
  let frames = all; // and those inside of open boxes
  let starts = [];

  // Built aside and attached last: if anything above or here throws, the animated picture stays.
  const view = document.createElement("template");
  view.innerHTML = PARTS;
  const part = (selector) => view.content.querySelector(selector);
  const player = part(".player");
  player.setAttribute("aria-label", data.label);
  const scrub = part(".scrub");
  const count = part(".count");
  const playButton = part("[data-action=play]");
  const speed = part(".speed select");
  const call = part(".call select");
  const sentence = part(".sentence");
  const queue = part(".queue");
  const numbers = part(".numbers");
  // The pictures by what they show: "", or a box that is open (see inside.js).
  const pictures = new Map([["", { elements: elementsOf(picture), shown: new Map() }]]);
  const quiz = data.quiz
    ? makeQuiz(part(".words"), (frame) => frames.indexOf(frame), (number) => show(number, true))
    : { lay() {}, reach: () => frames.length - 1, show() {}, focus() {} };
  // What finite differences say of a box, by the picture that it is in.
  const checks = (of) => (of ? data.insides[of].checks : data.checks) ?? {};
  const check = (key, of) => (queue.textContent = checks(of)[key] ?? queue.textContent);
  function offer(of) {
    for (const key of Object.keys(checks(of))) {
      for (const element of pictures.get(of).elements.get(key) ?? []) {
        element.classList.add("checked");
        element.addEventListener("click", () => check(key, of));
      }
    }
  }
  offer("");
  part(".meanings").append(...meanings(picture));
  // A cell's source, and each of two graphs, is seen through a pane of its own.
  const stage = part(".stage");
  const code = part(".code");
  const source = picture.querySelector(".source");
  if (source) {
    const bar = source.querySelector(".bar").width.baseVal.value;
    code.append(cut(picture, [source], [0, 0, bar + 12, 19 * source.children.length + 28]));
  }
  code.hidden = !source;
  const panes = picturesIn(picture).map(([own, name], i) => {
    const pane = i ? part(".picture").cloneNode() : part(".picture");
    if (name) {
      const title = document.createElement("div");
      title.className = "name";
      title.textContent = name;
      pane.append(title);
      pane.setAttribute("aria-label", `Graph of ${name}`);
    }
    pane.append(own);
    stage.append(pane);
    return pane;
  });

  // ---- state ----
  let at = 0;
  let playing = false;
  let timer = 0; // the next step of play
  let arrival = 0; // the end of a gradient's travel

  // What a picture shows at a frame: its changes since its run began, one after the other. What a
  // frame leaves at work has happened by the next one.
  function stateAt(number, of = "") {
    const start = starts.findLast((s) => s <= number);
    const end = starts.find((s) => s > number) ?? frames.length;
    const first = of ? frames.slice(start, end).find(({ group }) => group === of)?.inside[0] : frames[start];
    const state = { ...first?.changes };
    let last = first;
    const settle = () => {
      for (const [key, value] of Object.entries(last?.changes ?? {})) {
        if (value in PAST) state[key] = PAST[value];
      }
    };
    for (const frame of frames.slice(start + 1, number + 1)) {
      if ((frame.of ?? "") !== of) continue;
      settle();
      Object.assign(state, frame.changes);
      last = frame;
    }
    if (last !== frames[number]) settle();
    for (let inner = frames[number].of; inner; inner = data.insides[inner].in) {
      if (data.insides[inner].in === of) state[data.insides[inner].box] = "active";
    }
    return state;
  }

  // ---- render ----
  function render(state, { elements, shown } = pictures.get("")) {
    for (const [key, same] of elements) {
      const value = state[key] ?? "";
      if (shown.get(key) === value) continue;
      shown.set(key, value);
      for (const element of same) {
        if (element.localName === "text") write(element, value);
        else if (key.includes(".")) element.dataset.copy = value;
        else element.dataset.state = value;
      }
    }
  }

  // SVG text has no line breaks: a matrix stands in one tspan a row, around the middle of its room.
  function write(element, text) {
    const rows = text.split("\n");
    element.replaceChildren(
      ...rows.map((row, i) => {
        const line = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
        line.textContent = row.replaceAll(" ", "\u00a0");
        const down = (i - (rows.length - 1) / 2) * LINE;
        line.setAttribute("x", element.getAttribute("x"));
        line.setAttribute("y", Number(element.getAttribute("y")) + down);
        return line;
      }),
    );
  }

  // A picture larger than its frame follows the node at work; the page itself is never scrolled.
  function follow({ focus: ids, of = "" }, smooth = false) {
    for (const id of host.isConnected ? ids.split(" ") : []) {
      const node = pictures.get(of).elements.get(id)?.[0];
      const pane = node?.closest(".picture");
      if (!pane) continue;
      const [box, view] = [node.getBoundingClientRect(), pane.getBoundingClientRect()];
      pane.scrollBy({
        left: box.x + box.width / 2 - view.x - view.width / 2,
        top: box.y + box.height / 2 - view.y - view.height / 2,
        behavior: smooth && !calm() ? "smooth" : "instant",
      });
    }
    const line = source?.querySelector("[data-state=on], [data-state=failed]");
    if (!line) return;
    const [at, room] = [line.getBoundingClientRect(), code.getBoundingClientRect()];
    if (at.top < room.top || at.bottom > room.bottom) code.scrollBy(0, at.top - room.top - room.height / 3);
  }

  // The sentence, the numbers below it, and where we are.
  function renderWords() {
    const frame = frames[at];
    sentence.textContent = frame.text.replaceAll(". · ", ".\n"); // of two graphs, a line each
    queue.textContent = frame.queue ?? "";
    player.dataset.kind = frame.kind;
    numbers.replaceChildren(
      ...frame.terms.map((term) => {
        const box = document.createElement("div");
        box.append(
          ...term.map((text, i) => {
            const line = document.createElement(i ? "dd" : "dt");
            text[0] === "▦" ? line.append(thumbnail(text.slice(1))) : (line.textContent = text);
            return line;
          }),
        );
        return box;
      }),
    );
    scrub.max = frames.length - 1;
    scrub.value = at;
    const last = String(frames.length - 1);
    scrub.setAttribute("aria-valuetext", `step ${at} of ${last}`);
    count.textContent = `${String(at).padStart(last.length)} / ${last}`;
    call.value = starts.findLast((s) => s <= at);
    host.dataset.frame = at;
    quiz.show(at, frame);
  }

  // Show frame `number`. With `travel`, its gradients are seen running along their edges.
  function show(number, travel = false) {
    clearTimeout(arrival);
    at = Math.max(0, Math.min(quiz.reach(), number));
    const here = frames[at].of ?? "";
    for (const [of, its] of pictures) if (of !== here) render(stateAt(at, of), its);
    const mine = pictures.get(here);
    const { elements } = mine;
    const state = stateAt(at, here);
    const moving = [...elements.keys()].filter((id) => state[id] === "moving");
    if (travel && moving.length && !calm()) {
      // The sums at the far end change when the gradients arrive, not before.
      const before = stateAt(at - 1, here);
      const departed = { ...state };
      for (const key in state) if (key.endsWith("-acc")) departed[key] = before[key];
      render(departed, mine);
      for (const id of moving) send(elements.get(`${id}-grad`)[0], elements.get(`${id}-label`)[0]);
      arrival = setTimeout(() => render(state, mine), TRAVEL);
    } else {
      render(state, mine);
    }
    renderWords();
    if (here) for (let of = here; of; of = data.insides[of].in) {
      follow({ focus: data.insides[of].box, of: data.insides[of].in }, travel);
    }
    follow(frames[at], travel);
  }

  // Let a gradient travel: its line grows along the edge while its number rides to its place.
  function send(line, number) {
    const timing = { duration: TRAVEL, easing: "ease-in-out" };
    line.animate({ strokeDasharray: ["0 1", "1 0"] }, timing); // its length is declared as 1
    const from = line.getPointAtLength(0);
    const dx = from.x - number.getAttribute("x");
    const dy = from.y - number.getAttribute("y");
    number.animate({ transform: [`translate(${dx}px, ${dy}px)`, "none"] }, timing);
  }

  // The frames that are stepped through.
  function lay(list) {
    frames = list;
    quiz.lay(list);
    starts = frames.flatMap((frame, i) => (frame.kind === "start" ? [i] : []));
    call.replaceChildren(...starts.map((start, i) =>
      new Option(frames[start].call ?? `${i + 1} of ${starts.length}`, start)));
  }

  // ---- events ----
  function setPlaying(now) {
    playing = now;
    clearTimeout(timer);
    const [icon, name] = now ? ["pause", "Pause"] : ["play", "Play"];
    playButton.setAttribute("aria-label", name);
    playButton.title = `${name} (Space)`;
    playButton.querySelector("path").setAttribute("d", ICONS[icon]);
  }

  const pause = () => setPlaying(false);

  function play() {
    setPlaying(true);
    if (at === frames.length - 1) show(0);
    if (at === quiz.reach()) return pause(), quiz.focus();
    timer = setTimeout(advance, 200);
  }

  function advance() {
    if (!host.isConnected) return pause(); // the output was cleared
    show(at + 1, true);
    if (at === quiz.reach()) return pause(), quiz.focus();
    timer = setTimeout(advance, frames[at].ms / speed.value);
  }

  const actions = {
    first: () => (pause(), show(0)),
    back: () => (pause(), show(at - 1)),
    play: () => (playing ? pause() : play()),
    forward: () => (pause(), at < quiz.reach() ? show(at + 1, true) : quiz.focus()),
    last: () => (pause(), show(frames.length - 1), quiz.focus()),
    call: () => (pause(), show(starts.findLast((s) => s < at) ?? 0)),
    nextCall: () => (pause(), show(starts.find((s) => s > at) ?? frames.length - 1)),
    reveal: () => quiz.reveal(),
    check: () => check(frames[at].focus, frames[at].of),
    full: () => (isFull() ? document.exitFullscreen() : host.requestFullscreen()),
  };
  const keys = {
    " ": "play", ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last",
    ...(all.filter(({ kind }) => kind === "start").length > 1 && { PageUp: "call", PageDown: "nextCall" }),
    ...(data.checks && { c: "check" }),
    ...(document.fullscreenEnabled && { f: "full" }),
  };

  // Keys are taken only while the player has the focus (or is alone on its page), only these, and
  // before the notebook sees them (it listens on the document). What a focused button, menu or
  // field does with a key, it does.
  function onKey(event) {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const path = event.composedPath();
    const typing = path[0].id === "answer"; // every letter, and those with Shift or AltGr
    const mine = path.includes(host) || (alone && path[0] === document.body && host.isConnected);
    if (!mine || (!typing && (ctrlKey || metaKey || altKey || shiftKey))) return;
    const action = keys[key];
    const enters = key === " " || key === "Enter";
    const pressed = path[0].localName === "button" && enters;
    if (enters && path[0].dataset?.opens) {
      event.stopPropagation();
      event.preventDefault();
      opener.toggle(path[0].dataset.opens);
    } else if (path[0].localName === "select" || typing || pressed) {
      event.stopPropagation();
    } else if (action) {
      event.stopPropagation();
      event.preventDefault();
      actions[action]();
    }
  }
  const alone = document.body.classList.contains("viz-alone");
  const listen = () => window.addEventListener("keydown", onKey, true);
  if (alone) listen();
  player.addEventListener("focusin", listen);
  player.addEventListener("focusout", () => alone || window.removeEventListener("keydown", onKey, true));
  player.addEventListener("click", (event) => {
    actions[event.target.closest("button")?.dataset.action]?.();
  });
  for (const input of [scrub, call]) {
    input.addEventListener("input", () => (pause(), show(Number(input.value))));
  }

  const isFull = () => document.fullscreenElement === host;

  // ---- first picture ----
  // A tall picture has its controls beside it where there is room, and none is cut that is not huge.
  const [controls, words] = [part(".controls"), part(".words")];
  const sizes = panes.map((pane) => ["width", "height"].map((name) => pane.lastChild[name].baseVal.value));
  const wide = sizes.reduce((sum, size) => sum + size[0], 0);
  const high = Math.max(...sizes.map((size) => size[1]));
  const lines = source ? code.firstChild.width.baseVal.value : 0;
  // On a full screen, all of it is as large as fits, for the last row of a lecture hall.
  function fit() {
    const left = host.clientWidth - lines;
    stage.classList.toggle("stacked", left < Math.min(wide, panes[1] ? LEAST.two : LEAST.one));
    const stacked = stage.matches(".stacked");
    player.classList.remove("side");
    const under = controls.clientHeight + words.clientHeight + 60;
    const across = (left - 24) / (stacked ? Math.max(...sizes.map((size) => size[0])) : wide);
    const aside = left - wide > BESIDE ? 1 : (left - BESIDE - 40) / wide;
    const cramped = Math.min(across, (innerHeight - under) / high) < LEGIBLE;
    const beside = high > TALL && pictures.size < 2 && (aside >= 1 || (cramped && aside >= LEGIBLE));
    player.classList.toggle("side", beside);
    // Smaller, if then all of it is in sight, or all of its width.
    const [right, below, most] = beside ? [BESIDE, 60, aside] : [0, under, across];
    const both = Math.min(most, (innerHeight - below) / high);
    const scale = isFull() ? 1 : Math.min(1, Math.max(LEGIBLE, both < LEGIBLE ? most : both));
    panes.forEach((pane, i) => {
      const [width, height] = sizes[i].map((length) => (scale < 1 ? `${length * scale}px` : ""));
      Object.assign(pane.lastChild.style, { width, height });
      const near = high * scale + below <= 1.3 * innerHeight; // are the controls?
      pane.classList.toggle("whole", high <= WHOLE && near && !stacked);
    });
    const room = [host.clientWidth / (lines + wide + right + 40), host.clientHeight / (high + below)];
    player.style.zoom = isFull() ? Math.max(1, Math.min(...room)) : 1;
  }
  part("[data-action=full]").hidden = !document.fullscreenEnabled;
  new ResizeObserver(fit).observe(host);
  // Room for the tallest numbers from the start, so that nothing below the player jumps.
  const deep = (frame) => [...(frame.inside?.slice(1).flatMap(deep) ?? []), frame];
  const terms = all.flatMap(deep).flatMap((frame) => frame.terms);
  const tall = (text) => (text[0] === "▦" ? 4 : text.split("\n").length);
  const rows = terms.map((term) => term.reduce((sum, text) => sum + tall(text), 0));
  numbers.style.setProperty("--lines", Math.max(0, ...rows));
  part(".call").hidden = !keys.PageUp;
  lay(all);
  const opener = data.insides && makeOpener(data.insides, all, pictures, stage, (list, opened) => {
    if (opened) offer(opened);
    const now = frames[at];
    lay(list);
    at = list.indexOf(list.includes(now) ? now : all.find((frame) => deep(frame).includes(now)));
    fit();
    show(at);
  });
  show(0);
  host.dataset.frames = frames.length;
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = host.querySelector("script[type='text/css']").textContent;
  root.append(style, view.content);
  follow(frames[at]);
}

// Everything in a picture that frames speak of. A leaf that is used often is drawn several times, as
// n5, n5.1, n5.2: one key, several elements; each is made with its use, by its own key.
function elementsOf(picture) {
  const elements = new Map();
  for (const element of picture.querySelectorAll("[id]")) {
    const key = element.id.replace(/\.\d+/, "");
    elements.set(key, [...(elements.get(key) ?? []), element]);
    if (/\.\d+$/.test(element.id)) elements.set(element.id, [element]);
  }
  return elements;
}

// A large gradient at a glance: "012/345" are the levels of its cells, from most negative to most
// positive; x is no number.
function thumbnail(text) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const rows = text.split("/");
  const [wide, high] = [Math.max(...rows.map((row) => row.length)), rows.length];
  const told = { class: "viz-graph", viewBox: `0 0 ${wide} ${high}`, width: 8 * wide, height: 8 * high,
                 role: "img", "aria-label": "thumbnail, from most negative (blue) to most positive (orange)" };
  for (const [name, value] of Object.entries(told)) svg.setAttribute(name, value);
  const ways = new Map();
  rows.forEach((row, y) => [...row].forEach((level, x) => {
    const cell = level === "x" ? `M${x} ${y}l1 1m0-1l-1 1` : `M${x} ${y}h1v1h-1z`;
    ways.set(level, (ways.get(level) ?? "") + cell);
  }));
  for (const [level, way] of ways) {
    const path = document.createElementNS(svg.namespaceURI, "path");
    path.setAttribute("class", `h${level}`);
    path.setAttribute("d", way);
    if (level === "x") path.setAttribute("stroke-width", "0.15");
    svg.append(path);
  }
  return svg;
}

// ---- picture ----

// The still picture and its sentences out of the animated one, so that they are stored once; around
// each box a second outline, which shows that it waits or works.
function pictureFrom(image) {
  const bytes = Uint8Array.from(atob(image.src.split(",")[1]), (c) => c.charCodeAt(0));
  const parsed = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml");
  const still = parsed.querySelector("svg svg");
  const words = [...parsed.querySelectorAll(".words > text:not(.ask)")];
  const sentences = words.map((text) =>
    [...text.childNodes].map((row) => row.textContent).join(" "));
  for (const moving of still.querySelectorAll("style, .replay")) moving.remove();
  return [ringed(document.importNode(still, true)), sentences];
}

function ringed(picture) {
  for (const box of picture.querySelectorAll(".node > .box:last-of-type")) {
    const ring = box.cloneNode();
    ring.setAttribute("class", "ring");
    for (const [name, by] of [["x", -4], ["y", -4], ["width", 8], ["height", 8], ["rx", 4]]) {
      ring.setAttribute(name, Number(box.getAttribute(name)) + by);
    }
    box.before(ring);
  }
  return picture;
}

// The legend of a picture, each mark once, as text that wraps where the page is narrow.
function meanings(picture) {
  const found = new Map();
  for (const legend of picture.querySelectorAll(".legend")) {
    for (const item of legend.children) {
      const words = item.querySelector("text");
      const mark = document.createElementNS(item.namespaceURI, "svg");
      const wide = Number(words.getAttribute("x"));
      for (const [name, value] of Object.entries({ class: "viz-graph", viewBox: `0 -12 ${wide} 16`, width: wide,
                                                   height: 16, "aria-hidden": true })) {
        mark.setAttribute(name, value);
      }
      mark.append(...[...item.children].filter((part) => part !== words));
      const line = document.createElement("span");
      line.append(...(wide ? [mark] : []), words.textContent);
      found.set(words.textContent, line);
    }
    // What is left is as large as the graph in it, which stood in the middle.
    const svg = legend.ownerSVGElement;
    const numbers = (of, name) => of.getAttribute(name).match(/[\d.]+/g).map(Number);
    const [left] = numbers(svg.querySelector(":scope > g"), "transform");
    const [margin, top] = numbers(legend, "transform");
    const width = numbers(svg, "viewBox")[2] - 2 * (left - margin);
    legend.remove();
    svg.setAttribute("viewBox", `${left - margin} 0 ${width} ${top}`);
    svg.setAttribute("width", width);
    svg.setAttribute("height", top);
  }
  return found.values();
}

// The graphs in a picture with their names, if it has several parts: [graph, name].
function picturesIn(picture) {
  const graphs = [...picture.children].filter((child) => child.localName === "svg");
  return graphs.length ? graphs.map((graph) => {
    const before = graph.previousElementSibling;
    const box = ["x", "y", "width", "height"].map((name) => graph[name].baseVal.value);
    return [cut(picture, [graph], box), before?.localName === "text" ? before.textContent : ""];
  }) : [[picture, ""]];
}

// Part of a picture as one of its own: some of its children, and the box that they are in.
function cut(picture, parts, box) {
  const own = picture.cloneNode(false);
  own.append(...parts);
  own.setAttribute("viewBox", box.join(" "));
  own.setAttribute("width", box[2]);
  own.setAttribute("height", box[3]);
  return own;
}

function calm() {
  return (
    matchMedia("(prefers-reduced-motion: reduce)").matches ||
    document.body.classList.contains("vscode-reduce-motion")
  );
}
