"""The pages of the app in Streamlit's own test client."""

from streamlit.testing.v1 import AppTest

from rom_vision.ui.parts.keys import owner_key


def app(page="start", owner=True, **query):
    """A page that has not run yet: the owner's, or a stranger's; ``query`` is what its address says."""

    def script(first):
        from rom_vision.ui.main import main

        main(first)

    test = AppTest.from_function(script, args=(page,), default_timeout=120)
    if owner:
        test.session_state["space_key"] = owner_key()
    for name, value in query.items():
        test.query_params[name] = value
    return test
