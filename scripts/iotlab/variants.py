# SPDX-License-Identifier: GPL-2.0-only
"""What a combination of arguments is called and how it is drawn, the same in every figure."""

PROTOCOLS = {"mqtt": "MQTT", "mqtts": "MQTT", "coap": "CoAP", "coaps": "CoAP", "tcp": "TCP", "udp": "UDP"}
SECURITIES = ["none", "PSK", "certificate", "PSK (1.3)", "certificate (1.3)"]
CLASSES = ["unacknowledged", "acknowledged"]
FLOOR = "floor"  # raw TCP and UDP: below every class
DESCRIBED = ("variant", "protocol", "security", "reliability", "threat", "defences", "host", "replayed", "case")  # attacks.py too
PARAMETERS = {"stack", "qos", "confirmable", "credential", "tlsVersion", "mqttVersion", "topicAliases"}  # what a variant tells of

# One hue per protocol, darker with stronger security; TLS 1.3 has hues of its own.
_COLOURS = {
    ("MQTT", "none"): "#74b3e0", ("MQTT", "PSK"): "#2878b8", ("MQTT", "certificate"): "#0b3c6f",
    ("MQTT", "PSK (1.3)"): "#2ba89a", ("MQTT", "certificate (1.3)"): "#0d5c52",
    ("CoAP", "none"): "#f7b26a", ("CoAP", "PSK"): "#e07b1a", ("CoAP", "certificate"): "#8f3f06",
    ("TCP", "none"): "#8c8c8c", ("UDP", "none"): "#bdbdbd",
}
_MARKERS = {"none": "o", "PSK": "s", "certificate": "^", "PSK (1.3)": "D", "certificate (1.3)": "v"}
_SPARE = ["#2878b8", "#e07b1a", "#3a9a4a", "#a83a6b", "#7a5cc0", "#8a6d3b", "#4b4b4b", "#00a0a8"]


def describe(values):
    """Columns protocol, security, reliability and variant of a combination; empty without --stack."""
    stack = values.get("stack")
    if stack not in PROTOCOLS:
        return {}
    protocol = PROTOCOLS[stack]
    security = "none"
    if stack.endswith("s"):
        security = "certificate" if values.get("credential") == "ecdsa" else "PSK"
        if str(values.get("tlsVersion", "1.2")) == "1.3":
            security += " (1.3)"
    reliability, detail = FLOOR, ""
    if protocol == "MQTT":
        level = values.get("qos", 1)
        reliability, detail = CLASSES[level > 0], f"QoS {level}"
    elif protocol == "CoAP":
        confirmable = values.get("confirmable", True)
        reliability, detail = CLASSES[bool(confirmable)], "CON" if confirmable else "NON"
    if str(values.get("mqttVersion")) == "5":
        detail = f"5 {detail}" + (", no alias" if values.get("topicAliases") == 0 else "")
    name = " ".join(part for part in (protocol if protocol in ("MQTT", "CoAP") else f"raw {protocol}", detail) if part)
    if security != "none":
        name += f", {security}"
    return {"protocol": protocol, "security": security, "reliability": reliability, "variant": name}


def sort_key(values):
    """MQTT first, then CoAP, then the floor; by class, then by security."""
    described = describe(values)
    if not described:
        return ()
    return (list(dict.fromkeys(PROTOCOLS.values())).index(described["protocol"]),
            (CLASSES + [FLOOR]).index(described["reliability"]), SECURITIES.index(described["security"]), described["variant"])


def look(row, index=0):
    """Colour, marker and line of a variant; a series that is no stack gets the next spare colour."""
    protocol, security = row.get("protocol"), row.get("security")
    colour = _COLOURS.get((protocol, security), _SPARE[index % len(_SPARE)])
    spare_lines = ("-", (0, (4, 1.6)), (0, (1, 1.2)))
    line = {CLASSES[0]: spare_lines[1], FLOOR: spare_lines[2]}.get(row.get("reliability"), spare_lines[index // len(_SPARE) % 3])
    return {"color": colour, "marker": _MARKERS.get(security, "o"), "linestyle": line}
