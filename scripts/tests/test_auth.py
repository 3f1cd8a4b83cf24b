# SPDX-License-Identifier: GPL-2.0-only
"""Who may connect: the parameters of --auth, and what a record tells of it."""

import base64
import json
import subprocess
import textwrap

import pytest
from reference_runs import PROGRAM, ROOT
from test_scenario import run, tshark

SMALL = ["--stack=mqtt", "--nodes=2", "--reports=6"]

PASSWORDS = ("s01:$7$101$MKEvSwti9iU95RX+$Lh"
             "K2u6zHngpn+5NGpVdgIE+Ax/ZNvdJSvRldRIWgSClrtxI5xY2RbApVp0xlCpbebK8LG1XLq09uE19hLqsskw==\n")


def refused(folder, *words):
    """The one line with which bad parameters end; nothing is left behind."""
    done = subprocess.run([PROGRAM, "--stack=mqtt", "--nodes=1", *words, "--json=run.json"], cwd=folder,
                          capture_output=True, text=True)
    assert done.returncode == 1 and not (folder / "run.json").exists()
    line, = done.stderr.strip().splitlines()
    return line


@pytest.mark.parametrize("words, expected", [
    (["--auth=oauth"], "--auth=oauth: expected one of anonymous, password, scram, jwt, certificate, psk"),
    (["--auth=scram"], "--auth=scram: expected --mqttVersion=5, for MQTT 3.1.1 has no AUTH packet"),
    (["--auth=scram", "--mqttVersion=5", "--user=u"], "--user=u: expected none"),
    (["--auth=scram", "--mqttVersion=5", "--scramIterations=4095"], "--scramIterations=4095: expected"),
    (["--auth=password", "--mqttVersion=5", "--scramRenewal=9s"], "--scramRenewal=9s: expected --auth=scram"),
    (["--auth=jwt", "--tokenIn=auth"], "--tokenIn=auth: expected --mqttVersion=5"),
    (["--auth=password", "--mqttVersion=5", "--tokenIn=auth"], "--tokenIn=auth: expected --auth=jwt"),
    (["--auth=jwt", "--stack=coap"], "--auth=jwt: expected --stack=mqtt, mqtts, without which it has no effect"),
    (["--auth=psk"], "--auth=psk: expected --stack=mqtts and --credential=psk"),
    (["--auth=certificate", "--stack=mqtts"], "--auth=certificate: expected --stack=mqtts and --credential=ecdsa"),
    (["--auth=jwt", "--tokenLifetime=0s"], "--tokenLifetime=0s"),
    (["--auth=jwt", "--tokenLifetime=90.5s"], "--tokenLifetime=90.5s: expected whole seconds"),
    (["--auth=jwt", "--tokenLifetime=90000s"], "--tokenLifetime=90000s: expected at most 86400s"),
    (["--auth=jwt", "--tokenLifetime=60s"], "--tokenRenewal=60s: expected less than --tokenLifetime=60s"),
    (["--auth=jwt", "--tokenAlgorithm=HS256"], "--tokenAlgorithm=HS256"),
    (["--auth=jwt", "--keyStore=secure-element", "--tokenAlgorithm=RS256"], "keys on P-256 only"),
    (["--auth=jwt", "--keyStore=secure-element"], "nrf52840-secure-element"),
    (["--auth=jwt", "--registry=r.json"], "--registry=r.json: expected --deviceKeys"),
    (["--auth=jwt", "--registry=r.json", "--deviceKeys=."], "--registry=r.json: expected a file that can be read"),
    (["--auth=jwt", "--deviceKeys=/nope"], "--deviceKeys=/nope: expected --registry with it"),
    (["--auth=jwt", "--user=u"], "--user=u: expected none"),
    (["--auth=password", "--user=u", "--password=p"], "--user=u: expected --passwordFile"),
    (["--auth=password", "--passwordFile=users"], "--passwordFile=users: expected --user with it"),
    (["--passwordIterations=0", "--auth=password"], "--passwordIterations=0"),
    (["--auth=password", "--user=u", "--passwordFile=users", "--passwordIterations=5"], "--passwordIterations=5: expected no --passwordFile"),
    (["--tokenRenewal=5s"], "--tokenRenewal=5s: expected --auth=jwt, without which it has no effect"),
    (["--auth=jwt", "--ns3::DeviceCredential::StartDate=0"], "expected --ns3::SecureSocketFactory::StartDate, which sets it"),
    (["--accessList=none"], "--accessList=none: expected a file that can be read"),
    (["--ns3::DeviceCredential::Lifetime=1s"], "--tokenLifetime"),
])
def test_bad_input_is_one_line(tmp_path, words, expected):
    assert expected in refused(tmp_path, *words)


