"""The tests. Each is one folder; `rom_vision.protocols.registry` knows them all by name."""
