"""``python -m netbuilder``: the same as the ``netbuilder`` command."""

from netbuilder.cli import main

if __name__ == "__main__":
    main()
