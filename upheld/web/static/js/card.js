// A card typed on a page of ours goes to the processor and never to us: its fields have no name, so that no form sends
// them, and what the form does send is the token that the processor answers with. Without JavaScript the block stays
// hidden, and the card is typed on the processor's own page.

// First digits, lengths, groups as printed on the card, and the length of the code; the most particular first.
const BRANDS = [
  ["amex", /^3[47]/, [15], [4, 6, 5], 4],
  ["discover", /^(6011|64[4-9]|65)/, [16, 17, 18, 19], [4, 4, 4, 4, 3], 3],
  ["diners", /^(30[0-5]|3[689])/, [14, 15, 16, 17, 18, 19], [4, 6, 9], 3],
  ["jcb", /^35(2[89]|[3-8])/, [16, 17, 18, 19], [4, 4, 4, 4, 3], 3],
  ["mastercard", /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16], [4, 4, 4, 4], 3],
  ["unionpay", /^62/, [16, 17, 18, 19], [4, 4, 4, 4, 3], 3],
  ["visa", /^4/, [13, 16, 19], [4, 4, 4, 4, 3], 3],
].map(([name, starts, lengths, groups, code]) => ({ name, starts, lengths, groups, code }));
const UNKNOWN = { name: "", lengths: [], groups: [4, 4, 4, 4, 3], code: 4 };
const FIELD_OF = { number: "number", exp_month: "expiry", exp_year: "expiry", cvc: "code" };
const SILENT = "The card could not be sent. Nothing was charged. Try again in a moment.";
const SECONDS = 20;
const PAUSE = 5;
const LATER = 300; // milliseconds

const digits = (text) => text.replace(/\D/g, "");
const brandOf = (number) => BRANDS.find(({ starts }) => starts.test(number)) ?? UNKNOWN;

