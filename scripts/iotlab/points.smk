# SPDX-License-Identifier: GPL-2.0-only
# The jobs of one run of the engine: batches of the points that are missing. A point's own file is
# not an output here, for Snakemake deletes the outputs of a job that was interrupted.
import json

with open(config["plan"]) as file:
    batches = range(len(json.load(file)["batches"]))


rule all:
    input:
        expand("done/{plan}-{batch}", plan=config["id"], batch=batches),


rule batch:
    input:
        "stamp",
    output:
        touch("done/{plan}-{batch}"),
    shell:
        "/usr/bin/python3 -m iotlab.batch {config[plan]:q} {wildcards.batch}"
