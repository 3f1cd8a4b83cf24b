# SPDX-License-Identifier: GPL-2.0-only
# The jobs of one run of the engine: workers, which share the points that are missing. A point's own
# file is not an output here, for Snakemake deletes the outputs of a job that was interrupted.
rule all:
    input:
        expand("done/{worker}", worker=range(int(config["workers"]))),


rule worker:
    input:
        "stamp",
    output:
        touch("done/{worker}"),
    shell:
        "/usr/bin/python3 -m iotlab.worker {config[plan]:q}"
