"use strict";
// Plays the forward and the backward pass on a graph drawn by Graphviz.
//
// data.cards   by key, in the order of the tape: {name, role, value, shape?, call?, args?, same?};
//              of large graphs only {shape?, same?}, and of the output {call}: the rest is read off the picture
// data.edges   in the order of the backward pass: [id, why, symbol, local derivative], or for arrays
//              [id, why, symbol, contribution, sum so far]
// A figure is a number, which of a large array is its rms; of a small one it is [elements, rms].
// data.group   whether all edges of one call make one step
// data.rough   whether a card may show many calls
// compute      for scalar graphs: (values by key) => local derivatives, and fills in the values

const data = JSON.parse(document.getElementById("data").textContent, (_, x) =>
  x === "NaN" || x === "Infinity" || x === "-Infinity" ? Number(x) : x);
const get = (id) => document.getElementById(id);
const svg = document.querySelector("#graph svg");
const cards = {};
for (const group of [...svg.querySelectorAll(".node")].sort((a, b) => a.id.slice(1) - b.id.slice(1))) {
  const texts = [...group.querySelectorAll("text")], name = texts[0].textContent.trim();
  const role = ["param", "input", "output", "module"].find((word) => group.classList.contains(word)) || "op";
  const card = (cards[group.id] = { name, role, ...data.cards[group.id] });
  if (card.args || ["param", "input"].includes(role)) continue;
  const about = texts.filter((text) => text.getAttribute("font-size") === "10.00").map((text) => text.textContent.trim());
  card.unit = role === "module" || !!group.querySelector("polygon"); // it has a gauge
  card.call ||= about.filter(Boolean).join(" ").replace(/^= /, "");
  card.args = [];
}
const keys = Object.keys(cards);
const edges = data.edges.map(([id, why, symbol, ...figures]) => {
  const [to, from] = id.split("-");
  const [part, total] = figures;
  return { id, to, from, why, symbol, ...(total === undefined ? { local: part } : { part, total }) };
});
const calls = keys.filter((key) => cards[key].args);
const output = data.output;
const still = matchMedia("(prefers-reduced-motion: reduce)");

// Text

const size = (x) => (Array.isArray(x) ? x[1] : x);

function number(x) {
  if (x === null || x === undefined) return "–";
  if (Array.isArray(x)) return x[0];
  if (Object.is(x, -0)) return "−0";
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  const rounded = Number(x.toPrecision(4));
  let text = String(rounded);
  if (x && (Math.abs(x) < 1e-3 || Math.abs(rounded) >= 1e4)) {
    const [digits, sign, power] = x.toExponential(3).match(/(.+)e([+-])(\d+)/).slice(1);
    text = `${Number(digits)}e${sign}${power.padStart(2, "0")}`;
  }
  return text.replaceAll("-", "−");
}

// What fits in the place of a figure on a card: all elements only if there is room.
function fitted(x, drawn) {
  const text = number(x), listed = (drawn || "").startsWith("[");
  if (Array.isArray(x) && listed && text.length <= drawn.length + 3) return text;
  return listed && x !== undefined ? `rms ${number(size(x))}` : number(size(x));
}

const inParens = (text) => (text.startsWith("−") ? `(${text})` : text);
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const filled = (card, write) => card.call.replace(/\{(\d+)\}/g, (all, i) => (card.args[i] ? write(cards[card.args[i]]) : all));
const formula = (card) => filled(card, (argument) => argument.name);

// MathML

const math = (inside) => `<math>${inside}</math>`;
const mi = (name) => `<mi mathvariant="normal">${escaped(name)}</mi>`;
const shown = (x) => (typeof x === "string" ? x : number(x));
const mn = (x) => `<mn>${escaped(shown(x))}</mn>`;
const fraction = (of, by) =>
  `<mfrac><mrow><mo>∂</mo>${mi(of)}</mrow><mrow><mo>∂</mo>${mi(by)}</mrow></mfrac>`;
