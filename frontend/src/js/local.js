// State that never leaves the screen: Alpine components, registered by name (CSP build).
import Alpine from "@alpinejs/csp";

Alpine.data("disclosure", () => ({
  open: false,
  toggle() {
    this.open = !this.open;
  },
  get closed() {
    return !this.open;
  },
}));

/** Shows the parts whose data-when lists the value of the chosen field. */
Alpine.data("choice", () => ({
  init() {
    this.show();
  },
  show() {
    const field = this.$root.querySelector("[data-choice]:checked, select[data-choice]");
    this.$root.querySelectorAll("[data-when]").forEach((part) => {
      part.hidden = !part.dataset.when.split(" ").includes(field?.value);
      part.querySelectorAll("input, select, textarea").forEach((input) => (input.disabled = part.hidden));
    });
  },
}));

Alpine.start();
