// The page brings every word; {names} are filled in here.
const all = JSON.parse(document.getElementById("lk-text")?.textContent ?? "{}");

export const text = (key, values = {}) =>
  (all[key] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export const number = (n) => n.toLocaleString("en-US");
