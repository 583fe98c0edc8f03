"""Long waits that run beside a module's other tests."""

import threading
from collections.abc import Callable


class Meanwhile:
    """Runs `work` on a thread of its own; `finish` waits for it and fails as it failed."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self._error = error

    def finish(self, within: float) -> None:
        self._thread.join(timeout=within)
        assert not self._thread.is_alive(), f"not done within {within} s"
        if self._error is not None:
            raise self._error
