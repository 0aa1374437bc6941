// The page that checks a receipt: it takes one by choice, by drop or by paste, and says what it found. What is checked,
// and how, is receipt.js.
const { MOST, NoCrypto, Refusal, verify } = await import(document.querySelector("[data-check]").dataset.check);

const OLD_BROWSER =
  "This browser cannot check Ed25519 signatures. Use a newer one, or the command. Nothing is known of the receipt.";
const FACTS = [
  ["Held by", "controller"], ["About", "about"], ["Number", "number"], ["State", "state"], ["Asked", "asked"],
  ["Done", "done"], ["Step by step", "step"], ["Rows removed", "removed"], ["On record", "did"], ["Stays", "kept"],
  ["Recipients told", "told"], ["Looked again, found", "found"], ["Person", "subject"], ["Request", "request"],
  ["Thing deleted", "item"], ["Policy", "policy"], ["Entry", "entry"],
];
const CODES = ["about", "state", "step", "told"];

const block = document.querySelector("[data-check]");
const part = (name) => block.querySelector(`[data-${name}]`);
const [form, key, file, text, result] = ["form", "key", "file", "text", "result"].map(part);

function make(name, said, className = "") {
  const made = document.createElement(name);
  if (said) made.textContent = said;
  if (className) made.className = className;
  return made;
}

function show(kind, heading, ...parts) {
  const notice = make("div", "", `notice ${kind}`);
  notice.append(make("h2", heading), ...parts);
  result.replaceChildren(notice);
  result.focus();
}

const inWords = (name, value) =>
  (CODES.includes(name) ? value.replaceAll("_", " ") : value).replace(/^([\d-]{10})T([\d:]{8})\.\d{3}Z/, "$1, $2 UTC");

function facts(said) {
  const list = make("dl", "", "facts");
  for (const [title, name] of FACTS) {
    const values = [said[name] ?? []].flat();
    if (!values.length) continue;
    const row = make("div");
    row.append(make("dt", title));
    const words = values.map((value) => inWords(name, value));
    row.append(...words.map((value) => make("dd", value)));
    list.append(row);
  }
  const place = make("div");
  place.append(make("dt", "Place in the record"), make("dd", `Entry ${said.index} of a log of ${said.tree}`));
  list.append(place);
  return list;
}

async function judge(bytes) {
  try {
    const said = await verify(bytes, key.value);
    const sentences = said.sentences.map((sentence) => make("p", sentence));
    show("good", "It is genuine", ...sentences, facts(said));
  } catch (error) {
    if (error instanceof NoCrypto) return show("", "It was not checked", make("p", OLD_BROWSER));
    if (!(error instanceof Refusal)) throw error;
    show("bad", "It does not hold", make("p", `Do not rely on it: ${error.message}.`));
  }
}

async function take(given) {
  if (given.size > MOST) return show("bad", "It does not hold", make("p", "Do not rely on it: it is larger than any receipt."));
  await judge(new Uint8Array(await given.arrayBuffer()));
}

// A text that is pasted loses its last line end on many ways.
const pasted = (said) => judge(new TextEncoder().encode(said.endsWith("\n") ? said : `${said}\n`));

file.addEventListener("change", () => {
  if (file.files.length) take(file.files[0]);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (text.value.trim()) return pasted(text.value);
  if (file.files.length) return take(file.files[0]);
  show("", "There is nothing to check yet", make("p", "Choose the file of the receipt, or paste what is in it."));
});
for (const name of ["dragenter", "dragover"]) block.addEventListener(name, (event) => event.preventDefault());
block.addEventListener("drop", (event) => {
  event.preventDefault();
  const [given] = event.dataTransfer.files;
  if (given) return take(given);
  const said = event.dataTransfer.getData("text/plain");
  if (said) pasted(said);
});
block.hidden = false;
