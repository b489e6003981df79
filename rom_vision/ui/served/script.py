"""Run for every browser and every click."""

from rom_vision.ui.main import main

main()
