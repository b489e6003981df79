import contextlib
from itertools import count

import pytest

from rom_vision.sessions import SessionStore

_NUMBER = count(1)


@pytest.fixture(scope="session")
def postgres_server():
    """URL of a throw-away server's database 'postgres', reached through a socket in a folder of its own."""
    postgres = pytest.importorskip("validation.hostile.postgres", reason="there is no such server on this system")
    with contextlib.ExitStack() as stack:
        try:
            address = stack.enter_context(postgres.postgres_server())
        except postgres.NoServerError as reason:
            pytest.skip(str(reason))
        yield address


@pytest.fixture
def new_postgres(postgres_server):
    """A function that returns the address of an empty schema, which is made faster than a database."""
    import psycopg

    def make():
        name = f"test_{next(_NUMBER)}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{postgres_server}&options=-csearch_path%3D{name}"

    return make


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def new_url(request, tmp_path):
    """A function that returns the address of an empty database, of both kinds in turn."""
    if request.param == "postgresql":
        return request.getfixturevalue("new_postgres")
    return lambda: f"sqlite:///{tmp_path / f'store-{next(_NUMBER)}.db'}"


@pytest.fixture
def url(new_url):
    return new_url()


@pytest.fixture
def open_store():
    """A function that opens a store, closed at the end of the test."""
    opened = []

    def make(url):
        opened.append(SessionStore(url))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(url, open_store):
    return open_store(url)
