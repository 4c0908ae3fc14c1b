// Ctrl-K: screens and commands by name; Enter without a match searches customers.
const dialog = () => document.getElementById("palette");
const entries = () => [...dialog().querySelectorAll("[data-command]")];
const visible = () => entries().filter((entry) => !entry.hidden);

function mark(index) {
  const all = visible();
  all.forEach((entry, i) => entry.toggleAttribute("data-focus", i === index));
  all[index]?.scrollIntoView({ block: "nearest" });
}

function filter(words) {
  const wanted = words.trim().toLowerCase();
  entries().forEach((entry) => (entry.hidden = !entry.textContent.toLowerCase().includes(wanted)));
  mark(wanted ? 0 : -1);
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-palette-input]")) filter(target.value);
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-palette-input]") || event.isComposing) return;
  const all = visible();
  const at = all.findIndex((entry) => "focus" in entry.dataset);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    mark(Math.min(Math.max(at + step, 0), all.length - 1));
  } else if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    all[at].click();
  }
});
