// Lets a figure be read row by row once it comes into view, and filters the list of questions while typing.
// Without this script the release's own picture stands, and the form asks the server.
import { enliven } from "./results-figure.js";
import { filterWhileTyping } from "./results-search.js";

const figures = document.querySelectorAll("[data-figure]");
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((found) => found.isIntersecting)) {
    seen.unobserve(entry.target);
    enliven(entry.target);
  }
});
for (const figure of figures) seen.observe(figure);

for (const form of document.querySelectorAll("[data-search]")) {
  filterWhileTyping(form, document.getElementById(form.dataset.search), document.querySelector(".search-status"));
}

// What is folded in would be missing on paper.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not(.funnel)")) part.open = true;
});
