"""Markdown, drawn twice from one tree: as HTML, and as the text that a careful person would type.

A paragraph that is nothing but one link becomes a button.
"""

import re
from functools import lru_cache
from textwrap import fill

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from notifications.plain import BLANKS, LINE_BREAK

WIDTH = 72
SUBJECT = re.compile(r"(Subject|Objet)\s*:")

_markdown = MarkdownIt("js-default")


def parse(source: str) -> tuple[str, SyntaxTreeNode]:
    """Return the subject and the tree of the rest; raises ValueError without a line for it."""
    first, _newline, rest = source.strip().partition("\n")
    if not SUBJECT.match(first):
        raise ValueError("A mail's text begins with a line 'Subject: ...'.")
    return _subject_line(first), tree_of(rest.replace(LINE_BREAK, "\\\n"))


@lru_cache(maxsize=100)  # that of a notice is the same for everybody
def _subject_line(first: str) -> str:
    tree = tree_of(SUBJECT.sub("", first).replace(LINE_BREAK, " "))
    return BLANKS.sub(" ", Text().blocks(tree)).strip()


def tree_of(markdown: str) -> SyntaxTreeNode:
    return SyntaxTreeNode(_markdown.parse(markdown))


def _sole_link(paragraph: SyntaxTreeNode) -> SyntaxTreeNode | None:
    """Return the link that a paragraph consists of, or None."""
    inside = [child for inline in paragraph.children for child in inline.children]
    return inside[0] if len(inside) == 1 and inside[0].type == "link" else None


class Html:
    """Draw the tree with markdown-it's own renderer; only buttons are ours."""

    def blocks(self, tree: SyntaxTreeNode) -> str:
        tokens = tree.to_tokens()
        for node in tree.walk():
            link = _sole_link(node) if node.type == "paragraph" else None
            if link:
                node.nester_tokens.opening.attrSet("class", "action")
        return _markdown.renderer.render(tokens, _markdown.options, {})


class Text:
    """Draw the tree as a careful person would type it, in lines of ``width``."""

    def __init__(self, width: int = WIDTH):
        self.width = width

    def blocks(self, node: SyntaxTreeNode, *, between: str = "\n\n") -> str:
        return between.join(filter(None, (self.block(child) for child in node.children)))

    def block(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "paragraph":
                return self.paragraph(node)
            case "heading":
                words = self.inline(node)
                return f"{words}\n{'-' * min(len(words), self.width)}"
            case "bullet_list" | "ordered_list":
                return self.items(node)
            case "blockquote":
                inside = Text(self.width - 2).blocks(node)
                return "\n".join(f"> {line}" for line in inside.splitlines())
            case "hr":
                return "-" * 20
            case "fence" | "code_block":
                return node.content.rstrip("\n")
            case _:
                return self.inline(node)

    def paragraph(self, node: SyntaxTreeNode) -> str:
        link = _sole_link(node)
        if link:
            label = _("%(label)s:") % {"label": self.children(link)}
            return f"{label}\n{link.attrs['href']}"
        return "\n".join(wrap(line, self.width) for line in self.inline(node).split("\n"))

    def items(self, node: SyntaxTreeNode) -> str:
        number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        lines = []
        for item in node.children:
            mark = "- " if number is None else f"{number}. "
            inside = Text(self.width - len(mark))
            first, *rest = inside.blocks(item, between="\n").split("\n")
            lines += [mark + first, *(" " * len(mark) + line for line in rest)]
            number = None if number is None else number + 1
        return "\n".join(lines)

    def inline(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "text" | "code_inline":
                return node.content
            case "softbreak":
                return " "
            case "hardbreak":
                return "\n"
            case "link":
                words, href = self.children(node), node.attrs["href"]
                return words if words == href else f"{words} ({href.removeprefix('mailto:')})"
            case _:
                return self.children(node)

    def children(self, node: SyntaxTreeNode) -> str:
        return "".join(self.inline(child) for child in node.children)


def wrap(line: str, width: int = WIDTH) -> str:
    return fill(line, width, break_long_words=False, break_on_hyphens=False)