// ISO/IEC 7812-1, annex B.
function luhn(number) {
  const sum = [...number].reverse().reduce((total, digit, at) => {
    const value = at % 2 ? 2 * digit : +digit;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function expiry(text) {
  const [, month, year] = text.trim().match(/^(\d{1,2})\s*[/.\- ]\s*(\d{2}|\d{4})$/) ?? text.match(/^(\d\d)(\d\d)$/) ?? [];
  return { month: Number(month), year: year?.length === 2 ? 2000 + Number(year) : Number(year) };
}

// Each says what is wrong, or nothing. The processor looks again, and decides.
const problems = {
  number(text) {
    const number = digits(text);
    if (!number) return "Type the number of the card.";
    const brand = brandOf(number);
    if (!brand.name || !brand.lengths.includes(number.length) || !luhn(number)) {
      return "This is not a card number. Look at it again.";
    }
  },
  expiry(text) {
    const { month, year } = expiry(text);
    if (!(month >= 1 && month <= 12 && year)) return "Type month and year, such as 04 / 29.";
    const now = new Date();
    if (year * 12 + month < now.getFullYear() * 12 + now.getMonth() + 1) return "The card has expired.";
  },
  code(text, number) {
    const { name, code } = brandOf(digits(number));
    const length = digits(text).length;
    if (name ? length !== code : length < 3) return `Type the ${name ? code : "3 or 4"} digits of the security code.`;
  },
};

function grouped(number) {
  let rest = number;
  const parts = brandOf(number).groups.map((size) => {
    const part = rest.slice(0, size);
    rest = rest.slice(size);
    return part;
  });
  return parts.filter(Boolean).join(" ");
}

// The error's markup is that of templates/web/field.html.
function mark() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of [["viewBox", "0 0 16 16"], ["width", "16"], ["height", "16"], ["aria-hidden", "true"]]) {
    svg.setAttribute(name, value);
  }
  path.setAttribute("fill", "currentColor");
  path.setAttribute(
    "d",
    "M8 .8a7.2 7.2 0 1 1 0 14.4A7.2 7.2 0 0 1 8 .8Zm-.9 3.1.25 5h1.3l.25-5H7.1ZM8 10.2a.95.95 0 1 0 0 1.9.95.95 0 0 0 0-1.9Z",
  );
  svg.append(path);
  return svg;
}

function say(input, sentence) {
  const id = `${input.id}_error`;
  document.getElementById(id)?.remove();
  input.removeAttribute("aria-invalid");
  input.removeAttribute("aria-describedby");
  if (!sentence) return;
  const place = document.createElement("div");
  const word = document.createElement("span");
  const text = document.createElement("span");
  place.className = "error";
  place.id = id;
  word.className = "unseen";
  word.textContent = "Error: ";
  text.append(word, sentence);
  place.append(mark(), text);
  input.before(place);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", id);
}

class Entry {
  constructor(block) {
    this.block = block;
    this.form = block.closest("form");
    this.token = this.form.querySelector("input[name=card_token]");
    this.alert = block.querySelector("[data-card-error]");
    this.inputs = Object.fromEntries(
      ["number", "expiry", "code"].map((name) => [name, block.querySelector(`[data-card-${name}]`)]),
    );
    this.state = "idle"; // "sending" the card, "ready" with a token, "sent"
    this.listen();
    this.show();
  }

  listen() {
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.form.addEventListener("change", (event) => event.target.name === "card" && this.show());
    for (const [name, input] of Object.entries(this.inputs)) {
      input.addEventListener("input", () => this.typed(name));
      // A little later: were the button to move away under a click, the click would be lost.
      input.addEventListener("change", () => setTimeout(() => input.value && say(input, this.problem(name)), LATER));
    }
    // Back from the next page: a token serves once.
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.again();
    });
  }

  again() {
    this.state = "idle";
    this.token.value = "";
  }

  get wanted() {
    const choices = [...this.form.querySelectorAll("input[type=radio][name=card]")];
    return !choices.length || choices.some((choice) => choice.checked && choice.value === "new");
  }

  // Nothing is typed where nothing has to be: a sign-up may do without a card.
  get leftOut() {
    return "optional" in this.block.dataset && Object.values(this.inputs).every((input) => !input.value.trim());
  }

  show() {
    this.block.hidden = !this.wanted;
  }

  problem(name) {
    return problems[name](this.inputs[name].value, this.inputs.number.value);
  }

  typed(name) {
    const input = this.inputs[name];
    if (this.state === "ready") this.again(); // another card after all
    if (name === "number") this.block.dataset.brand = brandOf(digits(input.value)).name;
    if (input.getAttribute("aria-invalid")) say(input, this.problem(name));
    if (input.selectionStart !== input.value.length) return; // somebody mends the middle: leave it alone
    if (name === "number" && /^[\d ]*$/.test(input.value)) input.value = grouped(digits(input.value));
    if (name === "expiry" && /^(0[1-9]|1[0-2])\d$/.test(input.value)) {
      input.value = `${input.value.slice(0, 2)} / ${input.value.slice(2)}`;
    }
  }

  complain(sentence) {
    this.alert.textContent = sentence;
    this.alert.hidden = !sentence;
  }

  async submit(event) {
    if (this.state === "ready") return this.go();
    if (this.state !== "idle") return event.preventDefault();
    if (!this.wanted || this.leftOut || event.submitter?.formNoValidate) return;
    event.preventDefault();
    if (!this.looksRight()) return;
    this.state = "sending";
    try {
      this.token.value = await this.ask();
    } catch (error) {
      this.state = "idle";
      return this.refused(error);
    }
    for (const input of Object.values(this.inputs)) input.value = "";
    this.state = "ready"; // the form goes with the token in place of what was typed
    this.form.requestSubmit(event.submitter ?? undefined);
  }

  // A second click is swallowed, but not for ever: the first may have been stopped on its way.
  go() {
    this.state = "sent";
    setTimeout(() => (this.state = "ready"), 1000 * PAUSE);
  }

  looksRight() {
    this.complain("");
    const wrong = Object.keys(this.inputs).filter((name) => {
      const sentence = this.problem(name);
      say(this.inputs[name], sentence);
      return sentence;
    });
    if (wrong.length) this.inputs[wrong[0]].focus();
    return !wrong.length;
  }

  async ask() {
    const { month, year } = expiry(this.inputs.expiry.value);
    const card = { number: digits(this.inputs.number.value), exp_month: month, exp_year: year };
    const answer = await fetch(this.block.dataset.tokens, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...card, cvc: digits(this.inputs.code.value) }),
      cache: "no-store",
      credentials: "omit", // who is signed in here is none of the processor's business
      redirect: "error",
      signal: AbortSignal.timeout(1000 * SECONDS),
    });
    const said = await answer.json();
    if (!answer.ok) throw said.error ?? {};
    return said.token;
  }

  // An error of the processor's, with `param` and `message`, or one of the network's.
  refused({ param, message }) {
    const input = this.inputs[FIELD_OF[param]];
    if (!input) return this.complain(param === undefined ? SILENT : message);
    say(input, message);
    input.focus();
  }
}

for (const block of document.querySelectorAll("[data-card]")) new Entry(block);
for (const way of document.querySelectorAll("[data-card-page]")) way.hidden = true;
