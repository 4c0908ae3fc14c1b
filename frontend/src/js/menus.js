// <details class="lk-menu"> closes when the work is elsewhere.
const open = () => document.querySelectorAll("details.lk-menu[open]");

document.addEventListener("click", ({ target }) => {
  open().forEach((menu) => {
    if (!menu.contains(target) || target.closest("a")) menu.open = false;
  });
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-menu-close]")) target.closest("details").open = false;
});

// A filter narrows the list at once, which exchanges the menu it stands in: it stays open.
let kept = [];
const keepers = () => [...document.querySelectorAll("details[data-keep-open][open]")];
document.addEventListener("htmx:beforeSwap", () => (kept = keepers().map((menu) => menu.dataset.keepOpen)));
document.addEventListener("htmx:afterSwap", () =>
  kept.forEach((name) => document.querySelector(`details[data-keep-open="${name}"]`)?.setAttribute("open", "")),
);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