const expression = (text) => [...text.matchAll(/∂([^\s/()]+)\/∂([^\s/()]+)|([\d.]+(?:e[+−]\d+)?)|([\p{L}\p{No}∂'…][\p{L}\p{N}\p{No}.'_…⁻]*)|(\s+)|(.)/gu)]
  .map(([all, of, by, figure, name, space]) => of ? fraction(of, by) : space ? '<mspace width=".25em"/>' : figure ? mn(figure) : name ? mi(name)
    : `<mo stretchy="false">${escaped(all)}</mo>${all === "," ? "</math><wbr><math>" : ""}`).join(""); // a long call breaks there
const chip = (kind, inside, caption) =>
  `<span class="chip ${kind}"><span>${math(inside)}</span>${caption ? `<small>${escaped(caption)}</small>` : ""}</span>`;
const sign = (text) => `<span>${text}</span>`;
const row = (...parts) => `<div class="row">${parts.join("")}</div>`;

// The pass in numbers

const owner = (key) => cards[key].same || key;

function pass() {
  const totals = { [output]: 1 };
  for (const edge of edges) {
    const to = owner(edge.to);
    edge.upstream = totals[owner(edge.from)];
    if (edge.local !== undefined) edge.part = edge.upstream * edge.local;
    edge.before = totals[to];
    edge.after = edge.local === undefined ? edge.total : (edge.before === undefined ? 0 : edge.before) + edge.part;
    totals[to] = edge.after;
    edge.left = arriving[to].length - arriving[to].indexOf(edge) - 1;
  }
}

// Steps

const frames = [{ kind: "start" }, ...calls.map((key) => ({ kind: "forward", card: key, edges: [] }))];
const turn = frames.length;
frames.push({ kind: "turn", card: output, edges: [] });
for (const edge of edges) {
  const last = frames.at(-1);
  if (data.group && last.kind === "backward" && last.card === edge.from) last.edges.push(edge);
  else frames.push({ kind: "backward", card: edge.from, edges: [edge] });
}
frames.push({ kind: "end" });
const arriving = {}, leaving = {}; // edges by the card where they end, and where they begin
for (const edge of edges) {
  (arriving[owner(edge.to)] ||= []).push(edge);
  (leaving[edge.from] ||= []).push(edge);
}
frames.forEach((frame, i) => (frame.edges || []).forEach((edge) => (edge.frame = i)));
const born = Object.fromEntries(keys.map((key) => [key, 0]));
calls.forEach((key, i) => (born[key] = i + 1));

// The picture

const point = (text) => text.trim().split(/[\s,]+/).map(Number);
const make = (tag, attributes, parent) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  return parent.appendChild(element);
};

function prepareCard(key) {
  const group = get(key), card = cards[key];
  group.querySelector("path").classList.add("frame");
  const rows = (fill) => [...group.querySelectorAll(`text[fill="${fill}"]`)];
  const texts = [...group.querySelectorAll("text")];
  const made = card.unit ? texts[texts.findLastIndex((text) => text.textContent === "output") + 1] : rows("#005a9c").at(-1);
  const [grad, ...others] = rows("#a63f00");
  others.push(...rows("#7a3e78").filter((text) => !text.textContent.startsWith("value"))); // warnings of gradients
  card.figures = { value: made, grad };
  card.drawn = { value: made?.textContent, grad: grad?.textContent, others: others.map((text) => [text, text.textContent]) };
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  group.setAttribute("aria-label", `${card.name}, ${{ op: "operation", param: "parameter" }[card.role] || card.role}`);
  const go = () => show(stepOf(key));
  group.addEventListener("click", go);
  group.addEventListener("keydown", (event) => event.key === "Enter" && go());
  card.group = group;
}

function prepareEdge(edge) {
  const group = get(edge.id);
  edge.group = group;
  edge.path = group.querySelector("path");
  edge.arrow = group.querySelector("polygon");
  edge.text = group.querySelector("text");
  edge.arrow.classList.add("arrow");
}

// An arrowhead at the other end, and a line where the old one was; made when the edge first turns
function prepareTurn(edge) {
  const curve = point(edge.path.getAttribute("d").replace(/[MC]/g, " "));
  const [x, y, nextX, nextY] = curve, [endX, endY] = curve.slice(-2);
  const size = Math.hypot(nextX - x, nextY - y) || 1;
  const [ux, uy] = [(nextX - x) / size, (nextY - y) / size];
  make("polygon", { class: "head", points: [[0, 0], [8, 3.5], [8, -3.5]]
    .map(([a, b]) => `${x + a * ux - b * uy},${y + a * uy + b * ux}`).join(" ") }, edge.group);
  const corners = point(edge.arrow.getAttribute("points"));
  let tip = [endX, endY];
  for (let i = 0; i < corners.length; i += 2)
    if (Math.hypot(corners[i] - endX, corners[i + 1] - endY) > Math.hypot(tip[0] - endX, tip[1] - endY)) tip = corners.slice(i, i + 2);
  edge.tail = make("line", { class: "tail", x1: endX, y1: endY, x2: tip[0], y2: tip[1] }, edge.group);
}

