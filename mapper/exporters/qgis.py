"""QGIS styles (QML): a colour for each event type, as on the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

from mapper.exporters.signs import OTHER, colour

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def _rgba(code: str, alpha: int) -> str:
    return ",".join(str(int(code[i : i + 2], 16)) for i in (1, 3, 5)) + f",{alpha}"


def _options(**values: str) -> str:
    return (
        "<Option type='Map'>"
        + "".join(f"<Option name='{k}' type='QString' value='{v}'/>" for k, v in values.items())
        + "</Option>"
    )


def _symbol(kind: str, layer: str, name: str, options: str) -> str:
    inner = f"<layer class='{layer}' enabled='1' pass='0'>{options}</layer>"
    return f"<symbol type='{kind}' name='{name}' alpha='1'>{inner}</symbol>"


def _marker(name: str, code: str) -> str:
    options = _options(
        name="circle",
        color=_rgba(code, 230),
        outline_color="28,28,28,255",
        outline_width="0.2",
        outline_style="solid",
        size="2.6",
        size_unit="MM",
    )
    return _symbol("marker", "SimpleMarker", name, options)


def _fill(name: str, code: str) -> str:
    options = _options(
        color=_rgba(code, 40), style="solid", outline_color=_rgba(code, 200), outline_style="dash", outline_width="0.3"
    )
    return _symbol("fill", "SimpleFill", name, options)


def _style(kinds: Sequence[str], symbols: Iterator[str]) -> str:
    rows = "".join(
        f"<category symbol='{i}' value={quoteattr(k)} label={quoteattr(k)} render='true' type='string'/>"
        for i, k in enumerate(kinds)
    )
    rows += f"<category symbol='{len(kinds)}' value='' label='other' render='true' type='string'/>"
    return (
        f"{_HEAD}<qgis version='3.22.0' styleCategories='Symbology'>\n"
        "<renderer-v2 type='categorizedSymbol' attr='event_type' symbollevels='0' enableorderby='0' forceraster='0'>"
        f"<categories>{rows}</categories><symbols>{''.join(symbols)}</symbols></renderer-v2>\n</qgis>\n"
    )


def points_style(kinds: Sequence[str]) -> str:
    """The style of the events, with a category for each type of ``kinds``."""
    codes = [*map(colour, kinds), OTHER]
    return _style(kinds, (_marker(str(i), code) for i, code in enumerate(codes)))


def regions_style(kinds: Sequence[str]) -> str:
    """The style of the regions of uncertainty: shades with a dashed edge."""
    codes = [*map(colour, kinds), OTHER]
    return _style(kinds, (_fill(str(i), code) for i, code in enumerate(codes)))
