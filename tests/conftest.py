from hypothesis import settings

# Machines are noisy: a slow example is no failure.
settings.register_profile("rom_vision", deadline=None, max_examples=50)
settings.load_profile("rom_vision")
