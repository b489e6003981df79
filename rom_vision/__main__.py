"""``python -m rom_vision`` is the command ``rom-vision``."""

from rom_vision.cli.root import main

if __name__ == "__main__":
    main()
