"""Configuration: all errors at once, before the port opens, and production takes no chances."""

import secrets
import socket
from pathlib import Path

import pytest

from support.binary import run
from support.gateway import DATABASE_KEY, Fleet, empty_env_file, settings
from support.waiting import free_port

NOWHERE = "postgresql://sluice@127.0.0.1:1/none"
PRODUCTION = {"SLUICE_ENV": "production", "SLUICE_COOKIE_SECURE": None}


def start(directory: Path, **changes: str | None):
    """`sluice gateway`, expected to refuse; its port must never have been open."""
    port = free_port()
    environment = settings(
        directory, NOWHERE, **{"SLUICE_LISTEN": f"127.0.0.1:{port}", **changes})
    with socket.create_server(("127.0.0.1", port)):
        # The port is taken: had the gateway got as far as opening it, its error would say so.
        result = run(
            "gateway", "--env-file", str(empty_env_file(directory)), environment=environment,
            timeout=15)
    output = result.stdout + result.stderr
    assert str(port) not in output, "it got as far as opening its port"
    return result.returncode, output


BAD_IN_PRODUCTION = {
    "MOCK_AUTH": "true",
    "MOCK_SUI_RPC": "true",
    "MOCK_ESCROW": "true",
    "MOCK_HAPROXY": "true",
    "SLUICE_COOKIE_SECURE": "false",
    "DB_ENCRYPTION_KEY": None,
    "SLUICE_AUDIT_KEY_FILE": None,
    "SLUICE_PUBLIC_URL": None,
    "DATABASE_URL": None,
}


@pytest.mark.parametrize("name", BAD_IN_PRODUCTION)
def test_production_refuses_it_by_name(tmp_path: Path, name: str) -> None:
    code, output = start(tmp_path, **{**PRODUCTION, name: BAD_IN_PRODUCTION[name]})
    assert code == 1 and name in output


@pytest.mark.parametrize("key", [
    "", "ab" * 31, "ab" * 33, "zz" * 32, "0" * 64, "changeme",
    "00112233445566778899aabbccddeeff" * 2, "a" * 64, "0123456789abcdef" * 4])
def test_production_refuses_a_short_malformed_or_obvious_database_key(
    tmp_path: Path, key: str
) -> None:
    code, output = start(tmp_path, **{**PRODUCTION, "DB_ENCRYPTION_KEY": key})
    assert code == 1 and "DB_ENCRYPTION_KEY" in output
    assert len(key) < 8 or key not in output


@pytest.mark.parametrize("seed", [
    "", "ab" * 31, "ab" * 33, "zz" * 32, "0" * 64, "a" * 64,
    "00112233445566778899aabbccddeeff" * 2, "0123456789abcdef" * 4])
def test_production_refuses_a_short_malformed_or_obvious_audit_key(
    tmp_path: Path, seed: str
) -> None:
    settings(tmp_path, NOWHERE)
    (tmp_path / "audit.key").write_text(seed)
    code, output = start(tmp_path, **PRODUCTION)
    assert code == 1 and "SLUICE_AUDIT_KEY_FILE" in output
    assert len(seed) < 8 or seed not in output


@pytest.mark.parametrize("name, value", [
    ("SUI_GRAPHQL_URLS", "http://node.example/graphql"),
    ("SUI_GRAPHQL_URLS", "https://node.example/graphql,http://127.0.0.1.node.example/graphql"),
    ("SUI_GRAPHQL_URLS", "http://127.0.0.1@node.example/graphql"),
    ("SLUICE_TRUSTED_PROXIES", "0.0.0.0/0"), ("SLUICE_TRUSTED_PROXIES", "::/0"),
    ("SLUICE_TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1"),
])
def test_production_trusts_nobody_on_the_way(tmp_path: Path, name: str, value: str) -> None:
    code, output = start(tmp_path, **{**PRODUCTION, name: value})
    assert code == 1 and name in output


@pytest.mark.parametrize("secret", [None, "", "short", "x" * 31, "a" * 64, "changeme" * 8])
def test_production_refuses_hs256_without_a_proper_secret(
    tmp_path: Path, secret: str | None
) -> None:
    code, output = start(
        tmp_path, **{**PRODUCTION, "SLUICE_TOKEN_ALGORITHM": "HS256", "JWT_SECRET": secret})
    assert code == 1 and "JWT_SECRET" in output


def test_without_sluice_env_it_is_production(tmp_path: Path) -> None:
    code, output = start(tmp_path, SLUICE_ENV=None, MOCK_AUTH="true")
    assert code == 1 and "MOCK_AUTH" in output


