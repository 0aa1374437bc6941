// Another country has another form of address. Choosing one has the server write that part of the form anew, with what was
// typed in it. Without JavaScript a button does the same with the whole page.

const button = document.querySelector("[data-change-country]");
const country = document.querySelector("select[name=country]");
let asked = 0;

// A document from the server is no text that becomes markup here, so no Trusted Type is asked for.
function written(form) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.onload = () => (request.response?.querySelector("[data-address]") ? done(request.response) : failed());
    request.onerror = failed;
    const sent = new FormData(form);
    sent.delete("card_token");
    sent.set(button.name, button.value);
    request.send(sent);
  });
}

async function change() {
  const turn = ++asked;
  const place = document.querySelector("[data-address]");
  place.setAttribute("aria-busy", "true");
  try {
    const page = await written(country.form);
    if (turn === asked) place.replaceWith(document.adoptNode(page.querySelector("[data-address]")));
  } catch {
    button.hidden = false; // the way without a script
    place.removeAttribute("aria-busy");
  }
}

if (button && country) {
  button.hidden = true;
  country.addEventListener("change", change);
}