const written = new Map();
function write(element, text) {
  if (element && written.get(element) !== text) element.textContent = text;
  written.set(element, text);
}
function mark(element, names) {
  if (written.get(element) === names) return;
  written.set(element, names);
  for (const name of ["later", "now", "got", "done", "fed", "flipped"]) element.classList.toggle(name, names.split(" ").includes(name));
}

let width = 0;
function resize() {
  const pane = get("graph"), box = svg.viewBox.baseVal;
  if (!pane.clientWidth || pane.clientWidth === width) return;
  width = pane.clientWidth;
  const room = document.body.clientHeight > 400 ? pane.clientHeight / box.height : Infinity;
  const scale = Math.max(1, Math.min(1.45, width / box.width, Math.max(room, 1)));
  svg.setAttribute("width", box.width * scale);
  svg.setAttribute("height", box.height * scale);
  svg.classList.add("live");
  reveal(frames[now], false);
}

function reveal(frame, smoothly) {
  const card = frame.card && cards[frame.edges.length ? frame.edges[0].to : frame.card];
  if (!card) return;
  const graph = get("graph"), pane = graph.getBoundingClientRect(), box = card.group.getBoundingClientRect();
  const outside = box.left < pane.left || box.right > pane.right || box.top < pane.top || box.bottom > pane.bottom;
  graph.scrollTo({ // also if it is inside: a scroll that still runs would take it out of sight
    left: graph.scrollLeft + (outside && (box.left + box.right - pane.left - pane.right) / 2),
    top: graph.scrollTop + (outside && (box.top + box.bottom - pane.top - pane.bottom) / 2),
    behavior: outside && smoothly && !still.matches ? "smooth" : "instant",
  });
}

// One step

let now = 0, timer = 0, flight = 0;

function stepOf(key) {
  if (now < turn) return born[key];
  const own = arriving[owner(key)];
  return own ? own.at(-1).frame : key === output ? turn : now;
}

function show(step, moving) {
  cancelAnimationFrame(flight);
  document.querySelector(".pill")?.remove();
  now = Math.max(0, Math.min(frames.length - 1, step));
  const frame = frames[now];
  const backward = now >= turn;
  const totals = now >= turn ? { [output]: 1 } : {};
  const largest = Math.max(...edges.map((edge) => Math.abs(size(edge.part))).filter(Number.isFinite), 1e-300);
  for (const edge of edges) {
    const done = edge.frame <= now;
    if (done) totals[owner(edge.to)] = edge.after;
    const current = edge.frame === now;
    const fed = frame.kind === "forward" && edge.from === frame.card;
    mark(edge.group, current ? "flipped now" : done ? "flipped" : fed ? "fed" : now < born[edge.from] ? "later" : "");
    const part = Math.abs(size(edge.part)), share = Number.isFinite(part) ? Math.sqrt(part / largest) : 1;
    if (done && !edge.tail) prepareTurn(edge);
    if (edge.tail) edge.path.style.strokeWidth = edge.tail.style.strokeWidth = done && !current ? 1.2 + 2.8 * share : "";
    if (edge.text && edge.local !== undefined) write(edge.text, number(edge.local));
  }
  const touched = new Set([frame.card, ...(frame.edges || []).map((edge) => edge.to)]);
  for (const key of keys) {
    const card = cards[key], total = totals[owner(key)];
    const state = [touched.has(key) && "now", now < born[key] && "later", total !== undefined && card.role !== "op" && "got"];
    mark(card.group, state.filter(Boolean).join(" "));
    if (card.value !== undefined) write(card.figures.value, number(card.value));
    for (const [text, drawn] of card.drawn.others) write(text, total === undefined ? "–" : drawn);
    write(card.figures.grad, data.rough && total !== undefined ? card.drawn.grad : fitted(total, card.drawn.grad));
  }
  const lines = get("tape").children;
  calls.forEach((key, i) => {
    const passed = leaving[key];
    const done = backward && passed && passed.at(-1).frame < now || frame.kind === "end";
    mark(lines[i], [frame.card === key && "now", now < born[key] && "later", done && "done"].filter(Boolean).join(" "));
    write(lines[i].lastChild, done ? "✓" : "");
    if (frame.card === key) lines[i].scrollIntoView({ block: "nearest" });
  });
  get("way").textContent = backward ? "read bottom to top ↑" : "recorded top to bottom ↓";
  document.body.className = backward ? "backward" : "forward";
  tell(frame);
  get("slider").value = now;
  get("count").textContent = `${now} / ${frames.length - 1}`;
  if (/^(file|https?):/.test(location) && (now || location.hash)) history.replaceState(null, "", `#step=${now}`);
  reveal(frame, moving);
  if (moving && !still.matches && !data.rough && frame.edges?.length === 1) travel(frame.edges[0]);
}

