"""Whoever reads a docstring learns what a function raises; none is without one."""

import ast
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
# Commands say it in their help; the words of click are documented there.
OUTSIDE = {"cli", "linkage", "tests", "helping.py"}
# A refusal in words is a ValueError to whoever calls from Python.
SAID = {"Said": "ValueError"}


def public(body: list[ast.stmt], place: str):
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield f"{place}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{place}{node.name}.")


def raised(node: ast.AST) -> set[str]:
    calls = (
        getattr(part.exc, "func", part.exc)
        for part in ast.walk(node)
        if isinstance(part, ast.Raise) and part.exc is not None
    )
    names = {getattr(call, "id", getattr(call, "attr", "")) for call in calls}
    return {SAID.get(name, name) for name in names}


def test_every_public_part_says_what_it_does_and_what_it_raises() -> None:
    silent, checked = [], 0
    for path in sorted(HOME.rglob("*.py")):
        parts = path.relative_to(HOME).parts
        if OUTSIDE & set(parts):
            continue
        for name, node in public(ast.parse(path.read_text("utf-8")).body, f"{'/'.join(parts)} "):
            checked += 1
            told = ast.get_docstring(node) or ""
            untold = raised(node) if isinstance(node, ast.FunctionDef) else set()
            silent += [f"{name}: {word}" for word in untold if word not in told]
            silent += [] if told else [name]
    assert silent == []
    assert checked > 150
