// Lets people read a figure row by row: by mouse, finger or arrow keys. The picture stays the release's own; what is
// said of a row stands in the release, too.
const KEYS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
const HIDDEN = "Diese Zahl zeigen wir zum Schutz der Befragten nicht.";

export async function enliven(figure) {
  try {
    const answer = await fetch(figure.dataset.figure);
    if (!answer.ok) return;
    const drawing = await answer.json();
    const frame = figure.querySelector(".picture-frame");
    const svg = frame.querySelector("svg.fs-figure");
    const rows = rowsOf(svg, drawing);
    read(frame, svg, rows);
    if (figure.dataset.drawing) figure.append(largeButton(figure, svg, drawing));
  } catch {
    // The picture and its table say everything without this.
  }
}

// Every row of the picture has one mark, words or the neutral mark, in the order of the axis.
function rowsOf(svg, drawing) {
  const [trace] = drawing.data;
  const said = new Map(trace.y.map((label, i) => [label, trace.text[i]]));
  const words = new Map((drawing.layout.annotations ?? []).map((note) => [note.y, note.text]));
  const labels = [...drawing.layout.yaxis.categoryarray].reverse();
  const marks = [...svg.querySelectorAll(".fs-mark, .fs-words, .fs-hidden")];
  if (marks.length !== labels.length) throw new Error("not the same figure");
  return labels.map((label, i) => ({
    label, mark: marks[i], y: Number(marks[i].getAttribute("cy") ?? marks[i].getAttribute("y")),
    text: said.get(label) ?? (marks[i].matches(".fs-hidden") ? HIDDEN : words.get(label)),
  }));
}

function read(frame, svg, rows) {
  const bubble = part("p", "bubble"), status = part("p", "hidden-visually");
  const band = document.createElementNS(svg.namespaceURI, "rect");
  const half = rows.length > 1 ? (rows[1].y - rows[0].y) / 2 : 20;
  let current = -1;
  band.setAttribute("class", "fs-band");
  svg.insertBefore(band, svg.querySelector(".fs-grid"));
  bubble.hidden = true;
  bubble.setAttribute("aria-hidden", "true");
  status.setAttribute("role", "status");
  frame.append(bubble, status);
  frame.tabIndex = 0;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", `${svg.querySelector("title").textContent}: mit den Pfeiltasten Zeile für Zeile lesen`);

  function show(index) {
    current = index;
    const row = rows[index];
    bubble.hidden = !row;
    band.classList.toggle("on", Boolean(row));
    if (!row) return;
    const { width } = svg.viewBox.baseVal;
    const scale = svg.clientWidth / width;
    for (const [name, value] of Object.entries({ y: row.y - half, width, height: 2 * half })) band.setAttribute(name, value);
    bubble.textContent = row.text;
    bubble.style.insetBlockStart = `${(row.y - half) * scale}px`;
    bubble.style.blockSize = `${2 * half * scale}px`;
    bubble.style.insetInlineStart = `${beside(svg, row, bubble, scale)}px`;
  }
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const y = ((event.clientY - box.top) / box.height) * svg.viewBox.baseVal.height;
    return rows.findIndex((row) => Math.abs(row.y - y) <= half);
  };
  frame.addEventListener("pointermove", (event) => at(event) !== current && show(at(event)));
  frame.addEventListener("pointerdown", (event) => show(at(event)));
  frame.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && show(-1));
  frame.addEventListener("blur", () => show(-1));
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(-1);
    if (!(event.key in KEYS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(Math.max(0, Math.min(rows.length - 1, current + KEYS[event.key])));
    status.textContent = `${rows[current].label}: ${rows[current].text}`;
  });
  frame.dataset.reads = rows.length;
}

// Beside the interval, where there is room: right of it, else left.
function beside(svg, row, bubble, scale) {
  const span = row.mark.previousElementSibling?.matches(".fs-interval") ? row.mark.previousElementSibling : row.mark;
  const box = span.getBBox();
  const right = (box.x + box.width + 14) * scale;
  return right + bubble.offsetWidth <= svg.clientWidth ? right : Math.max(0, (box.x - 14) * scale - bubble.offsetWidth);
}

function largeButton(figure, svg, drawing) {
  const title = svg.querySelector("title").textContent;
  const button = part("button", "button-plain no-print enlarge");
  const about = part("span", "hidden-visually");
  about.textContent = `: ${title}`;
  button.type = "button";
  button.append("Groß zeigen", about);
  button.addEventListener("click", async () => {
    const { showLarge } = await import("./results-large.js");
    showLarge(title, drawing, figure.dataset);
  });
  return button;
}

function part(name, look) {
  const element = document.createElement(name);
  element.className = look;
  return element;
}