// The number goes along the edge, changes at the local derivative and lands in its row.
function travel(edge) {
  const pill = make("g", { class: "pill up" }, edge.group.parentNode);
  make("rect", { x: -27, y: -9, width: 54, height: 18, rx: 9 }, pill);
  const text = make("text", { y: 4 }, pill);
  const { figures: { grad: figure }, drawn } = cards[edge.to];
  write(figure, fitted(edge.before, drawn.grad));
  const length = edge.path.getTotalLength(), begin = performance.now();
  const lasting = Math.min(900, get("speed").value * 0.6);
  const fly = (time) => {
    const part = Math.min(1, Math.max(0, (time - begin) / lasting));
    const place = edge.path.getPointAtLength(length * (1 - part));
    pill.setAttribute("transform", `translate(${place.x} ${place.y})`);
    pill.classList.toggle("up", part < 0.5);
    text.textContent = number(size(part < 0.5 ? edge.upstream : edge.part));
    if (part < 1) { flight = requestAnimationFrame(fly); return; }
    pill.remove();
    write(figure, fitted(edge.after, drawn.grad));
  };
  fly(begin);
}

// Words and equations

function tell(frame) {
  const card = cards[frame.card], out = cards[output].name;
  let phase, rows = "", why = "", spoken = "";
  if (frame.kind === "start") {
    phase = "Start";
    rows = row(sign(`<b>${escaped(data.title)}</b>`));
    why = "The parameters and inputs are there; nothing is computed yet. Press ▶ or →.";
  } else if (frame.kind === "forward") {
    phase = `Forward: ${card.name}`;
    const value = card.value ?? card.drawn.value;
    const numbers = card.scalar && card.args.length
      ? [sign("="), chip("value", expression(filled(card, (x) => inParens(number(x.value)))))] : [];
    rows = row(chip("", mi(card.name)), sign("="), chip("", expression(formula(card))), ...numbers, sign("="),
      chip("result", mn(value), card.unit ? "output" : about(card, value) || "value"));
    why = `Line ${born[frame.card]} of the tape: the call is recorded, so that a gradient can come back through it.`;
    spoken = `${card.name} = ${formula(card)} = ${number(card.value)}`;
  } else if (frame.kind === "turn") {
    phase = "Backward: the start";
    rows = row(chip("", fraction(data.goal, out)), sign("="), chip("result", mn(1), "by definition"));
    why = data.goal !== out ? `${out} is an array: the gradients are those of the sum of its elements.`
      : `How fast does ${out} change with itself? Exactly as fast. The tape is now read backwards.`;
  } else if (frame.kind === "backward") {
    const to = [...new Set(frame.edges.map((edge) => cards[edge.to].name))].join(", ");
    phase = `Backward: from ${card.name} to ${to}`;
    rows = frame.edges.map((edge) => equation(edge, data.goal)).join("");
    why = [...new Set([...frame.edges.map((edge) => data.why[edge.why]), ...frame.edges.map(shared)])].filter(Boolean).join(" ");
    spoken = frame.edges.map((edge) => spell(edge)).join(". ");
  } else {
    phase = "Done: one sweep, every gradient";
    const ends = keys.filter((key) => cards[key].role === "param" && !cards[key].same);
    const final = Object.fromEntries(ends.map((key) => [key, cards[key].figures.grad?.textContent || "–"]));
    rows = row(...ends.map((key) => row(chip("", fraction(data.goal, cards[key].name)), sign("="),
      chip("result", mn(final[key]), about(cards[key], final[key])))));
    const result = shown(cards[output].value ?? cards[output].drawn.value);
    why = /NaN|∞/.test([result, ...Object.values(final)]) ? "Not all of this is finite: a step would spoil the parameters."
      : `A small step against these gradients lowers ${out}. Each edge was visited exactly once.`;
  }
  get("equation").className = frame.kind === "forward" || frame.kind === "start" ? "forward" : "backward";
  get("phase").textContent = phase;
  get("rows").innerHTML = rows;
  get("rows").setAttribute("aria-label", spoken || phase);
  get("why").textContent = why;
  get("spoken").textContent = `${phase}. ${spoken}. ${why}`;
  get("slider").setAttribute("aria-valuetext", `${now} of ${frames.length - 1}: ${phase}`);
}

