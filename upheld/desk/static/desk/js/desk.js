// The keys of the desk, and hiding again what was opened. Everything here works without: forms are forms.

const TYPING = "input:not([type=hidden]), textarea, select, [contenteditable]";
const PAUSE = 1500; // milliseconds between g and q

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
const here = () => document.activeElement?.closest("[data-row]") ?? null;
const opener = (row) => row?.querySelector("[data-open]");

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(here());
  const row = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  const target = opener(row) ?? row;
  if (target === row) row.tabIndex = -1;
  target.focus();
  row.scrollIntoView({ block: "nearest" });
}

function take() {
  const all = document.querySelectorAll("[data-take]");
  (here()?.querySelector("[data-take]") ?? (all.length === 1 ? all[0] : null))?.click();
}

function reply() {
  const target = document.querySelector("[data-reply]");
  if (target?.matches("textarea")) target.focus();
  else target?.click();
}

function find() {
  const field = document.querySelector("input[name=what]:not([type=hidden])");
  if (field) field.focus();
  else location.assign(dialog.dataset.find);
}

const dialog = document.querySelector("#keys");
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => opener(here())?.click(),
  t: take,
  r: reply,
  "/": find,
  "?": () => dialog.showModal(),
};
let went = -PAUSE; // when g was pressed

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open) return;
  if (event.target.closest?.(TYPING)) return;
  if (event.key === "g") went = event.timeStamp;
  if (event.key === "q" && event.timeStamp - went < PAUSE) location.assign(dialog.dataset.first);
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
}

function say(sentence) {
  const place = document.querySelector("#trouble");
  place.textContent = sentence;
  place.hidden = !sentence;
  if (sentence) place.scrollIntoView({ block: "nearest" });
}

// A refusal is a page of its own: its words are said here, and what was typed stays.
function refused(event) {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const words = [...page.querySelectorAll("main h1, main h1 + p")].map((each) => each.textContent.trim());
  say(words.length ? `${words.join(". ")}` : "That did not work. Load the page again.");
}

function countDown(place) {
  const end = performance.now() + 1000 * Number(place.dataset.seconds);
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    place.textContent = `hides in ${left} s`;
    if (place.isConnected && left) setTimeout(tick, 1000);
  };
  tick();
}

function hide(words) {
  if (!words.isConnected) return;
  words.remove();
  document.getElementById(words.dataset.again).hidden = false;
}

async function copied(button) {
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
  button.textContent = "Copied";
}

function prepare(part) {
  for (const each of part.querySelectorAll("[data-copies], [data-help]")) each.hidden = false;
  for (const each of part.querySelectorAll("[data-seconds]")) countDown(each);
  for (const each of part.querySelectorAll("[data-hides]")) setTimeout(hide, 1000 * Number(each.dataset.hides), each);
  if (part.querySelector("[data-print]")) window.print();
}

if (dialog) {
  document.addEventListener("keydown", pressed);
  document.querySelector("[data-help]").addEventListener("click", () => dialog.showModal());
}
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.requestConfig.headers["X-Desk-By-Itself"]) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful) say("");
  if (detail.successful && detail.elt.matches("[data-copies]")) copied(detail.elt);
});
document.addEventListener("htmx:responseError", refused);
document.addEventListener("htmx:sendError", () => say("The server cannot be reached. Nothing was done; try again."));
// What was open is not there any more when somebody comes back by the browser's history.
window.addEventListener("pagehide", () => {
  for (const each of document.querySelectorAll("[data-hides]")) hide(each);
  for (const each of document.querySelectorAll(".opened, .words")) each.remove();
});
