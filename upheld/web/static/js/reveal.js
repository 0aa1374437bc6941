// A button beside each password that shows what was typed. Without JavaScript there is none, and nothing is missing.

for (const input of document.querySelectorAll("input[data-reveal]")) {
  const button = document.createElement("button");
  const label = document.querySelector(`label[for="${input.id}"]`)?.textContent ?? "password";
  const name = document.createElement("span");
  name.className = "unseen";
  name.textContent = ` ${label.toLowerCase()}`;
  const word = document.createTextNode("Show");
  button.type = "button";
  button.append(word, name);
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    word.data = hidden ? "Hide" : "Show";
    input.focus();
  });
  input.after(button);
  // What was shown must not stay in the browser's memory of typed text.
  input.form?.addEventListener("submit", () => (input.type = "password"));
}
