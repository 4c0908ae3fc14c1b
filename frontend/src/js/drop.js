// The drop zone of the import page: choose or drop one file, see what it is, send it with progress.
import htmx from "htmx.org";
import { text } from "./texts.js";

const zoneOf = (target) => target.closest?.("[data-drop]");
const part = (zone, name) => zone.querySelector(`[data-drop-${name}]`);

function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${(bytes / 1024 ** power).toFixed(power ? 1 : 0)} ${units[power]}`;
}

function allowed(input, name) {
  const kinds = input.accept.split(",").map((kind) => kind.trim().toLowerCase()).filter((kind) => kind.startsWith("."));
  return !kinds.length || kinds.some((kind) => name.toLowerCase().endsWith(kind));
}

function say(zone, words, mean = "") {
  const note = part(zone, "note");
  note.textContent = words;
  note.dataset.mean = mean;
  note.hidden = !words;
}

function show(zone) {
  const input = zone.querySelector("input[type=file]");
  let [file] = input.files;
  say(zone, "");
  if (file && !allowed(input, file.name)) {
    say(zone, text("wrong_kind", { name: file.name, kinds: input.accept }), "lost");
    input.value = "";
    file = undefined;
  }
  zone.toggleAttribute("data-filled", Boolean(file));
  part(zone, "name").textContent = file?.name ?? "";
  part(zone, "size").textContent = file ? size(file.size) : "";
  zone.closest("form").querySelectorAll("[type=submit]").forEach((button) => (button.disabled = input.required && !file));
}

document.addEventListener("change", ({ target }) => {
  const zone = zoneOf(target);
  if (zone && target.type === "file") show(zone);
});

for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = zoneOf(event.target);
    // A file dropped beside the zone must not replace the page.
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    if (!zone) return;
    zone.toggleAttribute("data-over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) {
      const one = new DataTransfer();
      one.items.add(event.dataTransfer.files[0]);
      zone.querySelector("input[type=file]").files = one.files;
      show(zone);
    }
  });
}

htmx.onLoad((root) => root.querySelectorAll("[data-drop]").forEach(show));

document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
  const zone = target.querySelector?.("[data-drop]");
  if (!zone || !detail.lengthComputable) return;
  const percent = Math.round((100 * detail.loaded) / detail.total);
  const bar = part(zone, "progress");
  bar.hidden = false;
  bar.value = percent;
  say(zone, percent < 100 ? text("uploading", { percent }) : text("processing"));
});
