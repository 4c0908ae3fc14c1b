// Light, dark, or whatever the machine says; the choice stays on this machine.
const KEY = "liuke.theme";
const machine = matchMedia("(prefers-color-scheme: dark)");

export function chosen() {
  try {
    return localStorage.getItem(KEY) ?? "auto";
  } catch {
    return "auto";
  }
}

export function choose(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  apply(theme);
}

export function apply(theme = chosen()) {
  const dark = theme === "dark" || (theme === "auto" && machine.matches);
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  document.dispatchEvent(new CustomEvent("lk:theme"));
}

machine.addEventListener("change", () => apply());
