// Folded boxes of a replay, which a click opens: what is inside is shown below, and stepped through.
//
// `insides` maps a group to { title, box, svg, in }: where its box is, and the group around that. An
// open one is a picture of its own; its frames come before the one frame of its box.
function makeOpener(insides, all, pictures, stage, changed) {
  const open = new Set();
  const sections = new Map();
  const name = (frames, of) => frames.forEach((frame) => {
    if (of) frame.of = of;
    if (frame.inside) name(frame.inside, frame.group);
  });
  name(all, "");
  const boxes = (group) => pictures.get(insides[group].in)?.elements.get(insides[group].box) ?? [];
  const children = (of) => Object.keys(insides).filter((group) => insides[group].in === of);
  const expand = (frame) =>
    open.has(frame.group) ? [...frame.inside.slice(1).flatMap(expand), frame] : [frame];

  // What can be opened in a picture says so, to the eye, the keyboard and a screen reader.
  function mark(of) {
    for (const group of children(of)) {
      for (const box of boxes(group)) {
        box.closest("svg").setAttribute("role", "group");
        for (const [key, value] of Object.entries({ role: "button", tabindex: 0, "data-opens": group,
                                                    "aria-label": insides[group].title })) {
          box.setAttribute(key, value);
        }
        const frame = box.querySelector(".box:last-of-type");
        const [x, y, w] = ["x", "y", "width"].map((key) => Number(frame.getAttribute(key)));
        const sign = document.createElementNS(frame.namespaceURI, "path");
        sign.setAttribute("class", "sign");
        sign.setAttribute("transform", `translate(${x + w} ${y})`);
        box.append(sign);
        box.addEventListener("click", () => toggle(group));
        say(group);
      }
    }
  }

  function say(group) {
    for (const box of boxes(group)) {
      box.setAttribute("aria-expanded", open.has(group));
      const line = open.has(group) ? "M-4 0h8" : "M-4 0h8M0 -4v8";
      box.querySelector(".sign").setAttribute("d", `M-8 0a8 8 0 1 0 16 0a8 8 0 1 0 -16 0${line}`);
    }
  }

  function close(group) {
    children(group).forEach(close);
    open.delete(group);
    pictures.delete(group);
    sections.get(group)?.remove();
    sections.delete(group);
    say(group);
  }

  // One box of a picture is open at a time: its inside stands below the picture.
  function toggle(group) {
    const again = open.has(group);
    const around = insides[group].in;
    children(around).filter((other) => open.has(other)).forEach(close);
    if (!again) {
      const section = document.createElement("section");
      const title = insides[group].title;
      section.className = "inside";
      section.innerHTML = `<h2></h2><button type="button" class="shut">Fold</button>
        <div class="picture" tabindex="0" role="group"></div>`;
      section.querySelector("h2").textContent = `Inside ${title}`;
      section.setAttribute("aria-label", `Inside ${title}`);
      const shut = section.querySelector(".shut");
      shut.setAttribute("aria-label", `Fold ${title}`);
      shut.addEventListener("click", () => (toggle(group), boxes(group)[0]?.focus()));
      const pane = section.querySelector(".picture");
      pane.setAttribute("aria-label", `Graph inside ${title}`);
      const parsed = new DOMParser().parseFromString(insides[group].svg, "image/svg+xml");
      const picture = ringed(document.importNode(parsed.documentElement, true));
      picture.setAttribute("aria-label", `Graph inside ${title}`);
      picture.querySelector("style")?.remove();
      meanings(picture); // they stand below all pictures
      const elements = elementsOf(picture);
      for (const part of picture.querySelectorAll("[id]")) part.id = `${group}-${part.id}`;
      pane.append(picture);
      (sections.get(around) ?? stage).after(section);
      pictures.set(group, { elements, shown: new Map() });
      sections.set(group, section);
      open.add(group);
      say(group);
      mark(group);
    }
    changed(all.flatMap(expand), again ? "" : group);
    sections.get(group)?.scrollIntoView({ block: "nearest" });
  }

  mark("");
  return { toggle };
}
