"""Turn a list of inputs into shard files, on Spark.

    spark-submit --files ./tweetarc shard.py --paths-from warc.paths.gz --out /shared/shards

Every input is a task: it gives its file in --out, a folder that all executors
see, or it fails and Spark tries again. What is there is not read again, so a
lost executor costs the inputs it was at, and the job may be run again. Prints
what came of every input, one line of JSON each; behind -- stand further options
of tweetarc shard.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys

from pyspark import SparkFiles, TaskContext
from pyspark.sql import SparkSession

TRIES = 3  # below spark.task.maxFailures, which would end the job


def paths_from(name):
    with open(name, "rb") as f:
        data = f.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return [line for line in data.decode().splitlines() if line]


def shard(out, options):
    """The function that runs tweetarc over the inputs of a partition."""

    def run(paths):
        paths = list(paths)
        if not paths:
            return []
        command = [SparkFiles.get("tweetarc"), "shard", "--out", out, "--jobs", "1", "--paths-from", "-"]
        done = subprocess.run(command + options, input="\n".join(paths), stdout=subprocess.PIPE, text=True)
        # 3: an input could not be read to its end. Tried again, it is told
        # rather than allowed to end the job. All else fails the task.
        if done.returncode != 3 or TaskContext.get().attemptNumber() + 1 < TRIES:
            done.check_returncode()
        return done.stdout.splitlines()

    return run


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--paths-from", required=True, help="the inputs, one a line; may be gzip")
    args.add_argument("--out", required=True, help="the folder of the shard files")
    args.add_argument("options", nargs="*", help="further options of tweetarc shard")
    args = args.parse_args()
    paths = paths_from(args.paths_from)
    spark = SparkSession.builder.appName("tweetarc").getOrCreate()
    rows = spark.sparkContext.parallelize(paths, max(1, len(paths)))
    lines = rows.mapPartitions(shard(os.path.abspath(args.out), args.options)).collect()
    spark.stop()
    failed = 0
    for line in lines:
        print(line)
        failed += json.loads(line)["state"] == "failed"
    if failed:
        sys.exit(f"{failed} of {len(paths)} inputs could not be read to the end; the same command tries again")


if __name__ == "__main__":
    main()
