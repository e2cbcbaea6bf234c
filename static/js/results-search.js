// Hides the questions that do not hold every word typed. The server does the same for who sends the form.
export function filterWhileTyping(form, list, status) {
  const field = form.querySelector("input[type=search]");
  if (field.value) return; // the server filtered: the list is not complete
  field.addEventListener("input", () => {
    const wanted = field.value.toLocaleLowerCase("de").split(/\s+/).filter(Boolean);
    const hits = [...list.querySelectorAll(".topic")].reduce((sum, topic) => sum + filterTopic(topic, wanted), 0);
    status.textContent = wanted.length === 0 ? "" : hits === 0 ? "Keine Frage passt dazu. Versuchen Sie ein anderes Wort." : hits === 1 ? "1 Frage passt." : `${hits} Fragen passen.`;
  });
}

function filterTopic(topic, wanted) {
  const title = topic.querySelector("h3").textContent;
  let hits = 0;
  for (const line of topic.querySelectorAll("li:not(:has(ul))")) {
    const stem = line.closest("ul ul")?.parentElement.firstChild.textContent ?? "";
    const text = `${title} ${stem} ${line.textContent}`.toLocaleLowerCase("de");
    line.hidden = !wanted.every((word) => text.includes(word));
    hits += !line.hidden;
  }
  for (const group of topic.querySelectorAll("li:has(ul)")) group.hidden = !group.querySelector("li:not([hidden])");
  topic.hidden = hits === 0;
  return hits;
}
