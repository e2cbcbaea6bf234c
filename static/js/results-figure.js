// Draws a figure of the release with the chart library, in the colours of the page.
const GERMAN = { format: { decimal: ",", thousands: "." } };
const dark = matchMedia("(prefers-color-scheme: dark)");
let library;

function load(address) {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done(window.Plotly);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

export async function redraw(figure) {
  try {
    const [charts, answer] = await Promise.all([load(figure.dataset.drawing), fetch(figure.dataset.figure)]);
    if (!answer.ok) return;
    const drawing = await answer.json();
    await draw(charts, figure, drawing);
    dark.addEventListener("change", () => draw(charts, figure, drawing));
  } catch {
    // The release's own picture stays.
  }
}

async function draw(charts, figure, drawing) {
  const frame = figure.querySelector(".picture-frame");
  const first = frame.querySelector("svg.fs-figure");
  const place = frame.querySelector(".chart") ?? newPlace(frame, first);
  const box = first.viewBox.baseVal;
  const scale = frame.clientWidth / box.width;
  const height = Math.round(box.height * scale);
  place.style.blockSize = `${height}px`;
  const colours = getComputedStyle(document.documentElement);
  const layout = { ...drawing.layout, ...look((name) => colours.getPropertyValue(name).trim(), drawing.layout), height };
  if (drawing.layout.yaxis.ticktext) layout.margin = marginsOf(first, scale);
  const action = colours.getPropertyValue("--action").trim();
  const data = drawing.data.map((trace) => ({
    ...trace,
    marker: { ...trace.marker, color: action, line: { color: action, width: 2 } },
    error_x: { ...trace.error_x, color: action, thickness: 2.5, width: 0 },
  }));
  await charts.react(place, data, layout, {
    responsive: true, displayModeBar: false, locale: "de", locales: { de: GERMAN },
  });
  for (const svg of place.querySelectorAll("svg.main-svg")) svg.setAttribute("aria-hidden", "true");
  first.classList.add("only-print");
  place.hidden = false;
}

// The chart is for eyes and mouse: its name and description are those of the release's own picture.
function newPlace(frame, first) {
  const place = document.createElement("div");
  place.className = "chart";
  place.setAttribute("role", "group");
  place.setAttribute("aria-labelledby", first.querySelector("title").id);
  place.setAttribute("aria-describedby", first.querySelector("desc").id);
  frame.append(place);
  return place;
}

// The axis stands exactly where the picture has it, so nothing moves; without looking for room itself, the library
// draws once instead of three times.
function marginsOf(svg, scale) {
  const grid = [...svg.querySelectorAll(".fs-grid")];
  const at = (line, name) => Number(line.getAttribute(name)) * scale;
  const { width, height } = svg.viewBox.baseVal;
  return {
    l: at(grid[0], "x1"), r: width * scale - at(grid.at(-1), "x1"),
    t: at(grid[0], "y1"), b: height * scale - at(grid[0], "y2"),
  };
}

function look(colour, layout) {
  const line = { gridcolor: colour("--hairline"), zeroline: false, linecolor: colour("--hairline") };
  const font = { family: "system-ui, sans-serif", size: 14, color: colour("--ink") };
  return {
    font, separators: ",.", paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 10, r: 20, t: 10, b: 36 }, hoverlabel: { font: { ...font, color: colour("--ink") }, bgcolor: colour("--card"), bordercolor: colour("--border") },
    xaxis: { ...layout.xaxis, ...line, tickfont: { color: colour("--muted"), size: 12 } },
    yaxis: { ...layout.yaxis, ...line, showgrid: false, ticks: "", ticklabelstandoff: 8 },
  };
}
