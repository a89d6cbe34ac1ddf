// The viewer of a drawing: groups that fold, a card for each box, search, zoom.
//
// Everything runs one way: an event changes the state (which groups are open, what is chosen, how
// large) -> draw(). Each group's page was laid out once, in Python, with all its groups folded;
// compose() makes room for the open ones, as viz/place.py does.

const SVG = "http://www.w3.org/2000/svg";
const FRAME = { left: 12, top: 24, right: 12, bottom: 4 }; // as in viz/page.py
const ZOOM = { least: 0.1, most: 4, step: 1.25 };
const TALLEST = 0.7; // of the window, that the picture's pane takes
const LEGIBLE = 0.7; // a graph that fits only when smaller than this starts at its root instead
const MAP = { width: 110, height: 220 }; // px at most

const ICONS = {
  smaller: "M3 7h10v2H3z",
  larger: "M7 3h2v4h4v2H9v4H7V9H3V7h4z",
  reset: "M8 3V0L3.5 4 8 8V5a4 4 0 1 1-4 4H2a6 6 0 1 0 6-6z",
  full: "M2 6V2h4v2H4v2zM10 2h4v4h-2V4h-2zM2 10h2v2h2v2H2zM12 10h2v4h-4v-2h2z",
};
const button = (action, name, keys) => `
  <button type="button" data-action="${action}" aria-label="${name}" title="${name} (${keys})">
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[action]}"/></svg>
  </button>`;

const PARTS = `
  <div class="viewer" role="group">
    <div class="tools">
      <input type="search" class="search" placeholder="Search" aria-label="Search the graph"
             title="Search (/)" autocomplete="off" spellcheck="false">
      <span class="found" role="status"></span>
      <label class="layer"><input type="checkbox" checked> gradient’s own graph</label>
      <span class="hint">Drag to move, Ctrl + wheel to zoom</span>
      <span class="buttons">
        <button type="button" class="fold" data-action="fold">Unfold all</button>
        <button type="button" class="whole" data-action="whole" title="Whole graph (W)">Whole graph</button>
        ${button("smaller", "Smaller", "−")}
        ${button("larger", "Larger", "+")}
        ${button("reset", "As at first", "0")}
        ${button("full", "Full screen", "F")}
      </span>
    </div>
    <div class="stage">
      <div class="picture" tabindex="0" role="group"
           aria-label="Graph. Arrow keys go from box to box, Enter opens."></div>
      <svg class="map graph viz-graph" aria-hidden="true"><use href="#whole"/><rect/></svg>
    </div>
    <section class="card" aria-label="About the chosen box" hidden>
      <button type="button" data-action="close" aria-label="Close" title="Close (Esc)">×</button>
      <strong></strong>
      <dl></dl>
    </section>
    <div class="key" role="group" aria-label="What the marks mean"></div>
    <p class="note"></p>
  </div>`;