def test_files_with_errors_are_one_line(tmp_path):
    (tmp_path / "acl").write_text("topic read a\ntopic read a/#/b\n")
    assert "--accessList=acl: line 2: expected user NAME" in refused(tmp_path, "--accessList=acl")
    (tmp_path / "users").write_text("u:secret\n")
    words = ("--auth=password", "--user=u", "--password=p", "--passwordFile=users")
    assert "--passwordFile=users: line 1: expected NAME:$7$" in refused(tmp_path, *words)


def test_a_password_file_of_mosquitto_is_taken(tmp_path):
    # mosquitto_passwd -b users s01 secret (Mosquitto 2.0.11)
    (tmp_path / "users").write_text(PASSWORDS)
    words = [*SMALL, "--auth=password", "--passwordFile=users", "--user=s01"]
    record = run(tmp_path, *words, "--password=secret")
    assert record["reports"]["delivered"] == 12 and record["auth"] == {"method": "password", "refused": {}}
    record = run(tmp_path, *words, "--password=secrets")
    assert record["reports"]["delivered"] == 0
    assert set(record["auth"]["refused"]) == {"connect: wrong user name or password"}


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_an_access_list_bounds_what_clients_do(tmp_path, version):
    (tmp_path / "acl").write_text("client c0\ntopic read s/+/t\nuser s00\ntopic write s/00/t\n")
    record = run(tmp_path, *SMALL, "--auth=password", "--accessList=acl", f"--mqttVersion={version}")
    assert record["reports"]["served"] == record["reports"]["delivered"] == 6
    assert record["auth"]["refused"] == {"publish": 6}
    # 3.1.1 has no word for it; in 5.0 the client learns that its message was refused.
    assert record["reports"]["refused"] == (6 if version == "5" else 0)


