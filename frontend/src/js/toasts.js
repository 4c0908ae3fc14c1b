// Quiet messages, from the page or from HX-Trigger: {"lk:toast": {"text": …, "undo": url}}.
import htmx from "htmx.org";
import { text } from "./texts.js";

const PLAIN = 5000;
const WITH_UNDO = 12000;

function wait(toast) {
  let timer;
  const start = () => (timer = setTimeout(() => toast.remove(), toast.querySelector("[data-undo]") ? WITH_UNDO : PLAIN));
  const hold = () => clearTimeout(timer);
  toast.addEventListener("mouseenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("mouseleave", start);
  toast.addEventListener("focusout", start);
  // Errors stay until they are read and dismissed.
  if (toast.dataset.mean !== "lost") start();
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

export function toast({ text: words, undo = "", mean = "" }) {
  const region = document.getElementById("toasts");
  if (!region) return;
  const item = document.createElement("p");
  item.className = "lk-toast";
  item.dataset.mean = mean;
  const said = document.createElement("span");
  said.textContent = words;
  item.append(said);
  if (undo) {
    const back = button(text("undo"), () => {
      item.remove();
      htmx.ajax("POST", undo, { source: document.body, swap: "none" }).then(() => location.reload());
    });
    back.dataset.undo = "";
    item.append(back);
  } else if (mean === "lost") item.append(button(text("dismiss"), () => item.remove()));
  region.append(item);
  // Shown anew, it lies above a dialog that opened in the meantime.
  if (region.matches(":popover-open")) region.hidePopover();
  region.showPopover();
  wait(item);
}

document.addEventListener("lk:toast", ({ detail }) => toast(typeof detail.value === "string" ? { text: detail.value } : detail));

const refusals = { 401: "gone", 403: "refused" };
document.addEventListener("htmx:responseError", ({ detail }) => {
  toast({ text: text(refusals[detail.xhr.status] ?? "failed"), mean: "lost" });
});
document.addEventListener("htmx:sendError", () => toast({ text: text("failed"), mean: "lost" }));

const waiting = document.getElementById("lk-messages");
if (waiting) JSON.parse(waiting.textContent).forEach(toast);
