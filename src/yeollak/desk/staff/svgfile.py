"""A drawing as a file of its own: SVG that needs no style sheet, no script and no fonts of ours.

On a page the style sheet gives strokes their ink by class; a file carries it in attributes, on white.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as Tree

from yeollak.desk.staff.dayline import Drawing

_SPACE: Final = "http://www.w3.org/2000/svg"
#: Class of a stroke or area -> its ink in the light set of colours (tokens.css).
_INKS: Final = {
    "ink": "#15171a",
    "edge": "#77756d",
    "hair": "#cfcbc0",
    "us": "#14507a",
    "them": "#7d430c",
    "paper": "#ffffff",
}
_TEXT: Final = {"tx2": "#44474c", "tx3": "#5f6267", "f-us": _INKS["us"], "f-them": _INKS["them"]}
_MARGIN: Final = 16


def svg(drawing: Drawing, title: str, note: str = "") -> bytes:
    """The drawing with its title above and a note below, as a document in UTF-8."""
    head, foot = 28, 24 if note else 0
    width, height = drawing.width + 2 * _MARGIN, drawing.height + head + foot + 2 * _MARGIN
    root = Tree.Element(
        "svg",
        {"xmlns": _SPACE, "viewBox": f"0 0 {width} {height}", "width": str(width), "height": str(height)},
        role="img",
    )
    Tree.SubElement(root, "title").text = _plain(title)
    Tree.SubElement(root, "desc").text = _plain(drawing.label)
    Tree.SubElement(root, "rect", width=str(width), height=str(height), fill=_INKS["paper"])
    rtl = drawing.dir == "rtl"
    edge = str(width - _MARGIN if rtl else _MARGIN)
    face = {"font-family": "Noto Sans, Noto Sans CJK KR, Noto Sans Arabic, sans-serif"}
    box = Tree.SubElement(root, "g", face)
    words = {"x": edge, "direction": drawing.dir, "fill": _INKS["ink"]}
    Tree.SubElement(
        box, "text", {**words, "y": str(_MARGIN + 15), "font-size": "15", "font-weight": "600"}
    ).text = _plain(title)
    inner = Tree.SubElement(box, "g", transform=f"translate({_MARGIN} {_MARGIN + head})")
    for stroke in drawing.strokes:
        Tree.SubElement(inner, "path", {"d": stroke.d, **_pen(stroke.style, stroke.width, stroke.dash)})
    for word in drawing.words:
        styles = word.style.split()
        given = {
            "x": f"{word.x:.1f}",
            "y": str(word.y),
            "font-size": "13",
            "text-anchor": word.anchor,
            "direction": drawing.dir,
            "fill": next((_TEXT[one] for one in styles if one in _TEXT), _INKS["ink"]),
        }
        if "b" in styles:
            given["font-weight"] = "600"
        Tree.SubElement(inner, "text", given).text = _plain(word.text)
    if note:
        y = str(height - _MARGIN)
        Tree.SubElement(box, "text", {**words, "y": y, "font-size": "12"}).text = _plain(note)
    text: str = Tree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _pen(style: str, width: int, dash: str) -> dict[str, str]:
    given = {"fill": "none"}
    for one in style.split():
        kind, _, ink = one.partition("-")
        if ink in _INKS:
            given["stroke" if kind == "s" else "fill"] = _INKS[ink]
    if width:
        given["stroke-width"] = str(width)
    else:
        given.pop("stroke", None)
    if dash:
        given["stroke-dasharray"] = dash
    return given


def _plain(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(letter for letter in text if letter >= " " and letter not in "\ufffe\uffff")
