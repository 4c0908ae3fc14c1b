// Native <dialog> for drawers, dialogs and help. Markup decides: data-open="id" opens,
// data-close closes; a fragment loaded by htmx into a <dialog> opens it.
import { mayLeave } from "./unsaved.js";

export const topDialog = () => [...document.querySelectorAll("dialog[open]")].at(-1);

export function openDialog(dialog) {
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("[autofocus]") ?? dialog.querySelector("input:not([type=hidden]), textarea, select"))?.focus({ preventScroll: true });
}

export function closeDialog(dialog, { ask = true } = {}) {
  if (!dialog?.open || (ask && !mayLeave(dialog))) return;
  dialog.close();
}

document.addEventListener("click", ({ target }) => {
  const opener = target.closest("[data-open]");
  if (opener) openDialog(document.getElementById(opener.dataset.open));
  else if (target.closest("[data-close]")) closeDialog(target.closest("dialog"));
  // A click on the backdrop reaches the dialog itself, never its content.
  else if (target.matches("dialog[open]")) closeDialog(target);
});

document.addEventListener(
  "cancel",
  (event) => {
    if (event.target.matches("dialog") && !mayLeave(event.target)) event.preventDefault();
  },
  true,
);

document.addEventListener(
  "close",
  ({ target }) => {
    if (target.matches("dialog[data-loaded]")) target.replaceChildren();
  },
  true,
);

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const dialog = detail.target;
  if (!dialog.matches?.("dialog")) return;
  dialog.dataset.loaded = "";
  if (dialog.childElementCount) openDialog(dialog);
  else closeDialog(dialog, { ask: false });
});

// The server says HX-Trigger: lk:close when the work in a dialog is done.
document.addEventListener("lk:close", () => closeDialog(topDialog(), { ask: false }));
