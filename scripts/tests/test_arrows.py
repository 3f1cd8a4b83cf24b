# SPDX-License-Identifier: GPL-2.0-only
"""The arrows of the architecture, read from every #include of the modules.

A module may include only what its row names. The rows are the law; the build enforces the same
law a second time, for a library links only what its CMakeLists.txt declares.
"""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"

# The interface of the Processor: what work costs, and when to take in more of it.
PROCESSOR = [f"iot-device/model/{name}.h" for name in ("processor", "processor-result", "processor-turn", "read-gate")]
# What a device has beside it to keep a key.
SECURE_ELEMENT = [f"iot-device/model/{name}.h" for name in ("secure-element", "secure-element-profile")]

# Folder -> the folders of src/ it may include, beside itself.
ARROWS = {
    "sans-io/protocol": [],
    "sans-io/model": ["sans-io/protocol"],
    "crypto/protocol": ["sans-io/protocol"],
    "tls/protocol": ["sans-io/protocol", "crypto/protocol"],
    "iot-auth/protocol": ["sans-io/protocol", "crypto/protocol"],
    "mqtt/protocol": ["sans-io/protocol"],
    "coap/protocol": ["sans-io/protocol"],
    "low-power-links/protocol": ["sans-io/protocol"],
    "iot-device/model": ["sans-io"],
    "tls/model": ["sans-io", "tls/protocol", *PROCESSOR],
    "iot-auth/model": ["sans-io", "iot-auth/protocol", "crypto/protocol", *PROCESSOR, *SECURE_ELEMENT],
    "mqtt/model": ["sans-io", "mqtt/protocol", *PROCESSOR],
    "coap/model": ["sans-io", "coap/protocol", *PROCESSOR],
    "low-power-links/model": ["sans-io", "low-power-links/protocol"],
    "iot-attacks/protocol": [
        "sans-io/protocol",
        "mqtt/protocol",
        "coap/protocol",
        "tls/protocol",
        "low-power-links/protocol",
    ],
    "iot-attacks/model": ["sans-io", "iot-attacks/protocol", "mqtt/protocol", "coap/protocol", "tls/protocol"],
    "iot-metrics/model": ["sans-io", "mqtt", "coap", "tls", "low-power-links", "iot-device"],
    "iot-scenario/model": ["sans-io", "mqtt", "coap", "tls", "crypto", "low-power-links", "iot-device", "iot-metrics",
                           "iot-attacks", "iot-auth"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
OPENSSL_FOLDERS = ("crypto/", "tls/protocol")


def folder_of(path):
    """src/mqtt/model/x.cc -> mqtt/model; a helper obeys the arrows of its module's model."""
    module, part = path.relative_to(SOURCE).parts[:2]
    return f"{module}/{'model' if part == 'helper' else part}"


def sources():
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in (".h", ".cc") and "test" not in path.relative_to(SOURCE).parts:
            yield path


def includes(path):
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


def violations(folder, included):
    """What of `included` breaks the law for a file in `folder`."""
    module = folder.split("/")[0]
    is_protocol = folder.endswith("/protocol")
    for name in included:
        if name.startswith("ns3/"):
            if is_protocol:
                yield name
        elif name.startswith("openssl/"):
            if not folder.startswith(OPENSSL_FOLDERS):
                yield name
        elif "/" in name and (SOURCE / name.split("/")[0]).is_dir():
            own = name.startswith(f"{folder}/") or (not is_protocol and name.startswith(f"{module}/"))
            if not own and not any(name == allowed or name.startswith(f"{allowed}/") for allowed in ARROWS[folder]):
                yield name


def test_every_folder_has_a_row():
    assert {folder_of(path) for path in sources()} <= set(ARROWS)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_includes_follow_the_arrows(path):
    assert list(violations(folder_of(path), includes(path))) == []


@pytest.mark.parametrize(
    "folder, name",
    [
        ("mqtt/protocol", "ns3/socket.h"),
        ("mqtt/model", "coap/protocol/codec.h"),
        ("coap/model", "tls/model/dtls-socket.h"),
        ("mqtt/model", "openssl/ssl.h"),
        ("mqtt/model", "iot-device/model/device-profile.h"),
        ("sans-io/protocol", "sans-io/model/deadline.h"),
        ("tls/model", "iot-scenario/model/workload.h"),
    ],
)
def test_a_forbidden_include_is_found(folder, name):
    """The check itself can fail."""
    assert list(violations(folder, [name])) == [name]


def test_protocol_code_reads_no_clock_and_draws_no_randomness_of_its_own():
    forbidden = re.compile(r"Simulator::|steady_clock|system_clock|\brand\(|random_device|getrandom")
    found = [
        str(path)
        for path in sources()
        if folder_of(path).endswith("/protocol") and forbidden.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
