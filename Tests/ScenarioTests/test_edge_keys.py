"""Keys from the database to a real HAProxy: in time, through reloads, restarts and crashes."""

import json
import os
import random
import time

from support.cluster import KEYS_LOGIN
from support.vault_edge import HeldRequest, hashed
from support.vault_stage import BOUND, VaultStage, stage  # noqa: F401
from support.waiting import elapsed, free_port, until


def test_a_key_that_ends_is_refused_soon(stage: VaultStage) -> None:
    assert stage.statuses(stage.keys[:5]) == {200}
    taken = []
    for key in stage.keys[:5]:
        stage.tables.revoke(key)
        taken.append(stage.seconds_until(key, 401))
    stage.tables.set_service(2, "suspended_no_payment")
    taken.append(stage.seconds_until(stage.others[0], 402))
    stage.tables.set_service(2, "enabled")
    taken.append(stage.seconds_until(stage.others[0], 200))
    stage.tables.set_service(2, "disabled")
    taken.append(stage.seconds_until(stage.others[0], 401))
    new = stage.tables.add(1)[0]
    taken.append(stage.seconds_until(new, 200))
    assert max(taken) < BOUND, taken
    assert stage.statuses(stage.keys[5:10]) == {200}, "nobody else is touched"
    until(stage.has_applied_all, within=20, what="the edge says so")


def test_a_rotated_key_ends_with_its_overlap_and_is_revoked_for_good(stage: VaultStage) -> None:
    key, lasting = stage.keys[0], stage.keys[1]
    ends = stage.tables.expire_in(1.5, key)
    assert stage.edge.status(key) == 200
    stage.seconds_until(key, 401)
    assert 0 < time.time() - ends < BOUND
    assert stage.tables.ask(
        "SELECT k.state, l.action, l.reason FROM api_keys AS k JOIN audit_log AS l"
        " ON l.details ->> 'apiKeyId' = k.api_key_id::text WHERE k.key_hash = %s",
        bytes.fromhex(hashed(key))) == [("revoked", "api_key_revoked", "overlap_ended")]
    assert stage.edge.status(lasting) == 200


def test_a_process_that_a_reload_replaced_refuses_as_well(stage: VaultStage) -> None:
    old = stage.edge.workers()
    ended, lasting = HeldRequest(stage.edge.port, stage.keys[0]), HeldRequest(
        stage.edge.port, stage.keys[1])
    stage.edge.reload()
    until(lambda: stage.edge.old_workers() == old and stage.edge.workers(), within=20,
          what="the old process drains")
    stage.tables.revoke(stage.keys[0])
    assert stage.seconds_until(stage.keys[0], 401) < BOUND
    until(stage.has_applied_all, within=10, what="all processes have it")
    assert stage.edge.old_workers() == old
    assert ended.finish() == 401
    assert lasting.finish() == 200


def test_without_a_master_nobody_says_that_all_have_applied_it(stage: VaultStage) -> None:
    version = stage.told()[0]
    stage.kill("intake")
    master = stage.environment.pop("SLUICE_EDGE_MASTER")
    held = HeldRequest(stage.edge.port, stage.keys[0])
    stage.edge.reload()
    until(lambda: stage.edge.old_workers() and stage.edge.workers(), within=20,
          what="the old process drains")
    stage.start("intake")
    stage.tables.revoke(stage.keys[0])
    assert stage.seconds_until(stage.keys[0], 401) < BOUND + 2  # The process has to start.
    assert held.finish() == 200, "it was out of reach"
    until(lambda: stage.told()[1:] == ("failed", "haproxy_master_unset"), within=10,
          what="the edge says so")
    assert stage.told()[0] <= version < stage.tables.published()

    stage.kill("intake")
    stage.environment["SLUICE_EDGE_MASTER"] = master
    stage.start("intake")
    until(stage.has_applied_all, within=20, what="with it all is known")


def test_an_edge_whose_lines_go_elsewhere_needs_one_table(stage: VaultStage) -> None:
    stage.kill("intake")
    stage.edge_login = KEYS_LOGIN
    stage.tables.ask(f"GRANT INSERT, SELECT, UPDATE ON vault_edges TO {KEYS_LOGIN}")
    stage.start("intake")
    stage.tables.revoke(stage.keys[0])
    assert stage.seconds_until(stage.keys[0], 401) < BOUND + 2  # The process has to start.
    until(stage.has_applied_all, within=20, what="the edge says so")


