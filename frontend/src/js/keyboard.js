// j/k move, Enter opens, x selects, / searches, g + letter goes, ? explains.
import { openDialog, topDialog } from "./dialogs.js";

const AFTER_G = 1200;
let goUntil = 0;

const typing = (target) =>
  target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])");

function rows() {
  const scope = topDialog() ?? document;
  return [...scope.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
}

function focused() {
  return rows().find((row) => "focus" in row.dataset);
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => "focus" in row.dataset);
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  all.forEach((row) => delete row.dataset.focus);
  next.dataset.focus = "";
  next.scrollIntoView({ block: "nearest" });
  // Focus follows, so that a screen reader says where we are and Enter works by itself.
  (next.matches("a, [tabindex]") ? next : next.querySelector("[data-row-link], a"))?.focus({ preventScroll: true });
}

const acts = {
  j: () => move(1),
  k: () => move(-1),
  x: () => focused()?.querySelector("input[type=checkbox]")?.click(),
  c: () => (focused()?.querySelector("[data-contact]") ?? document.querySelector("[data-contact]"))?.click(),
  "/": () => (document.querySelector("[data-search]") ?? document.querySelector("[data-search-all]"))?.focus(),
  "?": () => openDialog(document.getElementById("keys")),
  g: () => (goUntil = Date.now() + AFTER_G),
};

function go(key) {
  goUntil = 0;
  const target = [...document.querySelectorAll("[data-key]")].find((item) => item.dataset.key === key);
  target?.click();
  return Boolean(target);
}

/** Elements with data-hotkey are pressed by their key, those in an open dialog first. */
function press(key) {
  const scope = topDialog() ?? document;
  const target = [...scope.querySelectorAll("[data-hotkey]")].find((item) => item.dataset.hotkey === key);
  if (!target) return false;
  target.click();
  // Who chose by a key goes on typing: the words of the customer come next.
  document.getElementById(target.dataset.then ?? "")?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (event.defaultPrevented || event.isComposing || altKey) return;
  if ((ctrlKey || metaKey) && key.toLowerCase() === "k") {
    event.preventDefault();
    const palette = document.getElementById("palette");
    if (palette) openDialog(palette);
    return;
  }
  if (ctrlKey || metaKey || typing(target)) return;
  // A row that the keys stand on comes before the button of the page.
  const own = key === "c" && !topDialog() && focused()?.querySelector("[data-contact]");
  const done = goUntil > Date.now() ? go(key) : !own && press(key);
  if (done) event.preventDefault();
  else if (acts[key] && (!topDialog() || "jkx".includes(key))) {
    event.preventDefault();
    acts[key]();
  }
});
