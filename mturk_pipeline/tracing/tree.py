"""The way back as a tree in the terminal."""

from typing import Any

from rich.text import Text
from rich.tree import Tree

from mturk_pipeline.tracing.node import Node

_STYLES = {
    "lead": "bold green",
    "row": "bold",
    "decision": "bold magenta",
    "consensus": "bold cyan",
    "answer": "",
    "rules": "blue",
    "input": "yellow",
    "file": "bold yellow",
    "missing": "red",
}
# What the title says already.
_IN_TITLE = {"answer": ("value", "state", "worker"), "lead": ("lead_group",), "decision": ("decision", "field")}


def tree_of(node: Node) -> Tree:
    """The node and all that it comes from; texts of strangers do nothing to the terminal."""
    tree = Tree(_label(node), guide_style="dim")
    for child in node.children:
        tree.add(tree_of(child))
    return tree


def _label(node: Node) -> Text:
    label = Text(printable(node.title), style=_STYLES[node.kind])
    facts = {name: value for name, value in node.facts.items() if name not in _IN_TITLE.get(node.kind, ())}
    if node.kind == "answer" and facts.get("raw") == node.facts.get("value"):
        facts.pop("raw", None)
    if facts:
        details = " · ".join(f"{name.replace('_', ' ')}: {_words(value)}" for name, value in facts.items())
        label.append("\n" + printable(details), style="not bold dim")
    return label


def _words(value: Any) -> str:
    """A fact for people.

    >>> _words(["a", "b"]), _words({"email": 0.9}), _words(True)
    ('a; b', 'email 0.9', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(v)}" for name, v in value.items())
    return "; ".join(map(_words, value)) if isinstance(value, list) else str(value)


def printable(text: str) -> str:
    """`text` in one line, without what would command a terminal.

    >>> printable("a\\x1b[31m b\\n c")
    'a\ufffd[31m b c'
    """
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