def test_no_change_is_lost_that_comes_while_haproxy_reads_its_files(stage: VaultStage) -> None:
    chance = random.Random(5)
    for key in stage.keys[:12]:
        before = stage.edge.workers()
        stage.edge.reload()
        until(elapsed(chance.random() / 10), within=1, what="a moment", every=0.002)
        stage.tables.revoke(key)
        until(lambda: stage.edge.workers() not in ([], before), within=20, what="reloaded")
        assert stage.seconds_until(key, 401) < BOUND
    until(stage.has_applied_all, within=10, what="all processes have it")
    assert stage.statuses(stage.keys[:12]) == {401}
    assert stage.statuses(stage.keys[12:]) == {200}


def test_a_started_haproxy_knows_it_before_the_first_request(stage: VaultStage) -> None:
    stage.tables.revoke(stage.keys[0])
    assert stage.seconds_until(stage.keys[0], 401) < BOUND
    stage.kill("intake")
    stage.kill("manager")
    stage.edge.stop()
    stage.edge.start()
    assert stage.edge.status(stage.keys[0]) == 401
    assert stage.edge.status(stage.keys[1]) == 200


def test_an_intake_that_is_killed_loses_nothing(stage: VaultStage) -> None:
    before_it_takes, before_it_tells, before_it_reports, unwatched = stage.keys[:4]

    stage.pause("intake")
    version = stage.tables.published()
    stage.tables.revoke(before_it_takes)
    until(lambda: stage.tables.published() > version, within=20, what="a version is published")
    stage.kill("intake")
    assert stage.edge.status(before_it_takes) == 200
    stage.start("intake")
    assert stage.seconds_until(before_it_takes, 401) < BOUND + 2  # The process has to start.
    until(stage.has_applied_all, within=10, what="the edge says so")

    version = stage.version_in_force()
    with stage.edge.frozen():
        stage.tables.revoke(before_it_tells)
        until(lambda: stage.version_in_force() > version, within=20,
              what="its files are in force")
        stage.kill("intake")
    assert stage.edge.status(before_it_tells) == 200, "HAProxy was told nothing"
    stage.start("intake")
    assert stage.seconds_until(before_it_tells, 401) < BOUND + 2
    until(stage.has_applied_all, within=10, what="the edge says so")

    version = stage.tables.published()
    with stage.tables.held("vault_edges"):
        stage.tables.revoke(before_it_reports)
        assert stage.seconds_until(before_it_reports, 401) < BOUND
        until(lambda: stage.tables.published() > version, within=20, what="it is published")
        stage.kill("intake")
    assert not stage.has_applied_all()
    stage.start("intake")
    until(stage.has_applied_all, within=10, what="the edge says so")

    # HAProxy's memory and the files part while nobody watches: a reload, then a start.
    stage.kill("intake")
    stage.tables.revoke(unwatched)
    stage.edge.reload()
    stage.start("intake")
    assert stage.seconds_until(unwatched, 401) < BOUND + 2
    assert stage.statuses(stage.keys[:4]) == {401}
    assert stage.statuses(stage.keys[4:8]) == {200}


def test_of_two_intakes_beside_one_haproxy_one_is_at_work_and_the_other_takes_over(
    stage: VaultStage
) -> None:
    status = f"127.0.0.1:{free_port()}"
    stage.start("intake", SLUICE_INTAKE_LISTEN=f"tcp:127.0.0.1:{free_port()}",
                SLUICE_INTAKE_STATUS_LISTEN=status)

    def at_work() -> list[str]:
        pages = [stage.status_page("/metrics"), stage.status_page("/metrics", status)]
        return [line[-1] for page in pages for line in page.splitlines()
                if line.startswith("sluice_vault_edge_at_work ")]

    until(lambda: at_work() == ["1", "0"], within=30, what="both run")
    assert json.loads(stage.status_page("/ready", status))["reasons"] == []
    taken = []
    for key in stage.keys[:5]:
        stage.tables.revoke(key)
        taken.append(stage.seconds_until(key, 401))
    options = ["--public-key", stage.public_key]
    link = str(stage.edge.vault)
    done = stage.command("install", str(stage.source), "--to", link, *options)
    assert done.returncode == 1 and "vault_folder_in_use" in done.stderr
    assert stage.command("verify", link, *options).returncode == 0

    stage.kill("intake")
    stage.tables.revoke(stage.keys[5])
    taken.append(stage.seconds_until(stage.keys[5], 401))
    assert max(taken) < BOUND, taken
    until(stage.has_applied_all, within=20, what="the edge says so")
    assert "sluice_vault_edge_at_work 1" in stage.status_page("/metrics", status)
    assert stage.statuses(stage.keys[:6]) == {401}
    assert stage.statuses(stage.keys[6:10]) == {200}


