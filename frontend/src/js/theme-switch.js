import { choose, chosen } from "./theme-choice.js";

const show = (root) =>
  root.querySelectorAll("[data-theme-choice]").forEach((radio) => (radio.checked = radio.value === chosen()));

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-theme-choice]")) choose(target.value);
});

show(document);
