"""What runs the recordings of a batch: threads of this process, or the workers of a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from rom_vision import __version__
from rom_vision.batch.work import version_here
from rom_vision.errors import BadInputError
from rom_vision.pose.stretches import jobs_or_cores

__all__ = ["executor_of"]

_CONNECT_S = 10


@contextmanager
def executor_of(name: str, jobs: int | None) -> Iterator[tuple[Executor, int]]:
    """Open what ``name`` means, and say how many recordings it takes at a time.

    Parameters
    ----------
    name : 'local', or 'dask://host:port' for the scheduler of a cluster.
    jobs : recordings at a time; None means as many as there are cores, here or in the cluster.

    Raises
    ------
    BadInputError
        If there is no such engine or no scheduler at that address, it has no workers, or a worker does not have this
        version of the program.
    """
    if name == "local":
        n = jobs_or_cores(jobs)
        pool = ThreadPoolExecutor(n, thread_name_prefix="batch")
        try:
            yield pool, n
        finally:
            pool.shutdown(cancel_futures=True)
        return
    kind, separator, address = name.partition("://")
    if kind != "dask" or not separator or not address:
        raise BadInputError(f"The executor {name!r} is none of local, dask://host:port.")
    try:
        from distributed import Client
    except ImportError:
        raise BadInputError("A cluster needs dask.distributed: pip install 'rom-vision[cluster]'.") from None
    try:
        client: Any = Client(f"tcp://{address}", timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as fault:
        raise BadInputError(f"There is no dask scheduler at {address}. Start one, or check the address.") from fault
    try:
        n = _ready(client, address)
        yield client.get_executor(pure=False), jobs or n
    finally:
        client.close()


def _ready(client: Any, address: str) -> int:
    """Return how many threads the workers have; refuse a cluster that cannot do the work."""
    threads = sum(client.nthreads().values())
    if not threads:
        raise BadInputError(f"The dask scheduler at {address} has no workers. Start some: dask worker {address}.")
    found = client.run(version_here, on_error="return")
    for worker, version in found.items():
        if version != __version__:
            has = "no rom_vision" if isinstance(version, BaseException) else f"rom_vision {version}"
            raise BadInputError(
                f"The worker {worker} has {has}, and this is {__version__}. Install the same version everywhere."
            )
    return threads
