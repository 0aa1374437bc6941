// Says the figures under the pointer, moves among them by arrow keys, and saves a chart as PNG. All works without.

const SCALE = 2; // pixels of a PNG for each unit of the drawing

function arrows(points, event) {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const at = points.indexOf(event.target);
  if (!by || at < 0) return;
  event.preventDefault();
  const next = points[Math.min(Math.max(at + by, 0), points.length - 1)];
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function drawn(address) {
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = failed;
    image.src = address;
  });
}

async function save(link, svg, name) {
  const { width, height } = svg.viewBox.baseVal;
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  canvas.getContext("2d").drawImage(await drawn(link.href), 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    const way = document.createElement("a");
    way.href = URL.createObjectURL(blob);
    way.download = `${name}.png`;
    way.click();
    URL.revokeObjectURL(way.href);
  });
}

for (const figure of document.querySelectorAll("[data-chart]")) {
  const svg = figure.querySelector("svg.chart");
  if (!svg) continue;
  const points = [...svg.querySelectorAll(".point")];
  const told = figure.querySelector("[data-told]");
  const tell = (event) => {
    const point = event.target.closest(".point");
    told.textContent = point ? point.getAttribute("aria-label") : "";
  };
  svg.addEventListener("pointerover", tell);
  svg.addEventListener("focusin", tell);
  svg.addEventListener("pointerleave", () => (told.textContent = ""));
  svg.addEventListener("keydown", (event) => arrows(points, event));

  const link = figure.querySelector("[data-svg]");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "PNG";
  button.addEventListener("click", () => save(link, svg, figure.dataset.chart));
  link.after(button);
}