@pytest.mark.parametrize("name, value", [
    ("SLUICE_ENV", "staging"), ("SLUICE_LISTEN", "here"), ("SLUICE_LISTEN", "127.0.0.1:70000"),
    ("SLUICE_PUBLIC_URL", "app.sluice.test"), ("SLUICE_PUBLIC_URL", "https://a.test/path?x#y"),
    ("SLUICE_CHAIN", "eth:mainnet"), ("SLUICE_LIMIT_VERIFY", "many"),
    ("SLUICE_LIMIT_VERIFY", "0/60"), ("SLUICE_LIMIT_VERIFY", "1/0"),
    ("SLUICE_TRUSTED_PROXIES", "10.0.0.0/33"), ("SLUICE_ALLOWED_ORIGINS", "*"),
    ("SLUICE_ALLOWED_ORIGINS", "https://a.test/path"), ("SLUICE_TOKEN_ALGORITHM", "none"),
    ("SLUICE_TOKEN_ALGORITHM", "RS256"), ("SUI_GRAPHQL_URLS", "ftp://node"),
    ("SLUICE_DATABASE_POOL", "0"), ("SLUICE_LOG_LEVEL", "loud"), ("SLUICE_COOKIE_SECURE", "maybe"),
    ("SLUICE_AUDIT_KEY_FILE", "/nonexistent/key"), ("MOCK_AUTH", "perhaps"),
    ("SLUICE_STATEMENT", "two\nlines"),
])
def test_a_value_that_means_nothing_is_refused_by_name(
    tmp_path: Path, name: str, value: str
) -> None:
    code, output = start(tmp_path, **{name: value})
    assert code == 1 and name in output


def test_all_errors_are_shown_together(tmp_path: Path) -> None:
    wrong = {"SLUICE_CHAIN": "x", "DB_ENCRYPTION_KEY": "short", "SLUICE_LIMIT_VERIFY": "x",
             "SLUICE_LISTEN": "x"}
    environment = settings(tmp_path, NOWHERE, **wrong)
    for command in ("gateway", "config"):
        result = run(
            command, "--env-file", str(empty_env_file(tmp_path)), environment=environment)
        assert result.returncode == 1
        for name in wrong:
            assert name in result.stdout + result.stderr, (command, name)


def test_an_audit_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings(tmp_path, NOWHERE)
    (tmp_path / "audit.key").chmod(0o644)
    code, output = start(tmp_path)
    assert code == 1 and "SLUICE_AUDIT_KEY_FILE" in output


def test_the_env_file_is_read_and_the_environment_wins(fleet: Fleet) -> None:
    file = fleet.directory / "sluice.env"
    file.write_text(
        "# settings\nSLUICE_STATEMENT=\"From the file\"\nSLUICE_CHAIN=sui:devnet\n"
        "export SLUICE_LOG_LEVEL='warning'\n\n")
    file.chmod(0o600)
    environment = settings(fleet.directory, fleet.database_url, SLUICE_CHAIN="sui:localnet")
    result = run("config", "--env-file", str(file), environment=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "From the file" in result.stdout and "sui:localnet" in result.stdout
    assert "sui:devnet" not in result.stdout


def test_an_env_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "open.env"
    file.write_text(f"DB_ENCRYPTION_KEY={DATABASE_KEY}\n")
    file.chmod(0o644)
    for arguments in (["--env-file", str(file)], []):
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        own = home / ".env"
        own.write_text(file.read_text())
        own.chmod(0o640)
        result = run("config", *arguments, environment=settings(
            tmp_path, NOWHERE, HOME=str(home)))
        assert result.returncode == 1
        assert ".env" in result.stdout + result.stderr
        assert DATABASE_KEY not in result.stdout + result.stderr


def test_config_shows_the_settings_and_masks_the_secrets(fleet: Fleet) -> None:
    secret = secrets.token_hex(32)
    environment = settings(
        fleet.directory, fleet.database_url.replace("sluice@", "sluice:Pa55phrase@"),
        SLUICE_TOKEN_ALGORITHM="HS256", JWT_SECRET=secret)
    result = run(
        "config", "--env-file", str(empty_env_file(fleet.directory)), environment=environment)
    assert result.returncode == 0, result.stderr
    for shown in ("SLUICE_PUBLIC_URL", "https://app.sluice.test", "sui:testnet", "HS256"):
        assert shown in result.stdout
    for hidden in (secret, DATABASE_KEY, "Pa55phrase", secret[:8], DATABASE_KEY[:8]):
        assert hidden not in result.stdout + result.stderr


def test_config_shows_what_follows_from_other_settings(fleet: Fleet) -> None:
    environment = settings(fleet.directory, fleet.database_url)
    result = run(
        "config", "--env-file", str(empty_env_file(fleet.directory)), environment=environment)
    shown = dict(line.split("=", 1) for line in result.stdout.splitlines() if "=" in line)
    direct, work = shown["DATABASE_DIRECT_URL"], shown["DATABASE_URL"]
    assert direct.split("#")[0].strip() == work.split("#")[0].strip()
    assert shown["SLUICE_AUDIT_HEAD_FILE"].split("#")[0].strip().endswith("audit.key.head")


def test_the_wrong_database_key_is_found_at_the_start(fleet: Fleet) -> None:
    first = fleet.start()
    first.stop()
    second = fleet.start(ready_within=None, DB_ENCRYPTION_KEY=secrets.token_hex(32))
    assert second.wait(within=10) == 1
    assert "DB_ENCRYPTION_KEY" in second.output()
