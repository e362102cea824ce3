"""XML from strangers: no document type, no entities, so that nothing expands and nothing is fetched."""

from __future__ import annotations

from xml.etree import ElementTree as ET
from xml.parsers import expat

from mapper.errors import InputError


def parse(data: bytes, source: str) -> ET.Element:
    """The root element of ``data``; names are ``{namespace}name`` as ElementTree writes them.

    Raises:
        InputError: It is not well formed, or it declares a document type or entities.
    """
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(*_: object) -> None:
        raise InputError(
            f"{source}: it declares a document type, which can hide anything.", remedy="Remove the DOCTYPE."
        )

    def name(text: str) -> str:
        return "{" + text if "}" in text else text

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: builder.start(
        name(tag), {name(k): v for k, v in attributes.items()}
    )
    parser.EndElementHandler = lambda tag: builder.end(name(tag))
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ValueError, AssertionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{source}: not well-formed XML: {error}.", remedy="Mend the file or save it anew.") from error


def local(element: ET.Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rsplit("}", 1)[-1]


def child_text(element: ET.Element, *names: str) -> str | None:
    """The text of the first child with one of these names (without namespaces), in the order of the names."""
    for wanted in names:
        for child in element:
            if local(child) == wanted:
                text = "".join(child.itertext()).strip()
                if text:
                    return text
    return None
