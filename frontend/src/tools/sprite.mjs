// One SVG with a <symbol> for each icon named in icons.json, so that a page asks for icons once.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

const OUTLINE = new URL("../../node_modules/@tabler/icons/icons/outline/", import.meta.url);

async function symbol(name) {
  const svg = await readFile(new URL(`${name}.svg`, OUTLINE), "utf8");
  const shapes = svg
    .replace(/^[\s\S]*?<svg[\s\S]*?>|<\/svg>/g, "")
    .replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
    .replace(/\s+/g, " ")
    .trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}

export async function sprite(list) {
  const symbols = await Promise.all(JSON.parse(await readFile(list, "utf8")).map(symbol));
  const bytes = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  return { plain: "icons.svg", name: `icons-${digest}.svg`, bytes };
}
