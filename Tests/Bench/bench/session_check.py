"""A request with a token and no database, against nginx returning the same bytes."""

import re
import subprocess
from pathlib import Path

from support.client import RawAnswer, raw, sign_in
from support.gateway import Gateway
from support.waiting import free_port, until
from support.wallet import Ed25519Wallet

from .figures import Figure, ratio
from .stage import Stage

PATH = "/v1/auth/session"
CONNECTIONS = 64
# nginx makes these itself.
OWN_FIELDS = {"date", "server", "connection", "content-length", "content-type"}


def session_check(stage: Stage, seconds: float, rounds: int) -> list[Figure]:
    """In turns, after one warm-up each."""
    gateway = stage.gateway(stage.database()).start()
    token = sign_in(gateway, Ed25519Wallet())
    request = (f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
               f"\r\n").encode()
    answer = _answer(gateway.port, request)
    nginx = Nginx(stage.directory / "nginx", answer, logs=True)
    silent = Nginx(stage.directory / "silent-nginx", answer, logs=False)
    try:
        for server in (nginx, silent):
            if _answer(server.port, request).body != answer.body:
                raise RuntimeError("nginx does not return the gateway's bytes")
        rates: list[list[float]] = [[], [], []]
        for warm in [True] + [False] * rounds:
            for server, measured in zip((gateway, nginx, silent), rates, strict=True):
                rate = _wrk(server.port, token, 2 if warm else seconds)
                if not warm:
                    measured.append(rate)
    finally:
        silent.stop()
        nginx.stop()
        gateway.stop()
    ours, theirs, unlogged = rates
    what = "requests per second"
    return [
        ratio(f"GET {PATH} against nginx", ours, theirs, 0.5,
              f"{what}; both log each request as JSON", seconds),
        ratio("the same, against nginx without a log", ours, unlogged, None,
              f"{what}; access_log off, ours goes on logging", seconds),
    ]


def _answer(port: int, request: bytes) -> RawAnswer:
    answer = raw(port, request)
    if answer is None or answer.status != 200:
        raise RuntimeError(f"port {port} answered {answer}")
    return answer


def _wrk(port: int, token: str, seconds: float) -> float:
    """Requests per second; any answer that is not 200 fails the bench."""
    run = subprocess.run(
        ["wrk", "--threads=2", f"--connections={CONNECTIONS}", f"--duration={round(seconds)}s",
         "--header", f"Authorization: Bearer {token}", f"http://127.0.0.1:{port}{PATH}"],
        capture_output=True, text=True, timeout=seconds + 30)
    found = re.search(r"Requests/sec:\s*([\d.]+)", run.stdout)
    if run.returncode != 0 or not found or "Non-2xx" in run.stdout or "errors" in run.stdout:
        raise RuntimeError(f"wrk failed: {run.stdout}{run.stderr}")
    return float(found.group(1))


CONFIGURATION = """
worker_processes 2;
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/error.log crit;
events {{ worker_connections 4096; }}
http {{
    server_tokens off;
    keepalive_requests 1000000000;
    log_format lines escape=json '{{"time":"$time_iso8601","level":"info","message":"request",'
        '"method":"$request_method","route":"$uri","status":$status,"seconds":$request_time,'
        '"requestId":"$request_id","ip":"$remote_addr"}}';
    access_log {log};
    client_body_temp_path {directory}; proxy_temp_path {directory}; fastcgi_temp_path {directory};
    uwsgi_temp_path {directory}; scgi_temp_path {directory};
    server {{
        listen 127.0.0.1:{port};
        location = {path} {{
            default_type "{type}";
{fields}
            return 200 '{body}';
        }}
    }}
}}
"""


class Nginx:
    """Two workers that give back one canned answer; logging each request as JSON, in its usual
    buffered way, or not at all."""

    def __init__(self, directory: Path, answer: RawAnswer, logs: bool) -> None:
        directory.mkdir()
        self.port = free_port()
        configuration = directory / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(
            directory=directory, port=self.port, path=PATH, type=answer.headers["content-type"],
            log=f"{directory}/access.log lines buffer=64k flush=1s" if logs else "off",
            fields=_fields(answer), body=answer.body.decode()))
        self._process = subprocess.Popen(
            ["nginx", "-c", configuration, "-p", directory, "-e", directory / "error.log"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers, within=5, what="nginx answers")

    def _answers(self) -> bool:
        try:
            return raw(self.port, b"GET / HTTP/1.0\r\n\r\n", 1) is not None
        except OSError:
            return False

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)


def _fields(answer: RawAnswer) -> str:
    lines = []
    for name, value in answer.headers.items():
        if name in OWN_FIELDS:
            continue
        shown = "$request_id" if name == "x-request-id" else value.replace('"', '\\"')
        lines.append(f'            add_header {name} "{shown}";')
    return "\n".join(lines)
