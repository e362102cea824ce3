"""How text reaches a folium page without passing through a template.

branca compiles what a ``MacroElement`` has rendered *again* as a template, so that data with template code in it
would run. ``Raw`` renders its text as it is, and ``Overlay`` has a constant template: data goes in ``Raw`` alone.
"""

from __future__ import annotations

from branca.element import Element, MacroElement
from folium.map import Layer
from jinja2 import Template


class Raw(Element):
    """Text that reaches the page exactly as given. Whoever makes one vouches for it."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Overlay(Layer):
    """A layer that the page's own script draws: a subclass says its key; the rest is the same for all.

    The key is a word of ours that also names the layer's title in the interface strings. Ids are fixed, so that
    the same run gives the same bytes.
    """

    key: str
    shown = True
    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = Mapper.layer('{{ this.key }}');{% endmacro %}"
    )

    def __init__(self, title: str) -> None:
        super().__init__(name=title, overlay=True, control=True, show=self.shown)
        self._name = "Mapper"
        self._id = self.key


class Start(MacroElement):
    """What wakes the page's script when the map and its layers are made."""

    _template = Template("{% macro script(this, kwargs) %}Mapper.start({{ this._parent.get_name() }});{% endmacro %}")

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # of branca
        self._name, self._id = "Mapper", "start"
