// Text a person has typed is never thrown away without asking.
import { text } from "./texts.js";

const TEXT = "textarea, input[type=text], input[type=search], input[type=tel], input[type=email], input:not([type])";

export function unsaved(root) {
  return [...root.querySelectorAll("form[method=post]:not([data-careless])")].some(
    (form) => !("busy" in form.dataset) && [...form.querySelectorAll(TEXT)].some((field) => field.value !== field.defaultValue),
  );
}

export const mayLeave = (root) => !unsaved(root) || confirm(text("unsaved"));

addEventListener("beforeunload", (event) => {
  if (unsaved(document)) event.preventDefault();
});
