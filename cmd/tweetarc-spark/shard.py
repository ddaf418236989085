"""Turn a list of inputs into shard files, on Spark.

    spark-submit --files ./tweetarc shard.py --paths-from warc.paths.gz --out /shared/shards

Each input is a task. It writes a file into --out, a folder that all executors see,
or it fails and Spark tries again. What is there is not read again: if an executor is
lost, only the inputs that it was reading are read again, and you can run the job
again. For each input it prints a line of JSON. Options after -- are given to
tweetarc shard.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys

from pyspark import SparkFiles, TaskContext
from pyspark.sql import SparkSession

TRIES = 3  # less than spark.task.maxFailures (4), which ends the job


def paths_from(name):
    with open(name, "rb") as f:
        data = f.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return [line for line in data.decode().splitlines() if line]


def shard(out, options):
    """Returns the function that runs tweetarc on the inputs of a partition."""

    def run(paths):
        paths = list(paths)
        if not paths:
            return []
        command = [SparkFiles.get("tweetarc"), "shard", "--out", out, "--jobs", "1", "--paths-from", "-"]
        done = subprocess.run(command + options, input="\n".join(paths), stdout=subprocess.PIPE, text=True)
        lines = done.stdout.splitlines()
        # 3: some of the input could not be read. If it is an input that could not be read
        # to its end, try again; after the last try the job reports it and goes on. Any
        # other code fails the task.
        failed = any(json.loads(line)["state"] == "failed" for line in lines)
        if done.returncode != 3 or failed and TaskContext.get().attemptNumber() + 1 < TRIES:
            done.check_returncode()
        return lines

    return run


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--paths-from", required=True, help="a file with one input a line; may be gzip")
    args.add_argument("--out", required=True, help="the folder of the shard files")
    args.add_argument("options", nargs="*", help="further options of tweetarc shard")
    args = args.parse_args()
    paths = paths_from(args.paths_from)
    spark = SparkSession.builder.appName("tweetarc").getOrCreate()
    rows = spark.sparkContext.parallelize(paths, max(1, len(paths)))
    lines = rows.mapPartitions(shard(os.path.abspath(args.out), args.options)).collect()
    spark.stop()
    failed = errors = 0
    for line in lines:
        print(line)
        result = json.loads(line)
        failed += result["state"] == "failed"
        errors += result.get("errors", 0)
    if failed:
        sys.exit(f"{failed} of {len(paths)} inputs could not be read to the end; the same command tries again")
    if errors:
        sys.exit(3)  # without a word: Spark would print it between the lines of JSON


if __name__ == "__main__":
    main()
