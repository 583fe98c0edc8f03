"""The shipped HAProxy before an intake, for edges on other machines."""

import csv
import io
import os
import re
import shutil
import ssl
import subprocess
from pathlib import Path

from .binary import REPOSITORY
from .certificates import Authority
from .edge import ask, socket_path
from .intake import Intake
from .log_lines import Sender
from .waiting import free_port, until

CONFIGURATION = REPOSITORY / "Config/haproxy/intake.cfg"
NAME = "intake.test"


class Front:
    """Ends mutual TLS for the intake behind `socket`."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.authority = Authority(directory)
        self.socket = socket_path(directory, "intake")
        self.refused = directory / "refused"
        self.refused.touch()
        self._log = directory / "front.log"
        self._statistics = socket_path(directory, "front")
        self._beside = directory / "front.cfg"
        self._beside.write_text(f"global\n    stats socket {self._statistics}\n")
        self._certificate = self.authority.certificate(NAME)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, intake: Intake) -> "Front":
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", shutil.which("haproxy") or "/usr/sbin/haproxy",
                 "-db", "-f", str(CONFIGURATION), "-f", str(self._beside)],
                env={
                    "PATH": os.environ["PATH"],
                    "SLUICE_INTAKE_BIND": f"127.0.0.1:{self.port}",
                    "SLUICE_INTAKE_CERTIFICATE": str(self._certificate),
                    "SLUICE_INTAKE_CA": str(self.authority.path),
                    "SLUICE_INTAKE_REFUSED": str(self.refused),
                    "SLUICE_INTAKE_SOCKET": str(self.socket),
                    "SLUICE_INTAKE_STATUS": f"127.0.0.1:{intake.status_port}",
                }, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until(self.is_open, within=30, what="the front has found its intake")
        return self

    def refuse(self, certificate: Path) -> None:
        """Puts it on the list by the command that Docs/Edge.md has; counts from the next start."""
        text = (REPOSITORY / "Docs/Edge.md").read_text()
        [command] = re.findall(r"`(openssl x509 -in edge-1\.pem [^`]*)`", text)
        with open(self.refused, "ab") as refused:
            subprocess.run(
                ["sh", "-c", command.replace("edge-1.pem", str(certificate))], stdout=refused,
                check=True)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._statistics.unlink(missing_ok=True)

    def _standing(self) -> dict[str, str]:
        """What it says of the intake; empty while it does not answer."""
        try:
            told = ask(self._statistics, "show stat")
        except OSError:
            return {}
        rows = csv.DictReader(io.StringIO(told.removeprefix("# ")))
        return next(row for row in rows if row["svname"] == "intake")

    def is_open(self) -> bool:
        """After a check: before the first one a server counts as up."""
        standing = self._standing()
        return standing.get("status") == "UP" and standing["check_status"] == "L7OK"

    def is_shut(self) -> bool:
        """Takes nobody in, and nobody is there any more."""
        standing = self._standing()
        return standing.get("status") == "DOWN" and standing["scur"] == "0"

    def edge_settings(self, certificate: Path) -> str:
        """The edge's `SLUICE_INTAKE`, as Docs/Edge.md has it."""
        return (f"127.0.0.1:{self.port} ssl verify required ca-file {self.authority.path}"
                f" verifyhost {NAME} crt {certificate}")

    def sender(self, certificate: Path | None) -> Sender:
        """A client of ours in the edge's place.

        OSError: where the handshake does not come about."""
        context = ssl.create_default_context(cafile=str(self.authority.path))
        if certificate is not None:
            context.load_cert_chain(certificate)
        sender = Sender(self.port)
        sender.socket = context.wrap_socket(sender.socket, server_hostname=NAME)
        return sender
