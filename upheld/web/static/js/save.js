// Saves the receipt from the page itself, without sending it anywhere. Without JavaScript the server hands it back.

const field = document.querySelector('input[name="receipt"]');

field?.form.addEventListener("submit", (event) => {
  event.preventDefault();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([field.value], { type: "text/plain" }));
  link.download = "receipt.txt";
  document.body.append(link);
  link.click();
  link.remove();
});
