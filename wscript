# SPDX-License-Identifier: GPL-2.0-only
"""The waf entry: builds the modules inside an ns-3.35 tree, with the waf of that tree.

    NS3=/path/to/ns-3.35 python3 /path/to/ns-3.35/waf configure build

It links src/ into the tree as contrib/iot, where waf finds the modules by their own wscripts, and then
runs the tree's waf there. README.md, "Inside an ns-3 tree", tells the same by hand.
"""

import os
import subprocess
import sys
from pathlib import Path

top = "."
out = "build-waf"
MODULES = ["sans-io", "crypto", "iot-device", "tls", "mqtt", "coap"]
NS3_MODULES = ["applications", "point-to-point", "internet", "lr-wpan"]


def tree(context):
    path = Path(os.environ.get("NS3", ""))
    if not os.environ.get("NS3") or not (path / "src" / "core").is_dir():
        context.fatal(f"NS3={os.environ.get('NS3', '')}: expected the folder of an ns-3.35 tree")
    return path


def run(context, *words):
    path = tree(context)
    # Headers are included by their path: "mqtt/helper/mqtt-helper.h".
    environment = {**os.environ, "CPATH": str(path / "contrib" / "iot")}
    if subprocess.call([sys.executable, "waf", *words], cwd=path, env=environment):
        context.fatal(f"waf {words[0]} failed in {path}")


def options(opt):
    pass


def configure(conf):
    link = tree(conf) / "contrib" / "iot"
    if link.is_symlink():
        link.unlink()  # it may lead to another place, or to one that is gone
    if not link.exists():
        link.symlink_to(Path(conf.path.abspath()) / "src")
    enabled = ",".join(NS3_MODULES + MODULES)
    run(conf, "configure", "-d", "optimized", "--disable-python", "--disable-werror", f"--enable-modules={enabled}")


def build(bld):
    run(bld, "build")
