// data-copy="text" puts it on the clipboard.
import { text } from "./texts.js";
import { toast } from "./toasts.js";

document.addEventListener("click", async ({ target }) => {
  const source = target.closest("[data-copy]");
  if (!source) return;
  await navigator.clipboard.writeText(source.dataset.copy);
  toast({ text: text("copied") });
});
