// Keeps the requests on a page up to date while something may become of them: it looks again after two seconds, more and
// more slowly while nothing changes, and not at all while nobody sees the page. Without JavaScript a link does it.

const SOON = 2000; // milliseconds
const LATE = 15000;
const SLOWER = 1.5;

const place = () => document.querySelector("[data-progress]");
const rowsOf = (part) => [...part.querySelectorAll("[data-says]")];

let pause = SOON;
let waiting;
let looking = false;

// A document from the server is no text that becomes markup here, so no Trusted Type is asked for.
function fetched(address) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.timeout = LATE;
    request.onload = () => done({ status: request.status, part: request.response?.querySelector("[data-progress]") });
    request.onerror = request.ontimeout = failed;
    request.send();
  });
}

// What was opened stays open, and whoever stood on a link of the row stands there still.
function replace(old, row) {
  const steps = row.querySelector("details");
  if (steps) steps.open = old.querySelector("details")?.open ?? false;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(row);
  if (!focused) return;
  const same = focused.href && row.querySelector(`a[href="${CSS.escape(focused.getAttribute("href"))}"]`);
  const summary = focused.tagName === "SUMMARY" && row.querySelector("summary");
  (same || summary || row).focus();
}

function show(part) {
  const before = new Map(rowsOf(place()).map((row) => [row.id, row]));
  const rows = rowsOf(part);
  const isSame = rows.length === before.size && rows.every((row) => before.has(row.id));
  const changed = rows.filter((row) => before.get(row.id)?.dataset.says !== row.dataset.says);
  if (!isSame) place().replaceWith(document.adoptNode(part));
  else {
    for (const row of changed) replace(before.get(row.id), document.adoptNode(row));
    place().dataset.moving = part.dataset.moving;
  }
  if (changed.length) document.querySelector("[data-told]").textContent = changed.map((row) => row.dataset.says).join(" ");
  return changed.length > 0 || !isSame;
}

async function look() {
  looking = true;
  try {
    const { status, part } = await fetched(place().dataset.progress);
    if (part) pause = show(part) ? SOON : Math.min(pause * SLOWER, LATE);
    else if (status < 500 && status !== 429) return location.reload(); // it is over, or somebody has to sign in
    else pause = LATE;
  } catch {
    pause = LATE;
  } finally {
    looking = false;
  }
  next();
}

function next(after = pause) {
  clearTimeout(waiting);
  const moving = place()?.dataset.moving === "yes";
  for (const each of document.querySelectorAll("[data-live]")) each.hidden = !moving;
  for (const each of document.querySelectorAll("[data-again]")) each.hidden = true;
  if (moving && !document.hidden && !looking) waiting = setTimeout(look, after);
}

document.addEventListener("visibilitychange", () => {
  pause = SOON;
  next(0);
});
if (place()) next();