function mount(host) {
  const data = JSON.parse(host.querySelector("script[type='application/json']").textContent);
  const across = data.direction === "LR";

  // Built aside and attached last: if anything above or here throws, the plain picture stays.
  const view = document.createElement("template");
  view.innerHTML = PARTS;
  const part = (selector) => view.content.querySelector(selector);
  const viewer = part(".viewer");
  const pane = part(".picture");
  const card = part(".card");
  const search = part(".search");
  const found = part(".found");
  const layer = part(".layer input");
  const foldButton = part(".fold");
  const wholeButton = part(".whole");
  const stage = part(".stage");
  const map = part(".map");
  const hint = part(".hint");
  const note = part(".note");

  // ---- what there is ----
  const outer = new Map(); // a box or group: the group that it is in
  const boxes = new Map(); // id: its element, drawn around the point 0, 0
  for (const [group, page] of Object.entries(data.pages)) {
    for (const id of Object.keys(page.boxes)) outer.set(id, group);
    const text = `<svg xmlns="${SVG}">${page.ink}</svg>`;
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    for (const box of [...parsed.children]) boxes.set(box.id, prepared(box));
  }
  const inside = (id) => data.cards[id.replace(/\..*/, "")];
  const groups = [...boxes.keys()].filter((id) => id in data.pages);

  // A box as it came, with what a keyboard and a screen reader need.
  function prepared(element) {
    const box = document.importNode(element, true);
    const title = box.querySelector("title");
    box.setAttribute("role", "button");
    box.setAttribute("tabindex", "-1");
    const words = [...box.querySelectorAll("text")].map((text) => text.textContent);
    box.setAttribute("aria-label", words.join(", ") || title.textContent);
    if (box.classList.contains("group")) box.setAttribute("aria-expanded", "false");
    if (box.classList.contains("group") && !data.pages[box.id]) box.removeAttribute("aria-expanded");
    title.remove(); // its tooltip would cover the picture; the card says more
    return box;
  }

  // ---- state ----
  const open = new Set(data.open);
  let chosen = ""; // the box whose card is shown
  let current = ""; // the box that the keyboard is at
  let scale = 1;
  let size = { width: 0, height: 0 };

  // ---- places ----

  // How an axis grows or shrinks, so that each [middle, size now, size wanted] gets what it wants.
  function stretch(parts) {
    const spans = parts.map(([at, now, want]) => [at - now / 2, at + now / 2, want / now]);
    const marks = [...new Set(spans.flatMap(([low, high]) => [low, high]))].sort((a, b) => a - b);
    const pieces = marks.slice(1).map((b, i) => {
      const a = marks[i];
      const over = spans.filter(([low, high]) => low <= a && b <= high).map((span) => span[2]);
      return [a, b, over.length ? Math.max(...over) - 1 : 0];
    }).filter((piece) => piece[2]);
    return (x) => pieces.reduce((sum, [a, b, k]) => sum + (x > a ? k * (Math.min(x, b) - a) : 0), x);
  }

  function compose(id) {
    const page = data.pages[id];
    const inner = {};
    for (const box of Object.keys(page.boxes)) if (open.has(box)) inner[box] = compose(box);
    const opened = Object.keys(inner);
    const wanted = (b) => {
      if (b in inner) return [inner[b].outerWidth, inner[b].outerHeight];
      return page.boxes[b].length > 4 ? page.boxes[b].slice(4) : page.boxes[b].slice(2);
    };
    const axis = (i) => Object.entries(page.boxes).map(([b, box]) => [box[i], box[i + 2], wanted(b)[i]]);
    const [fx, fy] = [stretch(axis(0)), stretch(axis(1))];
    const before = { ...page.boxes, ...page.ports };
    const after = {};
    const corners = {};
    const middle = (f, at, length) => (f(at - length / 2) + f(at + length / 2)) / 2;
    for (const [key, [x, y, w, h]] of Object.entries(before)) {
      after[key] = w === undefined ? [fx(x), fy(y)] : [middle(fx, x, w), middle(fy, y, h)];
    }
    for (const key of opened) {
      const [x, y] = after[key];
      const { outerWidth, outerHeight } = inner[key];
      corners[key] = [x - outerWidth / 2 + FRAME.left, y - outerHeight / 2 + FRAME.top];
    }
    const [width, height] = [fx(page.size[0]), fy(page.size[1])];
    const border = (port) => {
      const [x, y] = after[port];
      if (across) return port[0] === "<" ? [-FRAME.left, y] : [width + FRAME.right, y];
      return port[0] === "<" ? [x, -FRAME.top] : [x, height + FRAME.bottom];
    };
    const end = (key, port, [x, y]) => {
      if (key in inner) {
        const [dx, dy] = inner[key].border(port);
        return [dx + corners[key][0], dy + corners[key][1]];
      }
      if (!(key in page.boxes)) return after[key];
      const [x0, y0, w, h] = page.boxes[key];
      const [wide, high] = wanted(key);
      return [after[key][0] + ((x - x0) * wide) / w, after[key][1] + ((y - y0) * high) / h];
    };
    const wires = page.wires.map((wire) => {
      const old = [];
      for (let i = 0; i < wire.at.length; i += 2) old.push([wire.at[i], wire.at[i + 1]]);
      let points = old.map(([x, y]) => [fx(x), fy(y)]);
      const last = points.length - 1;
      for (const [at, beside, key, sign] of [
        [0, 1, wire.tail, ">"],
        [last, last - 1, wire.head, "<"],
      ]) {
        const [x, y] = end(key, sign + wire.key, old[at]);
        const [[x0, y0], [x1, y1]] = [points[at], points[beside]];
        points[at] = [x, y];
        points[beside] = [x1 + x - x0, y1 + y - y0];
      }
      if (wire.tail[0] === "<") {
        const start = border(wire.tail);
        points = [start, start, points[0], ...points];
      }
      if (wire.head[0] === ">") {
        const stop = border(wire.head);
        points = [...points, points.at(-1), stop, stop];
      }
      return { wire, points };
    });
    return {
      id, page, inner, corners, places: after, wires, border, width, height,
      outerWidth: Math.max(width + FRAME.left + FRAME.right, page.least),
      outerHeight: height + FRAME.top + FRAME.bottom,
    };
  }

  // ---- draw ----
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const short = (x) => Math.round(x * 10) / 10;

  function wireInk({ wire, points }, scene) {
    const role = wire.role ?? "edge";
    const line = points.map((point) => point.map(short).join(" "));
    const pieces = [];
    for (let i = 1; i < line.length; i += 3) pieces.push(`C${line.slice(i, i + 3).join(" ")}`);
    let way = `M${line[0]}${pieces.join("")}`;
    if (role === "edge" && wire.head[0] !== ">" && !(wire.head in scene.inner)) way += tip(...points.slice(-2));
    const dash = { "saved-edge": "4 3", "more-edge": "1 3" }[role] ?? "none";
    const group = make("g", { id: wire.id, class: wire.second ? `${role} second` : role },
      make("path", { class: "data", d: way, "stroke-dasharray": dash }));
    if (wire.gate) {
      const [[x, y], [x1, y1]] = points;
      const angle = (Math.atan2(y1 - y, x1 - x) * 180) / Math.PI;
      const place = `translate(${short(x)} ${short(y)}) rotate(${short(angle)})`;
      group.append(make("path", { class: "gate", transform: place, d: "M7 -7h4v14h-4z" }));
    }
    return group;
  }

  function tip([x0, y0], [x1, y1]) {
    const length = Math.hypot(x1 - x0, y1 - y0) || 1;
    const [u, v] = [(x1 - x0) / length, (y1 - y0) / length];
    const left = [-6 * u - 3.5 * v, -6 * v + 3.5 * u];
    const right = [-6 * u + 3.5 * v, -6 * v - 3.5 * u];
    return `l${[...left, -left[0], -left[1], ...right].map(short).join(" ")}`;
  }

  // How far to the right a title stands, so that no wire which comes in crosses it.
  function titleShift({ page, places, outerWidth }) {
    let at = 0;
    const ports = Object.keys(page.ports).filter((port) => port[0] === "<" && !across);
    for (const port of ports.map((id) => places[id][0] + FRAME.left).sort((a, b) => a - b)) {
      if (at < port && port < at + page.wide) at = port;
    }
    return at + page.wide <= outerWidth ? at : 0;
  }

  function frameInk(scene) {
    const { page, outerWidth, outerHeight } = scene;
    const at = titleShift(scene) - FRAME.left;
    const title = make("text", { class: "frame-title faint", x: 26 + at, y: 16 - FRAME.top });
    title.textContent = page.title;
    const sign = make("path", { class: "sign", d: `M${10 + at} ${12 - FRAME.top}h9` });
    const strip = make("rect", {
      class: "strip", x: -FRAME.left, y: -FRAME.top, width: outerWidth, height: 22, rx: 8,
    });
    const frame = make("rect", {
      class: "frame", x: -FRAME.left, y: -FRAME.top, width: outerWidth, height: outerHeight, rx: 8,
    });
    const head = make("g", {
      id: scene.id, class: "node title", role: "button", tabindex: -1, "aria-expanded": "true",
      "aria-label": `${page.title}, unfolded`,
    }, strip, sign, title);
    return [frame, ...sceneInk(scene), head]; // no wire strikes through the title
  }

  function sceneInk(scene) {
    const wires = make("g", { class: "wires" }, ...scene.wires.map((wire) => wireInk(wire, scene)));
    const all = make("g", { class: "boxes" });
    for (const id of Object.keys(scene.page.boxes)) {
      if (id in scene.inner) continue;
      const [x, y] = scene.places[id];
      const box = boxes.get(id);
      box.setAttribute("transform", `translate(${short(x)} ${short(y)})`);
      all.append(box);
    }
    const frames = Object.entries(scene.inner).map(([id, inner]) => {
      const [x, y] = scene.corners[id];
      return make("g", { class: "module", transform: `translate(${short(x)} ${short(y)})` },
        ...frameInk(inner));
    });
    return [wires, all, ...frames];
  }

  const picture = make("svg", { id: "whole", class: "graph viz-graph", role: "group", "aria-label": data.label });
  pane.append(picture);

  function draw() {
    const scene = compose("g0");
    picture.replaceChildren(...sceneInk(scene));
    size = { width: scene.width + 28, height: scene.height + 28 };
    picture.setAttribute("viewBox", `-14 -14 ${short(size.width)} ${short(size.height)}`);
    resize();
    const folded = groups.filter((id) => !open.has(id) && element(id));
    const hidden = folded.reduce((sum, id) => sum + data.pages[id].count, 0);
    const boxesNow = folded.length === 1 ? "1 box stands" : `${folded.length} boxes stand`;
    const words = [folded.length ? `folded: ${boxesNow} for ${hidden.toLocaleString("en")} operation${hidden === 1 ? "" : "s"}` : ""];
    note.textContent = [...words, data.note].filter(Boolean).join(" · ");
    foldButton.textContent = groups.some((id) => !open.has(id)) ? "Unfold all" : "Fold all";
    mark();
  }

  const element = (id) => (id ? picture.querySelector(`[id="${CSS.escape(id)}"].node`) : null);

  function resize() {
    picture.setAttribute("width", size.width * scale);
    picture.setAttribute("height", size.height * scale);
    const [wide, high] = room();
    const bar = size.width * scale > pane.clientWidth ? 16 : 0;
    pane.style.height = `${Math.min(high, size.height * scale + bar)}px`;
    const over = size.width * scale > wide + 1 || size.height * scale > high + 1;
    for (const element of [map, hint]) element.toggleAttribute("hidden", !over);
    const small = Math.min(MAP.width / size.width, MAP.height / size.height);
    map.setAttribute("width", size.width * small);
    map.setAttribute("height", size.height * small);
    map.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    for (const side of ["width", "height"]) map.firstChild.setAttribute(side, size[side]);
    locate();
  }

  // The part of the map that is seen.
  function locate() {
    const part = { x: pane.scrollLeft, y: pane.scrollTop, width: pane.clientWidth, height: pane.clientHeight };
    for (const [name, value] of Object.entries(part)) map.lastChild.setAttribute(name, value / scale);
  }

  // Who is chosen, who is found, and the copies of one leaf.
  function mark() {
    const query = search.value.trim().toLowerCase();
    const hits = new Set(query ? hitsOf(query) : []);
    const leaf = (id) => id.replace(/\..*/, "");
    for (const node of picture.querySelectorAll(".node")) {
      node.classList.toggle("chosen", node.id === chosen);
      node.classList.toggle("hit", hits.has(node.id));
      node.classList.toggle("tied", Boolean(current) && node.id !== current
        && node.classList.contains("leaf") && leaf(node.id) === leaf(current));
      node.setAttribute("tabindex", "-1");
    }
    viewer.classList.toggle("no-second", !layer.checked);
  }

  // ---- zoom ----
  function zoom(to, [x, y] = [pane.clientWidth / 2, pane.clientHeight / 2]) {
    const next = Math.max(Math.min(ZOOM.least, whole()), Math.min(ZOOM.most, to));
    const [left, top] = [(pane.scrollLeft + x) / scale, (pane.scrollTop + y) / scale];
    scale = next;
    resize();
    pane.scrollTo(left * scale - x, top * scale - y);
  }

  const isFull = () => document.fullscreenElement === host;
  const room = () => [
    (stage.clientWidth || 800) - 4,
    isFull() ? host.clientHeight - viewer.scrollHeight + pane.clientHeight - 8 : Math.max(340, TALLEST * innerHeight),
  ];
  const whole = () => Math.min(room()[0] / size.width, room()[1] / size.height);

  // All of it where that is legible (on a page never enlarged, on a full screen as large as fits),
  // else its root, where backward starts.
  function fit() {
    const [least, most] = isFull() ? [1, ZOOM.most] : [LEGIBLE, 1];
    const wide = Math.max(least, Math.min(1, room()[0] / size.width));
    scale = whole() < least ? wide : Math.min(most, whole());
    wholeButton.hidden = whole() >= scale;
    resize();
    let root = data.root;
    while (!element(root)) root = outer.get(root);
    const [box, window] = [element(root), pane].map((each) => each.getBoundingClientRect());
    pane.scrollBy(box.x + box.width / 2 - window.x - window.width / 2,
      box.y + box.height / 2 - window.y - window.height / 2);
  }

  function show(node) {
    if (!node) return;
    const [box, window] = [node.getBoundingClientRect(), pane.getBoundingClientRect()];
    const away = (low, high, from, to) => (low < from + 8 ? low - from - 40 : high > to - 8 ? high - to + 40 : 0);
    pane.scrollBy(away(box.left, box.right, window.left, window.right),
      away(box.top, box.bottom, window.top, window.bottom));
  }

  // ---- groups ----
  function toggle(id) {
    if (!data.pages[id]) return;
    const before = element(id)?.getBoundingClientRect();
    open.has(id) ? open.delete(id) : open.add(id);
    draw();
    const after = element(id)?.getBoundingClientRect();
    if (before && after) pane.scrollBy(after.left - before.left, after.top - before.top);
    go(id);
  }

  function toggleAll() {
    const all = groups.some((id) => !open.has(id));
    open.clear();
    open.add("g0");
    if (all) for (const id of groups) open.add(id);
    draw();
    fit();
  }

  function reveal(id) {
    let changed = false;
    for (let group = outer.get(id); group; group = outer.get(group)) {
      changed ||= !open.has(group);
      open.add(group);
    }
    if (changed) draw();
  }

  // ---- boxes ----
  function go(id, { focus = true } = {}) {
    const node = element(id);
    if (!node) return;
    current = id;
    mark();
    show(node);
    if (focus) node.focus({ preventScroll: true });
  }

  function act(id) {
    if (data.pages[id]) return toggle(id);
    const about = inside(element(id)?.dataset.node ?? id);
    if (!about) return;
    chosen = id;
    card.querySelector("strong").textContent = about.title;
    card.querySelector("dl").replaceChildren(
      ...about.rows.flatMap(([label, text]) => {
        const [term, told] = [document.createElement("dt"), document.createElement("dd")];
        term.textContent = label;
        told.textContent = text;
        return [term, told];
      }),
    );
    card.hidden = false;
    current = id;
    mark();
  }

  function close() {
    card.hidden = true;
    const last = chosen;
    chosen = "";
    mark();
    (element(last) ?? pane).focus({ preventScroll: true });
  }

  // The nearest box in a direction: straight on counts more than aside.
  function neighbour([dx, dy]) {
    const nodes = [...picture.querySelectorAll(".node")].filter((n) => n.getClientRects().length);
    const middle = (node) => {
      const { left, top, width, height } = node.getBoundingClientRect();
      return [left + width / 2, top + (node.classList.contains("title") ? 0 : height / 2)];
    };
    const here = element(current);
    if (!here) return nodes.sort((a, b) => middle(a)[+!across] - middle(b)[+!across])[0]?.id;
    const [x, y] = middle(here);
    let best = { far: Infinity };
    for (const node of nodes) {
      const [a, b] = [middle(node)[0] - x, middle(node)[1] - y];
      const [ahead, aside] = [a * dx + b * dy, Math.abs(a * dy) + Math.abs(b * dx)];
      const far = ahead + 2.5 * aside;
      if (node !== here && ahead > 4 && far < best.far) best = { far, id: node.id };
    }
    return best.id;
  }

  // ---- search ----
  function hitsOf(query) {
    const all = [...boxes.keys()];
    return all.filter((id) => {
      const node = boxes.get(id).dataset.node ?? id;
      const about = data.cards[node]?.find ?? data.pages[id]?.title.toLowerCase() ?? "";
      return !boxes.get(id).classList.contains("saved") && about.includes(query);
    });
  }

  let turn = -1;
  function look(next) {
    const query = search.value.trim().toLowerCase();
    const hits = query ? hitsOf(query) : [];
    if (next && hits.length) {
      turn = (turn + next + hits.length) % hits.length;
      reveal(hits[turn]);
      go(hits[turn], { focus: false });
    } else {
      turn = -1;
      mark();
    }
    const place = turn >= 0 ? `${turn + 1} of ${hits.length}` : `${hits.length} found`;
    found.textContent = query ? place : "";
  }

  // ---- events ----
  const actions = {
    smaller: () => zoom(scale / ZOOM.step),
    larger: () => zoom(scale * ZOOM.step),
    fold: toggleAll,
    whole: () => zoom(whole()),
    close,
    full: () => (isFull() ? document.exitFullscreen() : host.requestFullscreen()),
    reset() {
      open.clear();
      for (const id of data.open) open.add(id);
      search.value = "";
      look();
      card.hidden = true;
      chosen = current = "";
      draw();
      fit();
    },
  };
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  // Keys are taken only while the viewer has the focus (or is alone on its page), and before the
  // notebook sees them.
  function onKey(event) {
    const path = event.composedPath();
    const { key } = event;
    const free = alone && path[0] === document.body && host.isConnected;
    if (!(free || path.includes(host)) || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = path[0] === search;
    const inPicture = path.includes(pane) || free;
    let done = true;
    if (key === "Escape" && !card.hidden) close();
    else if (typing && key === "Enter") look(event.shiftKey ? -1 : 1);
    else if (typing) done = false;
    else if (key === "/") search.focus();
    else if (key === "+" || key === "=") actions.larger();
    else if (key === "-") actions.smaller();
    else if (key === "0") actions.reset();
    else if (key === "w") actions.whole();
    else if (key === "f" && document.fullscreenEnabled) actions.full();
    else if (inPicture && arrows[key]) go(neighbour(arrows[key]));
    else if (inPicture && (key === "Enter" || key === " ") && current) act(current);
    else done = false;
    if (done) event.preventDefault();
    if (done || typing || key === "Enter" || key === " ") event.stopPropagation();
  }
  const alone = document.body.classList.contains("viz-alone");
  const listen = () => window.addEventListener("keydown", onKey, true);
  if (alone) listen();
  viewer.addEventListener("focusin", listen);
  viewer.addEventListener("focusout", () => alone || window.removeEventListener("keydown", onKey, true));
  viewer.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed) actions[pressed.dataset.action]();
  });
  search.addEventListener("input", () => look());
  layer.addEventListener("change", mark);
  picture.addEventListener("focusin", (event) => {
    const node = event.target.closest(".node");
    if (node) current = node.id;
  });
  picture.addEventListener("pointerover", (event) => {
    const node = event.target.closest(".leaf");
    if (node && node.id !== current) [current] = [node.id, mark()];
    if (node) mark();
  });
  pane.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    const { left, top } = pane.getBoundingClientRect();
    zoom(scale * Math.exp(-event.deltaY / 300), [event.clientX - left, event.clientY - top]);
  }, { passive: false });

  pane.addEventListener("scroll", locate);
  for (const type of ["pointerdown", "pointermove"]) map.addEventListener(type, (event) => {
    if (!event.buttons) return;
    const { left, top, width } = map.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top].map((at) => (at * size.width * scale) / width);
    pane.scrollTo(x - pane.clientWidth / 2, y - pane.clientHeight / 2);
  });

  // A press that moves pans; one that does not is a click.
  let drag = null;
  pane.addEventListener("pointerdown", (event) => {
    if (event.button || event.pointerType !== "mouse") return;
    drag = { x: event.clientX, y: event.clientY, left: pane.scrollLeft, top: pane.scrollTop, moved: false };
  });
  pane.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    if (!drag.moved) pane.setPointerCapture(event.pointerId);
    drag.moved = true;
    pane.classList.add("panning");
    pane.scrollTo(drag.left - dx, drag.top - dy);
  });
  const drop = () => {
    pane.classList.remove("panning");
    setTimeout(() => (drag = null));
  };
  pane.addEventListener("pointerup", drop);
  pane.addEventListener("pointercancel", drop);
  picture.addEventListener("click", (event) => {
    const node = event.target.closest(".node");
    if (node && !drag?.moved) {
      act(node.id);
      go(node.id);
    }
  });

  // ---- first picture ----
  viewer.setAttribute("aria-label", data.label);
  part(".key").innerHTML = data.legend.map(([ink, wide]) =>
    `<svg class="graph viz-graph" viewBox="0 -12 ${wide} 16" width="${wide}" height="16">${ink}</svg>`).join("");
  part(".layer").hidden = !data.second;
  foldButton.hidden = !groups.length;
  part("[data-action=full]").hidden = !document.fullscreenEnabled;
  draw();
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = host.querySelector("script[type='text/css']").textContent;
  root.append(style, view.content);
  fit();
  host.addEventListener("fullscreenchange", fit);
  // A host that is not seen yet (a tab in the background) has no width: fit once it has.
  if (!pane.clientWidth) {
    const seen = new ResizeObserver(() => pane.clientWidth && (seen.disconnect(), fit()));
    seen.observe(host);
  }
  host.dataset.ready = "";
}
