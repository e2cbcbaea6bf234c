// Keeps the page of a job up to date. Without this script the page reloads itself.
const page = document.querySelector("[data-job]");

async function look() {
  let answer;
  try {
    answer = await fetch(page.dataset.job, { headers: { Accept: "application/json" } });
  } catch {
    return; // no connection just now: the next look tells
  }
  if (answer.status === 401) return location.reload();
  if (!answer.ok) return;
  const job = await answer.json();
  if (!job.underway) return location.reload();
  page.querySelector("progress").value = job.progress;
  page.querySelector(".state").textContent = job.words;
  const step = page.querySelector("[role=status]");
  if (step.textContent !== job.message) step.textContent = job.message;
}

if (page) setInterval(look, 1500);
