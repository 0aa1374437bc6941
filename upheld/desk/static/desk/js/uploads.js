// Sends the file of a form in pieces (tus 1.0.0), and goes on where it broke off. Without it, the form sends the file.

const PIECE = 8 * 1024 * 1024; // bytes
const PAUSES = [1, 2, 5, 10, 20, 30]; // seconds before trying again
const TUS = { "Tus-Resumable": "1.0.0" };
const LOST = "The server cannot be reached. What is there stays there: choose the same file to go on.";

const form = document.querySelector("form[data-uploads]");
const place = form?.querySelector("[data-upload-progress]");
const field = form?.querySelector("input[type=file]");
const chosen = form?.querySelector("select[name=upload]");
const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

class Refused extends Error {}

function say(sentence, part) {
  place.hidden = false;
  place.querySelector("span").textContent = sentence;
  if (part !== undefined) place.querySelector("progress").value = part;
}

function ask(address, method, headers = {}, body = null) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  return fetch(address, { method, body, headers: { ...TUS, "X-CSRFToken": token, ...headers }, redirect: "error" });
}

// The same file, chosen again after the page was left, goes on where it was.
const key = (file) => `upload:${file.name}:${file.size}:${file.lastModified}`;

function named(file) {
  const bytes = new TextEncoder().encode(file.name);
  return btoa(String.fromCharCode(...bytes));
}

async function begin(file) {
  const headers = { "Upload-Length": String(file.size), "Upload-Metadata": `filename ${named(file)}` };
  const answer = await ask(form.dataset.uploads, "POST", headers);
  if (answer.status !== 201) throw new Refused(await answer.text());
  const address = answer.headers.get("Location");
  sessionStorage.setItem(key(file), address);
  return address;
}

async function received(address) {
  const answer = await ask(address, "HEAD");
  return answer.ok ? Number(answer.headers.get("Upload-Offset")) : null;
}

async function piece(address, file, offset) {
  const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
  const answer = await ask(address, "PATCH", headers, file.slice(offset, offset + PIECE));
  if (answer.status === 204) return Number(answer.headers.get("Upload-Offset"));
  if ([409, 423, 460].includes(answer.status) || answer.status >= 500) throw new Error();
  throw new Refused(await answer.text());
}

async function send(file) {
  let address = sessionStorage.getItem(key(file));
  let offset = address ? await received(address) : null;
  if (offset === null) [address, offset] = [await begin(file), 0];
  for (let failed = 0; offset < file.size; ) {
    say(`${Math.floor((100 * offset) / file.size)} % of ${file.name} is here.`, offset / file.size);
    try {
      offset = await piece(address, file, offset);
      failed = 0;
    } catch (error) {
      if (error instanceof Refused || failed === PAUSES.length) throw error;
      await pause(PAUSES[failed++]);
      offset = (await received(address).catch(() => null)) ?? offset;
    }
  }
  return address;
}

async function changed() {
  const [file] = field.files;
  if (!file) return;
  const button = form.querySelector("button.button");
  button.disabled = true;
  try {
    const address = await send(file);
    chosen.append(new Option(file.name, address.split("/").at(-2), true, true));
    field.value = "";
    sessionStorage.removeItem(key(file));
    say(`${file.name} is here. Publish it when the rest is written.`, 1);
  } catch (error) {
    say(error instanceof Refused ? error.message : LOST);
  } finally {
    button.disabled = false;
  }
}

field?.addEventListener("change", changed);
