// <details class="lk-menu"> closes when the work is elsewhere.
const open = () => document.querySelectorAll("details.lk-menu[open]");

document.addEventListener("click", ({ target }) => {
  open().forEach((menu) => {
    if (!menu.contains(target) || target.closest("a")) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
