"""How the gazetteer's builder mends the names that sources give."""

from __future__ import annotations

import pytest

from mapper.sources.display import tidy
from mapper.sources.record import Record


@pytest.mark.parametrize(
    ("name", "arabic", "names", "shown", "shown_arabic"),
    [
        ("Sirte", "شعبية سرت", ["سرت"], "Sirte", "سرت"),
        ("Adré أدري", "", [], "Adré", "أدري"),
        ("Tobruk", "Ţubruq", ["طبرق"], "Tobruk", "طبرق"),
        ("East Jerusalem", "al-Quds القدس الشرقية", [], "East Jerusalem", "القدس الشرقية"),
        ("QANDALA", "", [], "Qandala", ""),
        ("Mocha", "المخا", ["موكا"], "Mocha", "المخا"),  # another spelling is no reason to change the source's own
        ("Urmia", "", ["ئورمیە"], "Urmia", ""),  # Kurdish is not Arabic
    ],
)
def test_displayed_names(name: str, arabic: str, names: list[str], shown: str, shown_arabic: str) -> None:
    row = Record("1", name, 0.0, 0.0, "XX", "test", arabic=arabic, names=list(names))
    tidy(row)
    assert (row.name, row.arabic) == (shown, shown_arabic)
    assert {n for n in (arabic, *names) if n} <= {row.arabic, *row.names}, "a spelling was lost"
