// Takes figures along: a PNG drawn in the browser from the picture, the link copied, the figure kept for the report.
// Without this script the same figures are links: to the SVG, to exactly this view, to the collection's own page.
const SCALE = 2;
const key = (wave) => `familienstimme-sammlung:${wave}`;

function say(element, text) {
  const status = element.closest("p")?.querySelector(".tool-status");
  if (status) status.textContent = text;
}

async function drawPng(address, name) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("no picture");
  const svg = await answer.text();
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth * SCALE;
  canvas.height = picture.naturalHeight * SCALE;
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

for (const button of document.querySelectorAll("[data-png]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await drawPng(button.dataset.png, button.dataset.name);
      say(button, "Das Bild ist gespeichert.");
    } catch {
      say(button, "Das Bild ließ sich nicht zeichnen. Nehmen Sie bitte das SVG.");
    }
  });
}

for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      say(button, "Der Link ist kopiert.");
    } catch {
      say(button, "Der Link ließ sich nicht kopieren. Er steht daneben.");
    }
  });
}

// --- what is kept: in this browser, and in the address of the page that shows it

function read(wave) {
  try {
    const found = JSON.parse(localStorage.getItem(key(wave)) ?? "[]");
    return Array.isArray(found) ? found.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}

function write(wave, names) {
  try {
    localStorage.setItem(key(wave), JSON.stringify(names));
  } catch {
    return false;
  }
  return true;
}

function withNames(address, names) {
  const url = new URL(address, location.href);
  url.searchParams.delete("f");
  for (const name of names) url.searchParams.append("f", name);
  return url.pathname + url.search;
}

function showCount() {
  for (const link of document.querySelectorAll("[data-collection]")) {
    const names = read(link.dataset.collection);
    link.href = withNames(link.href, names);
    link.querySelector("[data-count]").textContent = names.length ? `(${names.length})` : "";
  }
}

const page = document.querySelector("[data-collected]");
if (page) {
  const names = page.dataset.names?.split(" ") ?? [];
  const asked = new URLSearchParams(location.search).has("f");
  if (asked) write(page.dataset.collected, names);
  else if (read(page.dataset.collected).length) location.replace(withNames(location.href, read(page.dataset.collected)));
}

document.querySelector("[data-empty]")?.addEventListener("click", (event) => write(event.target.dataset.empty, []));

for (const link of document.querySelectorAll("[data-keep]")) {
  const { keep, wave } = link.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "as-link";
  const show = () => {
    const kept = read(wave).includes(keep);
    button.textContent = kept ? "Gemerkt" : "Merken";
    button.setAttribute("aria-pressed", String(kept));
  };
  button.addEventListener("click", () => {
    const names = read(wave);
    const next = names.includes(keep) ? names.filter((name) => name !== keep) : [...names, keep];
    if (write(wave, next)) say(button, next.length > names.length ? "Steht jetzt in „Meine Sammlung“." : "Aus „Meine Sammlung“ entfernt.");
    else location.assign(link.href);
    show();
    showCount();
  });
  show();
  link.replaceWith(button);
}
showCount();
