// Shows a figure as large as the screen, with the chart library: for the projector, to look into closely. The library
// is fetched only now.
const GERMAN = { format: { decimal: ",", thousands: "." } };
const FONT = 20;
let library;

function load(address) {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done(window.Plotly);
    script.onerror = () => { library = undefined; failed(); };
    document.head.append(script);
  });
  return library;
}

// about: the library's address, and the note below the figure: base, interval, and whether the data are simulated
export async function showLarge(title, drawing, about) {
  const dialog = newDialog(title, about.note);
  const place = dialog.querySelector(".chart");
  document.body.append(dialog);
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove());
  try {
    const charts = await load(about.drawing);
    await draw(charts, place, drawing);
    dialog.addEventListener("close", () => charts.purge(place));
  } catch {
    place.textContent = "Die große Ansicht ließ sich nicht laden. Auf der Seite steht dasselbe Bild.";
  }
}

function newDialog(title, said) {
  const dialog = document.createElement("dialog");
  const heading = document.createElement("h2"), close = document.createElement("button");
  const place = document.createElement("div"), note = document.createElement("p");
  dialog.className = "large";
  dialog.setAttribute("aria-label", title);
  heading.textContent = title;
  close.type = "button";
  close.textContent = "Schließen";
  close.addEventListener("click", () => dialog.close());
  place.className = "chart";
  note.textContent = said;
  dialog.append(heading, close, place, note);
  return dialog;
}

async function draw(charts, place, drawing) {
  const colours = getComputedStyle(document.documentElement);
  const colour = (name) => colours.getPropertyValue(name).trim();
  const data = drawing.data.map((trace) => ({
    ...trace,
    marker: { ...trace.marker, size: FONT, color: colour("--action"), line: { color: colour("--action"), width: 3 } },
    error_x: { ...trace.error_x, color: colour("--action"), thickness: 4, width: 0 },
  }));
  // Nobody in the hall can point at a row: its value stands there.
  const values = drawing.data.flatMap((trace) => trace.x.map((x, i) => ({
    x: x + trace.error_x.array[i], y: trace.y[i], text: `${x} %`, showarrow: false, xanchor: "left", xshift: 10,
  })));
  const annotations = [...(drawing.layout.annotations ?? []), ...values];
  await charts.newPlot(place, data, { ...drawing.layout, ...look(colour, drawing.layout), annotations }, {
    responsive: true, displayModeBar: false, locale: "de", locales: { de: GERMAN },
  });
  // The page's own picture has a name, a description and a table; here is the same for eyes and mouse.
  for (const svg of place.querySelectorAll("svg.main-svg")) svg.setAttribute("aria-hidden", "true");
}

function look(colour, layout) {
  const line = { gridcolor: colour("--hairline"), zeroline: false, linecolor: colour("--hairline") };
  const font = { family: "system-ui, sans-serif", size: FONT, color: colour("--ink") };
  return {
    font, separators: ",.", paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", autosize: true,
    margin: { l: 10, r: 20, t: 10, b: 50 },
    hoverlabel: { font, bgcolor: colour("--card"), bordercolor: colour("--border") },
    xaxis: { ...layout.xaxis, ...line, fixedrange: false, tickfont: { color: colour("--muted"), size: FONT } },
    yaxis: { ...layout.yaxis, ...line, showgrid: false, ticks: "", ticklabelstandoff: 12, automargin: true },
  };
}
