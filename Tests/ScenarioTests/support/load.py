"""Steady load from a few threads, each failure kept in words."""

import threading
from collections.abc import Callable


class Load:
    """Calls `work` again and again on `threads` threads until left; `work` raises on a failure.

    `make` gives each thread a `work` of its own, so that nothing is shared between them.
    """

    def __init__(self, make: Callable[[], Callable[[], object]], threads: int = 4) -> None:
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.done = 0
        self.failures: list[str] = []
        self._threads = [
            threading.Thread(target=self._run, args=(make,), daemon=True) for _ in range(threads)
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=20)

    def _run(self, make: Callable[[], Callable[[], object]]) -> None:
        try:
            work = make()
        except Exception as error:
            self.failures.append(f"before the first call: {error!r}")
            return
        while not self._stop.is_set():
            try:
                work()
            except Exception as error:
                with self._lock:
                    self.failures.append(f"{type(error).__name__}: {error}"[:600])
                    if len(self.failures) > 50:
                        return
            else:
                with self._lock:
                    self.done += 1


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """Runs all calls on threads that start together; results (or exceptions) in order."""
    gate = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(index: int) -> None:
        gate.wait()
        try:
            results[index] = calls[index]()
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results
