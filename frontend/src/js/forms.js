// Ctrl-Enter submits; a second click on a button that already works does nothing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form");
  if (form) {
    event.preventDefault();
    // A click, because htmx sends only a button along that was clicked.
    const main = form.querySelector("[data-main]");
    if (main) main.click();
    else form.requestSubmit(form.querySelector("[type=submit], button:not([type])"));
  }
});

const buttons = (form) => [...form.elements].filter((item) => item.matches("button:not([type=button]), [type=submit]"));

const WRITES = "form[method=post], form[hx-post]";

function begin(form, event) {
  if ("busy" in form.dataset) return event.preventDefault();
  form.dataset.busy = "";
  // A disabled button is not sent along, so it is disabled after the form is read.
  setTimeout(() => buttons(form).forEach((button) => (button.disabled = "busy" in form.dataset)));
}

function settle(form) {
  delete form.dataset.busy;
  buttons(form).forEach((button) => (button.disabled = false));
}

document.addEventListener("submit", (event) => {
  // A download leaves the page as it is, and may be asked for again.
  if (event.submitter?.matches("[data-download]")) return;
  // htmx has prevented its own forms already; they begin below.
  if (event.target.matches(WRITES) && !event.defaultPrevented) begin(event.target, event);
});

// htmx would keep a second click until the first is answered, and send it then.
document.addEventListener("htmx:confirm", (event) => {
  if ("busy" in event.detail.elt.dataset) event.preventDefault();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.matches(WRITES)) begin(event.detail.elt, event);
});

// Filters that are left empty stay out of the address.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  for (const [name, value] of [...detail.formData]) if (value === "") detail.formData.delete(name);
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.matches(WRITES)) settle(detail.elt);
});
// Going back shows the page as it was left, with its buttons still disabled.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelectorAll("form[data-busy]").forEach(settle);
});

// The answer to "hen" may come while somebody types "hengda": what was typed since is kept and sent.
let typed = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const field = document.activeElement;
  typed = field?.matches("[data-search]") && detail.target.contains(field) ? field.value : null;
});
document.addEventListener("htmx:afterSettle", () => {
  const field = document.activeElement;
  if (typed !== null && field?.matches("[data-search]") && field.value !== typed) {
    field.value = typed;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  typed = null;
});