def printed(folder, *words):
    return subprocess.run([PROGRAM, *SMALL, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_the_summary_tells_what_was_refused(tmp_path):
    (tmp_path / "acl").write_text("client c0\ntopic read s/+/t\nclient s00\ntopic write s/00/t\n")
    assert "\naccess           anonymous; refused: publish 6\n" in printed(tmp_path, "--accessList=acl")
    assert "\naccess           password\n" in printed(tmp_path, "--auth=password")
    assert "access" not in printed(tmp_path)


def test_the_access_list_of_the_guide_works(tmp_path):
    guide = (ROOT / "src/iot-scenario/doc/iot-scenario.rst").read_text()
    example = guide.split("an access list for two sensors::\n\n")[1].split("\n\n")[0]
    (tmp_path / "acl").write_text(textwrap.dedent(example))
    record = run(tmp_path, *SMALL, "--accessList=acl")
    assert record["reports"]["delivered"] == 12 and record["auth"]["refused"] == {}


def test_without_it_nothing_is_told(tmp_path):
    record = run(tmp_path, *SMALL)
    assert "auth" not in record and "auth" not in record["parameters"]
    assert "secure_element" not in record["energy_j"]


def test_the_size_of_a_token_and_what_it_costs(tmp_path):
    def tokens(*words):
        return run(tmp_path, *SMALL, "--auth=jwt", *words)["auth"]["tokens"]

    software, element = tokens(), tokens("--device=nrf52840-secure-element", "--keyStore=secure-element")
    assert software["made"] == 2 and software["bytes_mean"] == 203
    assert software["duration_s_mean"] == pytest.approx(0.1903 + 0.00015, abs=1e-4)
    assert software["energy_j_mean"] == pytest.approx(3 * 0.0033 * software["duration_s_mean"])
    assert element["duration_s_mean"] == pytest.approx(0.115)
    assert element["energy_j_mean"] == pytest.approx(3 * 0.014 * 0.115, rel=1e-3)
    rsa = tokens("--tokenAlgorithm=RS256")
    assert rsa["bytes_mean"] == 459 and rsa["duration_s_mean"] == pytest.approx(4.749, abs=1e-3)


def test_accounts_balance_with_a_secure_element(tmp_path):
    energy = run(tmp_path, *SMALL, "--auth=jwt", "--device=nrf52840-secure-element", "--keyStore=secure-element",
                 "--tokenLifetime=60s", "--tokenRenewal=10s")["energy_j"]
    assert energy["secure_element"] > 0
    parts = sum(energy["radio"].values()) + sum(energy["mcu"].values()) + energy["secure_element"]
    assert energy["total"] == pytest.approx(parts)


def test_tokens_are_of_the_date_of_the_simulation(tmp_path):
    """As certificates: issued when the client first connects, some seconds after the start."""
    words = [*SMALL, "--auth=jwt", "--nodes=1", "--reports=1", "--pcap=run"]
    for start, seconds in (("2026-01-01T00:00:00Z", 1767225600), ("2030-01-01T00:00:00Z", 1893456000)):
        record = run(tmp_path, *words, f"--ns3::SecureSocketFactory::StartDate={start}")
        assert record["auth"]["refused"] == {} and record["reports"]["delivered"] == 1
        token, = set(tshark(tmp_path / "run-lln.pcap", "-Y", "mqtt.passwd", "-T", "fields", "-e", "mqtt.passwd"))
        claims = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        assert seconds <= claims["iat"] <= seconds + 10


def test_a_wrong_clock_keeps_a_device_out(tmp_path):
    clock = "--ns3::DeviceCredential::ClockOffset="
    words = [*SMALL, "--auth=jwt", "--clockDrift=30s"]
    assert run(tmp_path, *words, clock + "30s")["auth"]["refused"] == {}
    record = run(tmp_path, *words, clock + "100s")
    assert set(record["auth"]["refused"]) == {"connect: token not yet valid"}
    record = run(tmp_path, *words, clock + "-4000s")
    assert set(record["auth"]["refused"]) == {"connect: token expired"}


def test_scram_tells_its_bytes_and_its_work(tmp_path):
    words = [*SMALL, "--auth=scram", "--mqttVersion=5"]
    auth = run(tmp_path, *words)["auth"]
    assert auth["method"] == "scram" and auth["refused"] == {}
    exchanges = auth["exchanges"]
    assert exchanges["completed"] == 2 and exchanges["again"] == 0
    # n,,n=s00,r=(24) | r=(48),s=(24),i=4096 | c=biws,r=(48),p=(44) | v=(44)
    assert exchanges["bytes_mean"] == 35 + 84 + 104 + 46
    # An iteration is 128 bytes of SHA-256 at 984.252 KiB/s; three HMACs and a hash come on top.
    iteration = 128 / (984.252 * 1024)
    assert exchanges["duration_s_mean"] == pytest.approx(4096 * iteration, rel=0.01)
    assert exchanges["duration_s_mean"] > 4096 * iteration
    assert exchanges["energy_j_mean"] == pytest.approx(3 * 0.0033 * exchanges["duration_s_mean"])
    more = run(tmp_path, *words, "--scramIterations=8192")["auth"]["exchanges"]
    assert more["duration_s_mean"] == pytest.approx(8192 * iteration, rel=0.01)


def test_scram_is_paid_by_device_and_session(tmp_path):
    def mean(*words):
        record = run(tmp_path, *SMALL, "--mqttVersion=5", *words)
        return record["setup"]["duration_s"]["mean"], record["setup"]["energy_j"], record["bytes_on_air"]["total"]

    password, scram = mean("--auth=password"), mean("--auth=scram")
    assert scram[0] > password[0] + 0.5 and scram[1] > password[1] + 0.005
    assert scram[2] > 0  # the window alone is counted, and nothing of it is an exchange


def test_scram_is_renewed_on_the_same_connection(tmp_path):
    record = run(tmp_path, *SMALL, "--auth=scram", "--mqttVersion=5", "--scramRenewal=30s")
    exchanges = record["auth"]["exchanges"]
    assert record["reports"]["delivered"] == 12 and record["setup"]["broken"] == 0
    assert exchanges["completed"] == 2 + exchanges["again"] and exchanges["again"] >= 2 * 6


def test_a_token_is_renewed_on_the_same_connection(tmp_path):
    words = [*SMALL, "--auth=jwt", "--mqttVersion=5", "--tokenLifetime=60s", "--tokenRenewal=10s", "--clockDrift=0s"]
    anew, same = run(tmp_path, *words), run(tmp_path, *words, "--tokenIn=auth")
    for record in (anew, same):
        renewal = record["auth"]["renewal"]
        assert record["reports"]["delivered"] == 12 and record["auth"]["refused"] == {}
        assert renewal["early"] == renewal["completed"] >= 6 and renewal["expired"] == 0
    assert anew["setup"]["broken"] > 0 and same["setup"]["broken"] == 0
    assert same["auth"]["renewal"]["duration_s_mean"] < anew["auth"]["renewal"]["duration_s_mean"]
    assert same["auth"]["renewal"]["energy_j_mean"] < anew["auth"]["renewal"]["energy_j_mean"]
    late = run(tmp_path, *words, "--tokenIn=auth", "--tokenRenewal=0s")["auth"]["renewal"]
    assert late["early"] == 0 and late["expired"] == late["completed"] > 0


def test_a_token_of_a_wrong_clock_is_refused_in_auth_too(tmp_path):
    record = run(tmp_path, *SMALL, "--auth=jwt", "--mqttVersion=5", "--tokenIn=auth", "--clockDrift=30s",
                 "--ns3::DeviceCredential::ClockOffset=100s")
    assert set(record["auth"]["refused"]) == {"connect: token not yet valid"}
