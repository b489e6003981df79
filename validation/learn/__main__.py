"""Learn a part of what the package knows anew.

``python -m validation.learn PART --help`` says what a part needs; in this order, the squat by itself:

- ``film`` films the people to learn from and finds their landmarks, into a folder outside the repository;
- ``landmarks`` learns where landmarks lie beside the joint centres, and the proportions of bodies;
- ``outline`` learns how the shins' outlines in a person's mask are turned;
- ``intervals`` learns, of other people, how large the errors really are;
- ``gap`` sets mannequins and people in clothes side by side;
- ``squat`` learns the same of squats, whose people `validation.studies.movement_tracks` films.
"""

from __future__ import annotations

import argparse
import runpy
import sys

PARTS = ("film", "landmarks", "outline", "intervals", "gap", "squat")


def main() -> None:
    """Hand the command line on to a part."""
    parser = argparse.ArgumentParser(
        prog="python -m validation.learn", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=PARTS)
    part = parser.parse_args(sys.argv[1:2]).part
    sys.argv = [f"python -m validation.learn {part}", *sys.argv[2:]]
    runpy.run_module(f"validation.learn.{part}", run_name="__main__")


if __name__ == "__main__":
    main()
