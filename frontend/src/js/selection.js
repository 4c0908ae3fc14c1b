// Which rows of a list are chosen: kept per list while paging, sorting and opening customers.
import { number, text } from "./texts.js";

const list = () => document.querySelector("[data-list]");
const boxes = () => [...document.querySelectorAll("[data-pick]")];
const key = () => `liuke.picked:${list().dataset.list}`;

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(key())) ?? { ids: [], all: false };
  } catch {
    return { ids: [], all: false };
  }
}

// "All" means this query: with another filter it would be other people. Order and place do not matter.
const NO_FILTER = ["page", "count", "before", "after", "sort", "column", "view"];

function query() {
  const params = new URLSearchParams(list().dataset.query);
  NO_FILTER.forEach((name) => params.delete(name));
  return params.toString();
}

const everything = (state) => state.all && state.query === query();

function keep(state) {
  sessionStorage.setItem(key(), JSON.stringify(state));
  show();
}

function show() {
  if (!list()) return;
  const state = read();
  const all = everything(state);
  const picked = new Set(state.ids);
  boxes().forEach((box) => {
    box.checked = all || picked.has(box.value);
    box.closest("[data-row]").setAttribute("aria-selected", String(box.checked));
  });
  const head = document.querySelector("[data-pick-page]");
  const checked = boxes().filter((box) => box.checked).length;
  if (head) {
    head.checked = checked > 0 && checked === boxes().length;
    head.indeterminate = checked > 0 && !head.checked;
  }
  tell(state, all);
}

function tell(state, all) {
  const total = Number(list().dataset.total);
  const count = all ? total : state.ids.length;
  const values = { ids: all ? "" : state.ids.join(","), all: all ? "1" : "", query: query(), count };
  document.querySelectorAll("[data-picked]").forEach((field) => (field.value = values[field.dataset.picked] ?? ""));
  document.querySelectorAll("[data-mass]").forEach((bar) => {
    bar.hidden = count === 0;
    bar.querySelector("[data-mass-count]").textContent = text("selected", { n: number(count) + (all && "more" in list().dataset ? "+" : "") });
    bar.querySelector("[data-mass-all]").hidden = all || total <= state.ids.length;
  });
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-pick], [data-pick-page]")) return;
  const state = read();
  const picked = new Set(everything(state) ? boxes().map((box) => box.value) : state.ids);
  const changed = target.matches("[data-pick]") ? [target] : boxes();
  changed.forEach((box) => (target.checked ? picked.add(box.value) : picked.delete(box.value)));
  keep({ ids: [...picked], all: false });
});

// Shift-click takes everything between.
let last = null;
document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-pick]");
  if (!box) return;
  if (event.shiftKey && last?.isConnected) {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((between) => (between.checked = box.checked));
    const picked = new Set(read().ids);
    all.slice(from, to + 1).forEach((one) => (box.checked ? picked.add(one.value) : picked.delete(one.value)));
    keep({ ids: [...picked], all: false });
  }
  last = box;
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-mass-all]")) keep({ ids: read().ids, all: true, query: query() });
  if (target.closest("[data-mass-none]")) keep({ ids: [], all: false });
});
document.addEventListener("lk:unpick", () => keep({ ids: [], all: false }));
document.addEventListener("htmx:load", show);
addEventListener("pageshow", show);
