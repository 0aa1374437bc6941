// Passkeys (WebAuthn). A form marked data-passkey="get" or "create" asks the server for options, has the browser answer
// them, and is then sent with the answer like any other form. Without JavaScript these forms stay hidden.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const withIds = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

function parsed(kind, json) {
  const options = { ...json, challenge: bytes(json.challenge) };
  if (kind === "create") {
    options.user = { ...json.user, id: bytes(json.user.id) };
    options.excludeCredentials = withIds(json.excludeCredentials);
  } else {
    options.allowCredentials = withIds(json.allowCredentials);
  }
  return options;
}

function written(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = text(response[name]);
  }
  if (response.getTransports) said.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: said,
  });
}

async function options(form, kind) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": token },
    credentials: "same-origin",
    redirect: "error",
  });
  if (!answer.ok) throw new Error(answer.status === 429 ? "Too many tries. Wait a little." : "It did not work. Try again.");
  return parsed(kind, await answer.json());
}

async function answer(form, extra = {}) {
  const kind = form.dataset.passkey;
  const publicKey = await options(form, kind);
  const credential = await navigator.credentials[kind]({ publicKey, ...extra });
  form.querySelector("[name=credential]").value = written(credential);
  form.submit();
}

function say(form, error) {
  const place = form.querySelector("[role=alert]");
  if (error.name === "AbortError") return;
  place.textContent =
    error.name === "NotAllowedError"
      ? (form.dataset.unused ?? "No passkey was used. Try again, or use your password.")
      : error.name === "InvalidStateError"
        ? "This device has a passkey for your account already."
        : error.message;
  place.hidden = false;
}

let offered;

// A passkey can be picked from the suggestions of the address field, where the browser knows how.
async function offer(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  offered = new AbortController();
  await answer(form, { mediation: "conditional", signal: offered.signal });
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      if (!form.querySelector("[name=credential]").value) event.preventDefault();
    });
    form.querySelector("button[type=button]").addEventListener("click", () => {
      offered?.abort();
      answer(form).catch((error) => say(form, error));
    });
    if ("offer" in form.dataset) offer(form).catch(() => {}); // nobody asked for it, so nobody is told
  }
}
