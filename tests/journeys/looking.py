"""What must hold on every page, whoever looks at it on whatever screen."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (levels) => {
  const found = await axe.run({ runOnly: levels, resultTypes: ["violations"], preload: false });
  return found.violations.flatMap((v) =>
    v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.any[0]?.message ?? v.help}`));
}"""

DRAWN = (
    "() => [...document.querySelectorAll('[data-chart]')].every((c) => c.querySelector('canvas'))"
)

# Everything a person reads or hears, except what says in its own lang that it is another one,
# and the first letter of a name.
SAID = """() => {
  const own = document.documentElement.lang;
  const aside = `[lang]:not([lang="${own}"]), script, style, code, kbd, .lk-face`;
  const foreign = (node) => node.closest(aside);
  const said = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, textContent } = walker.currentNode;
    if (textContent.trim() && !foreign(parentElement)) said.push(textContent.trim());
  }
  for (const node of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"])
      if (node.getAttribute(name) && !foreign(node)) said.push(node.getAttribute(name));
  return said;
}"""
# Names, formats and units that are the same in every language.
SAME = {
    "api", "auc", "brier", "cnbd", "csv", "ctrl", "email", "enter", "esc", "excel", "liuke", "mbg",
    "parquet", "utf", "wechat", "xlsx",
}  # fmt: skip
CHINESE = re.compile(r"[\u3400-\u9fff]+")
# Figures of a seal, and an address as the journal keeps it.
DIGEST = r"\b[0-9a-f]{12,}\b|\b\w+=\w+"
LATIN = re.compile(r"[A-Za-z]{3,}")


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


def faults(page: Page, lang: str, data: Iterable[str]) -> list[str]:
    """What is wrong with the page as it stands; `data` are the words people have typed in."""
    page.wait_for_function(DRAWN)
    found = []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        found.append(f"{wide} px wider than the window")
    page.evaluate(_axe())
    found += page.evaluate(RUN_AXE, LEVELS)
    found += [f"not in this language: {words}" for words in leftovers(page, lang, data)]
    return found


def leftovers(page: Page, lang: str, data: Iterable[str]) -> list[str]:
    typed = "|".join(map(re.escape, sorted(data, key=len, reverse=True)))
    known = re.compile(rf"{typed}|{DIGEST}")
    foreign = CHINESE if lang == "en" else LATIN
    return [
        text
        for text in dict.fromkeys(page.evaluate(SAID))
        if any(word.lower() not in SAME for word in foreign.findall(known.sub(" ", text)))
    ]
