// Tabler's stylesheet is 600 kB, of which our screens use a few families. A rule stays when
// every class in one of its selectors matches a pattern in tabler-keep.json.
import { readFile } from "node:fs/promises";

const SHEET = new URL("../../node_modules/@tabler/core/dist/css/tabler.min.css", import.meta.url);

/** Splits at `mark` outside of brackets and strings. */
function split(text, mark) {
  const parts = [];
  let depth = 0, start = 0, quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "\\") i++;
    else if (quote) quote = c === quote ? "" : quote;
    else if (c === '"' || c === "'") quote = c;
    else if ("([{".includes(c)) depth++;
    else if (")]}".includes(c)) depth--;
    if (depth === 0 && !quote && c === mark) {
      parts.push(text.slice(start, mark === "}" ? i + 1 : i));
      start = i + 1;
    }
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

function prune(css, keeps) {
  return split(css, "}").map((rule) => {
    const open = rule.indexOf("{");
    if (open < 0) return "";
    const head = rule.slice(0, open).trim();
    if (/^@(media|supports)/.test(head)) {
      const inner = prune(rule.slice(open + 1, -1), keeps);
      return inner && `${head}{${inner}}`;
    }
    if (head.startsWith("@")) return "";
    const selectors = split(head, ",").filter((selector) =>
      (selector.match(/\.-?[a-zA-Z_][\w-]*/g) ?? []).every((name) => keeps.test(name.slice(1))));
    return selectors.length ? selectors.join(",") + rule.slice(open) : "";
  }).join("");
}

export const tablerCore = (list) => ({
  name: "tabler-core",
  setup(build) {
    build.onResolve({ filter: /^tabler:core$/ }, ({ path }) => ({ path, namespace: "tabler" }));
    build.onLoad({ filter: /.*/, namespace: "tabler" }, async () => {
      const keeps = new RegExp(`^(${JSON.parse(await readFile(list, "utf8")).join("|")})$`);
      const css = (await readFile(SHEET, "utf8")).replace(/\/\*[\s\S]*?\*\//g, "").replace(/@charset[^;]*;/, "");
      return { contents: prune(css, keeps), loader: "css" };
    });
  },
});
