// Ctrl-K: screens and commands by name, customers as the server finds them; Enter takes the marked one.
import { choose } from "./theme-choice.js";

const dialog = () => document.getElementById("palette");
const entries = () => [...dialog().querySelectorAll("[data-command]")];
const visible = () => entries().filter((entry) => !entry.hidden);

function mark(index) {
  const all = visible();
  entries().forEach((entry) => delete entry.dataset.focus);
  if (!all[index]) return;
  all[index].dataset.focus = "";
  all[index].scrollIntoView({ block: "nearest" });
}

function filter(words) {
  const wanted = words.trim().toLowerCase();
  entries().forEach((entry) => {
    // What the server found may match by pinyin or phone, which stand nowhere in its text.
    if (!("found" in entry.dataset)) entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
  });
  mark(wanted ? 0 : -1);
}

function start(words) {
  // Who was found for other words must not be what Enter opens.
  document.getElementById("palette-found").replaceChildren();
  filter(words);
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-palette-input]")) start(target.value);
});

document.addEventListener(
  "close",
  ({ target }) => {
    if (target !== dialog()) return;
    document.getElementById("palette-q").value = "";
    start("");
  },
  true,
);

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "palette-found") filter(document.getElementById("palette-q").value);
});

document.addEventListener("click", ({ target }) => {
  const theme = target.closest("[data-theme-set]");
  if (theme) {
    choose(theme.dataset.themeSet);
    dialog().close();
  }
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
