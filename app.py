"""The app, for `streamlit run app.py`; `rom-vision app` starts the same one."""

from rom_vision.ui.main import main

main()