// Says of a figure that it is an rms: of an array whose elements are not shown.
const rms = (card, figure) => (!/[2-9]|\d\d/.test(card.shape || "") || /^[[–]/.test(shown(figure)) ? "" : "rms");
const about = (card, figure) => [rms(card, figure), card.shape && `shape ${card.shape}`].filter(Boolean).join(", ");

function equation(edge, out) {
  const from = cards[edge.from], to = cards[edge.to];
  const last = edge.left ? `so far: ${edge.left} more to add` : `final gradient of ${to.name}`;
  const before = edge.before === undefined ? [] : [chip("grad", mn(inParens(number(edge.before))), "already there"), sign("+")];
  const left = [chip("", fraction(out, to.name)), sign("=")];
  if (edge.local === undefined) {
    const rule = edge.symbol ? expression(edge.symbol) : `<mtext>back through&nbsp;</mtext>${expression(formula(from))}`;
    const uses = arriving[owner(edge.to)].length;
    if (data.rough) return row(...left, chip("local", rule, "upstream through the call"), sign("→"),
      chip("result", mn(edge.after), [uses > 1 ? `final gradient, over ${uses} uses` : "final gradient", about(to, edge.after)].filter(Boolean).join(", ")));
    const told = (figure, what) => chip("grad", mn(figure), [what, rms(to, figure)].filter(Boolean).join(", "));
    return row(...left, ...(edge.before === undefined ? [] : [told(edge.before, "already there"), sign("+")]),
      chip("local", rule, "upstream through the call"), sign("→"),
      ...(edge.before === undefined ? [] : [told(edge.part, "contribution"), sign("→")]),
      chip("result", mn(edge.after), [edge.left ? last : "final gradient", about(to, edge.after)].filter(Boolean).join(", ")));
  }
  const value = number(edge.local);
  const symbol = edge.symbol && edge.symbol !== value ? expression(edge.symbol) + "<mo>=</mo>" + mn(inParens(value)) : mn(inParens(value));
  const chain = before.length ? [] : [chip("grad", fraction(out, from.name), "upstream"), sign("·"),
    chip("local", fraction(from.name, to.name), "local"), sign("=")];
  return row(...left, ...chain, ...before, chip("grad", mn(inParens(number(edge.upstream))), "upstream"), sign("×"),
    chip("local", symbol, "local"), sign("="), chip("result", mn(edge.after), last));
}

function shared(edge) {
  const uses = arriving[owner(edge.to)].length;
  return uses > 1 ? `${cards[edge.to].name} is used ${uses} times: what comes back from each use is added up.` : "";
}

function spell(edge) {
  const name = cards[edge.to].name;
  const product = edge.local === undefined ? number(edge.part) : `${number(edge.upstream)} times ${number(edge.local)}`;
  return `gradient of ${name} = ${edge.before === undefined ? "" : `${number(edge.before)} plus `}${product} = ${number(edge.after)}`;
}

// Controls

function play(on) {
  clearTimeout(timer);
  timer = 0;
  get("play").textContent = on ? "❚❚ Pause" : "▶ Play";
  if (!on) return;
  if (now === frames.length - 1) show(0);
  const advance = () => {
    show(now + 1, true);
    timer = setTimeout(now < frames.length - 1 ? advance : () => play(false), get("speed").value);
  };
  timer = setTimeout(advance, get("speed").value / 3);
}

const actions = {
  first: () => show(0), back: () => show(now - 1), next: () => show(now + 1, true), turn: () => show(turn),
};
for (const id in actions) get(id).addEventListener("click", () => { play(false); actions[id](); });
get("play").addEventListener("click", () => play(!timer));
get("slider").addEventListener("input", () => { play(false); show(Number(get("slider").value)); });
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=range]), select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const pressed = { ArrowLeft: "back", ArrowRight: "next", Home: "first", b: "turn", B: "turn" }[event.key];
  if (pressed) { play(false); actions[pressed](); }
  else if (event.key === "End") { play(false); show(frames.length - 1); }
  else if (event.key === " " && !event.target.matches("button, [role=button]")) play(!timer);
  else return;
  event.preventDefault();
});
const linked = () => Number(location.hash.match(/^#step=(\d+)/)?.[1] || 0);
addEventListener("hashchange", () => show(linked()));

// What if: the page computes the pass again; offered only if it finds what was recorded.

function recompute(values) {
  const locals = compute(values);
  edges.forEach((edge, i) => (edge.local = locals[i]));
  for (const key of keys) cards[key].value = values[key];
  pass();
}

function prepareWhatIf() {
  const recorded = Object.fromEntries(keys.map((key) => [key, cards[key].value]));
  const locals = edges.map((edge) => edge.local);
  const again = { ...recorded };
  const same = (a, b) => Object.is(a, b) || Math.abs(a - b) <= 1e-9 * (Math.abs(a) + Math.abs(b));
  const found = compute(again);
  if (!keys.every((key) => same(again[key], recorded[key])) || !found.every((x, i) => same(x, locals[i]))) return;
  const leaves = keys.filter((key) => !cards[key].args && !cards[key].same);
  for (const key of leaves) {
    const label = document.createElement("label"), input = document.createElement("input");
    Object.assign(input, { type: "number", step: "any", value: recorded[key], name: key });
    label.append(cards[key].name, input);
    get("whatif").children[2].append(label);
  }
  const change = () => {
    const values = Object.fromEntries(keys.map((key) => [key, recorded[key]]));
    for (const input of get("whatif").querySelectorAll("input"))
      for (const key of keys) if (owner(key) === input.name && Number.isFinite(input.valueAsNumber)) values[key] = input.valueAsNumber;
    recompute(values);
    show(now);
  };
  get("whatif").addEventListener("input", change);
  get("whatif").addEventListener("submit", (event) => event.preventDefault());
  get("whatif").addEventListener("reset", () => setTimeout(() => {
    for (const input of get("whatif").querySelectorAll("input")) input.value = recorded[input.name];
    change();
  }));
  get("whatif").hidden = false;
}

// Start

keys.forEach(prepareCard);
edges.forEach(prepareEdge);
pass();
calls.forEach((key, i) => {
  const line = document.createElement("li");
  for (const text of [i + 1, `${cards[key].name}${data.rough ? ":" : " ="} ${formula(cards[key])}`, ""]) line.appendChild(document.createElement("span")).textContent = text;
  line.addEventListener("click", () => { play(false); show(now < turn ? born[key] : leaving[key]?.[0].frame ?? now); });
  get("tape").append(line);
});
get("slider").max = frames.length - 1;
document.querySelector(".ways").style.setProperty("--turn", `${(100 * turn) / (frames.length - 1)}%`);
if (compute) prepareWhatIf();
new ResizeObserver(resize).observe(get("graph"));

// Text takes longest to lay out: at first only cards in sight have it, the others once those are shown.
svg.classList.add("bare");
resize();
show(linked());
const pane = get("graph").getBoundingClientRect();
const near = keys.map((key) => cards[key].group).filter((group) => {
  const box = group.getBoundingClientRect();
  return box.left <= pane.right && box.right >= pane.left && box.top <= pane.bottom && box.bottom >= pane.top;
});
for (const group of near) group.classList.add("near");
addEventListener("load", () => requestAnimationFrame(() => setTimeout(() => svg.classList.remove("bare"))));
