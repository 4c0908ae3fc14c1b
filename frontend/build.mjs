// Builds everything the browser gets into the Django app's static folder:
// names carry a digest of their content, manifest.json maps the plain name to it.
import { build } from "esbuild";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { sprite } from "./src/tools/sprite.mjs";
import { tablerCore } from "./src/tools/tabler.mjs";

const OUT = new URL("../src/liuke/core/static/build/", import.meta.url);
const at = (path) => new URL(path, import.meta.url);

async function bundle() {
  const result = await build({
    absWorkingDir: at(".").pathname,
    entryPoints: ["src/js/app.js", "src/js/charts.js", "src/js/theme.js", "src/css/liuke.css"],
    entryNames: "[name]-[hash]",
    plugins: [tablerCore(at("src/css/tabler-keep.json"))],
    outdir: "out",
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    legalComments: "eof",
    target: ["chrome111", "firefox113", "safari16.4"],
    logLevel: "warning",
  });
  return result.outputFiles.map((file) => ({
    name: file.path.split("/").at(-1),
    plain: file.path.split("/").at(-1).replace(/-[0-9A-Z]{8}(?=\.)/, ""),
    bytes: Buffer.from(file.contents),
  }));
}

async function put(name, bytes) {
  // Renaming is atomic: a running server never reads half a file.
  const parts = new URL(`.${name}.part`, OUT);
  await writeFile(parts, bytes);
  await rename(parts, new URL(name, OUT));
}

async function write(files) {
  await mkdir(OUT, { recursive: true });
  const existing = new Set(await readdir(OUT));
  const wanted = new Set(["manifest.json"]);
  for (const { name, bytes } of files) {
    for (const suffix of ["", ".gz", ".br"]) wanted.add(name + suffix);
    if (existing.has(`${name}.br`)) continue;
    await put(name, bytes);
    await put(`${name}.gz`, gzipSync(bytes, { level: 9 }));
    await put(`${name}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  }
  const manifest = Object.fromEntries(files.map(({ plain, name }) => [plain, name]).sort());
  await put("manifest.json", JSON.stringify(manifest, null, 2) + "\n");
  for (const name of existing) if (!wanted.has(name)) await rm(new URL(name, OUT));
}

await write([...(await bundle()), await sprite(at("src/icons.json"))]);
