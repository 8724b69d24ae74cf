"""``python -m netbuilder.help``: bring the generated parts of the guide up to date."""

from __future__ import annotations

from netbuilder.graph.atomic import atomic_write
from netbuilder.help.catalogue import catalogue_page
from netbuilder.help.curriculum import curriculum_page
from netbuilder.help.formulas import FILE, formulas_file
from netbuilder.help.keys import with_keys
from netbuilder.resources import help_page


def main() -> None:
    """Write what has changed."""
    canvas = help_page("canvas")
    pages = {
        canvas: with_keys(canvas.read_text(encoding="utf-8")),
        help_page("catalogue"): catalogue_page(),
        help_page("curriculum"): curriculum_page(),
        FILE: formulas_file(FILE.read_text(encoding="utf-8") if FILE.exists() else ""),
    }
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            atomic_write(path, text.encode())


if __name__ == "__main__":
    main()
