// A field for a few words shows them as chips; without scripts it takes them between commas.
import { text } from "./texts.js";

const COMMAS = /[,，、;；\n]/;
const listed = (value) => value.split(COMMAS).map((word) => word.trim()).filter(Boolean);

function chip(word, remove) {
  const made = document.createElement("span");
  made.className = "lk-chip lk-chip--token";
  const name = document.createElement("b");
  name.textContent = word;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: "×", onclick: remove });
  button.setAttribute("aria-label", text("remove_word", { name: word }));
  made.append(name, button);
  return made;
}

function begin(field) {
  const typing = field.cloneNode();
  const box = document.createElement("div");
  const words = listed(field.value);
  box.className = "lk-words form-control";
  typing.removeAttribute("name");
  typing.removeAttribute("data-words");
  typing.value = typing.defaultValue = "";
  typing.className = "";
  // The field that is sent stays, so that leaving the page asks about it as about any other text.
  field.hidden = true;
  field.removeAttribute("id");
  delete field.dataset.words;
  const tell = () => (field.value = [...words, ...listed(typing.value)].join(", "));
  const show = () => {
    box.replaceChildren(...words.map((word, at) => chip(word, () => drop(at))), typing);
    tell();
  };
  const drop = (at) => {
    words.splice(at, 1);
    show();
    typing.focus();
  };
  const take = () => {
    const more = listed(typing.value);
    const known = new Set(words.map((word) => word.toLowerCase()));
    for (const word of more) if (!known.has(word.toLowerCase())) words.push(word);
    typing.value = "";
    show();
  };
  typing.addEventListener("input", (event) => {
    if (!event.isComposing && COMMAS.test(typing.value)) {
      take();
      typing.focus();
    } else tell();
  });
  typing.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && typing.value.trim()) {
      event.preventDefault();
      take();
      typing.focus();
    } else if (event.key === "Backspace" && !typing.value && words.length) drop(words.length - 1);
  });
  typing.addEventListener("change", () => typing.value.trim() && take());
  box.addEventListener("click", ({ target }) => target === box && typing.focus());
  field.after(box);
  show();
  field.defaultValue = field.value;
}

const all = () => document.querySelectorAll("input[data-words]").forEach(begin);
all();
document.addEventListener("htmx:afterSettle", all);
