// A cell exchanged for its small form gets the focus; Escape, or leaving it, brings the cell back.
import htmx from "htmx.org";

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.matches?.(".lk-cell")) detail.target.querySelector("select, button")?.focus();
});

function back(form) {
  if (!form.isConnected || "busy" in form.dataset) return;
  htmx.ajax("GET", form.dataset.cellBack, { target: form.closest(".lk-cell"), swap: "innerHTML" });
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-cell-back]");
  if (event.key === "Escape" && form) back(form);
});

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const form = target.closest?.("[data-cell-back]");
  // Leaving the window is not leaving the cell.
  if (form && relatedTarget && !form.contains(relatedTarget)) back(form);
});
