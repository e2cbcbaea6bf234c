// Keeps the page of a job up to date. Without this script the page reloads itself.
const page = document.querySelector("[data-job]");

const again = () => setTimeout(look, 1500);

async function look() {
  let job;
  try {
    const answer = await fetch(page.dataset.job, { headers: { Accept: "application/json" } });
    if (answer.status === 401) return location.reload();
    job = answer.ok ? await answer.json() : null;
  } catch { /* no connection just now: the next look tells */ }
  if (!job) return again();
  if (!job.underway) return location.reload();
  page.querySelector("progress").value = job.progress;
  page.querySelector(".state").textContent = job.words;
  const step = page.querySelector("[role=status]");
  if (step.textContent !== job.message) step.textContent = job.message;
  again();
}

if (page) again();
