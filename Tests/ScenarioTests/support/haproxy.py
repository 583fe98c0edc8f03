"""A real HAProxy before two gateways, as production has it."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import httpx

from .gateway import Gateway
from .waiting import free_port, until

CONFIGURATION = """
global
    maxconn 2000
defaults
    mode http
    timeout connect 2s
    timeout client 20s
    timeout server 20s
    timeout http-request 5s
    timeout check 3s
    retries 3
    option redispatch
frontend front
    bind 127.0.0.1:{port}
    option forwardfor
    stats enable
    stats uri /haproxy-stats
    default_backend gateways
backend gateways
    balance roundrobin
    option httpchk GET /ready
    default-server check inter 100ms fall 1 rise 1
{servers}
"""


class HAProxy:
    def __init__(self, directory: Path, gateways: list[Gateway]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        servers = "\n".join(
            f"    server g{index} 127.0.0.1:{gateway.port}"
            for index, gateway in enumerate(gateways))
        configuration = directory / "haproxy.cfg"
        configuration.write_text(CONFIGURATION.format(port=self.port, servers=servers))
        program = shutil.which("haproxy") or "/usr/sbin/haproxy"
        self._log = open(directory / "haproxy.log", "wb")
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", program, "-db", "-f", str(configuration)],
            stdout=self._log, stderr=self._log)
        until(self._answers, within=10, what="HAProxy passes requests on")

    def _answers(self) -> bool:
        assert self._process.poll() is None, "HAProxy ended; see its log"
        try:
            return httpx.get(self.url + "/health", timeout=2, verify=False).status_code == 200
        except httpx.HTTPError:
            return False

    def sees_all_up(self) -> bool:
        """Whether its checks have found every gateway ready."""
        table = httpx.get(self.url + "/haproxy-stats;csv", timeout=5, verify=False).text
        rows = csv.DictReader(io.StringIO(table.removeprefix("# ")))
        servers = [row for row in rows if row["pxname"] == "gateways" and row["svname"][0] == "g"]
        return bool(servers) and all(row["status"] == "UP" for row in servers)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()
