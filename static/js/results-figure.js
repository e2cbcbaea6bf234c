// Draws a figure of the release with the chart library, in the colours of the page.
const GERMAN = {
  dictionary: { "Download plot as a PNG": "Bild speichern (PNG)", "Download plot as a png": "Bild speichern (PNG)" },
  format: { decimal: ",", thousands: "." },
};
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
    const [charts, answer] = await Promise.all([load(figure.dataset.library), fetch(figure.dataset.figure)]);
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
  const height = Math.round(place.getBoundingClientRect().width * ratioOf(first));
  const colours = getComputedStyle(document.documentElement);
  const layout = { ...drawing.layout, ...look((name) => colours.getPropertyValue(name).trim(), drawing.layout), height };
  const action = colours.getPropertyValue("--action").trim();
  const data = drawing.data.map((trace) => ({
    ...trace,
    marker: { ...trace.marker, color: action, line: { color: action, width: 2 } },
    error_x: { ...trace.error_x, color: action, thickness: 2.5, width: 0 },
  }));
  await charts.react(place, data, layout, {
    responsive: true, displaylogo: false, locale: "de", locales: { de: GERMAN },
    modeBarButtons: [["toImage"]], toImageButtonOptions: { filename: document.title, scale: 2 },
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

function ratioOf(svg) {
  return svg.viewBox.baseVal.height / svg.viewBox.baseVal.width;
}

function look(colour, layout) {
  const line = { gridcolor: colour("--hairline"), zeroline: false, linecolor: colour("--hairline") };
  const font = { family: "system-ui, sans-serif", size: 14, color: colour("--ink") };
  return {
    font, separators: ",.", paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 10, r: 20, t: 10, b: 36 }, hoverlabel: { font: { ...font, color: colour("--ink") }, bgcolor: colour("--card"), bordercolor: colour("--border") },
    xaxis: { ...layout.xaxis, ...line, tickfont: { color: colour("--muted"), size: 12 } },
    yaxis: { ...layout.yaxis, ...line, showgrid: false, ticks: "" },
  };
}