# Where the manager stands when it is killed, as a trigger of the row of a version holds it up: a
# statement goes with its process, and a COMMIT that was sent is done though nobody hears of it.
MOMENTS = {
    "its row was not made": "TRIGGER {} BEFORE INSERT ON vault_versions",
    "its row was made, and no folder has it":
        "CONSTRAINT TRIGGER {} AFTER INSERT ON vault_versions INITIALLY DEFERRED",
    "its folder is in force, and the row does not say so":
        "TRIGGER {} BEFORE UPDATE ON vault_versions",
    "its row says that it is in force":
        "CONSTRAINT TRIGGER {} AFTER UPDATE ON vault_versions INITIALLY DEFERRED",
}


def newest_row(stage: VaultStage) -> tuple:
    [row] = stage.tables.ask(
        "SELECT version, map_digest, table_digest, changes_digest FROM vault_versions"
        " WHERE published_at IS NOT NULL ORDER BY version DESC LIMIT 1")
    return row


def newest_folder(stage: VaultStage) -> tuple:
    manifest = json.loads((stage.source / "current/manifest.json").read_text())
    return (manifest["version"], *(file["sha256"] for file in manifest["files"]))


def test_a_manager_killed_at_each_moment_leaves_row_and_folder_in_agreement(
    stage: VaultStage
) -> None:
    for key, (moment, trigger) in zip(stage.keys, MOMENTS.items(), strict=False):
        with stage.tables.stopping(trigger) as is_there:
            stage.tables.revoke(key)
            until(is_there, within=30, what=f"it writes, and {moment}")
            stage.kill("manager")
        stage.start("manager")
        until(lambda: stage.edge.status(key) == 401, within=30, what=f"refused though {moment}")
        until(stage.has_applied_all, within=20, what="the edge has the last version")
        until(lambda: newest_row(stage) == newest_folder(stage), within=30, what=moment)
    assert stage.statuses(stage.keys[:4]) == {401}
    assert stage.statuses(stage.keys[4:8]) == {200}


def test_a_manager_killed_with_files_half_written_harms_nobody(stage: VaultStage) -> None:
    stage.tables.add_unused(15_000)
    until(stage.has_applied_all, within=30, what="the edge has them")
    staged, link = stage.source / ".keys" / "api_keys.map", stage.source / "current"
    torn = False
    for key in stage.keys[:10]:
        before = os.readlink(link)
        stage.tables.revoke(key)
        until(lambda: staged.exists() or os.readlink(link) != before, within=10, every=0.0005,
              what="all keys are being written")
        stage.pause("manager")
        torn = staged.exists() and os.readlink(link) == before
        if torn:
            break
        stage.resume("manager")
        assert stage.seconds_until(key, 401) < BOUND
    assert torn, "caught between write and rename"
    stage.kill("manager")
    assert stage.edge.status(key) == 200, "the vault before is in force"
    options = ["--public-key", stage.public_key]
    assert stage.command("verify", str(stage.source), *options).returncode == 0
    stage.start("manager")
    stage.seconds_until(key, 401, within=30)  # The process has to start and to lead.
    until(stage.has_applied_all, within=10, what="the edge has it")
    assert not staged.exists()
    assert stage.command("verify", str(stage.source), *options).returncode == 0
    assert stage.edge.status(stage.keys[10]) == 200


def test_a_vault_that_is_not_whole_is_reported_and_not_taken(stage: VaultStage) -> None:
    stage.kill("manager")
    version, _, _ = stage.told()
    folder = (stage.source / "current").resolve()
    manifest = folder / "manifest.json"
    good = manifest.read_bytes()
    manifest.write_bytes(good.replace(b'"keys":44', b'"keys":45'))
    until(lambda: stage.told() == (version, "refused", "vault_signature_invalid"), within=20,
          what="the edge says why")
    assert stage.edge.status(stage.keys[0]) == 200
    ready = json.loads(stage.status_page("/ready"))
    assert (ready["status"], ready["reasons"]) == (
        "degraded", ["the vault is not applied: vault_signature_invalid"])
    manifest.write_bytes(good)
    until(lambda: stage.told()[1] == "applied", within=20, what="all is well again")
    until(lambda: json.loads(stage.status_page("/ready"))["reasons"] == [], within=10, what="ready")
