#!/usr/bin/env python3
"""Times tweetarc beside what people would use in its place, in pairs.

    compare.py [--mb 200] [--pairs 5] TWEETARC

It makes articles as JSON lines (invented words, lengths as in the news), and runs
each pair of commands in turn on the same input, after a run that does not count.
It prints a table: seconds (and processor seconds) of each, the memory of tweetarc,
and the ratio of the times, pair by pair: median (least to most). A reference that
is not installed is left out.
"""
import argparse
import gzip
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ANCHORS = r'pic\.twitter|twitter\.com|t\.co/|\(@'


def corpus(path, mb, embed, near):
    """Articles, of which the given shares embed a tweet, or speak of Twitter."""
    rnd = random.Random(7)
    words = ['the', 'of', 'and', 'to', 'a', 'in', 'that', 'is', 'was', 'he'] + [
        ''.join(rnd.choice('b c d f g h l m n p r s t v st tr'.split()) + rnd.choice('a e i o u ay en or'.split()) for _ in range(rnd.randint(1, 3))) for _ in range(20_000)]
    weights = [1 / (i + 3) for i in range(len(words))]
    paragraphs = [' '.join(rnd.choices(words, weights, k=rnd.randint(20, 90))).capitalize() + '.' for _ in range(4000)]
    size = n = 0
    with open(path, 'w', encoding='utf-8') as f:
        while size < mb << 20:
            n += 1
            text = rnd.choices(paragraphs, k=max(2, int(rnd.lognormvariate(2, .6))))
            kind = rnd.random()
            if kind < embed:
                text.insert(1, f'{rnd.choice(paragraphs)[:150]} — Rider {n} (@rider_{n % 5000}) May {1 + n % 28}, 2019')
            elif kind < embed + near:
                text.insert(1, f'It was on Twitter, said @rider_{n % 5000}, and on twitter.com/rider_{n % 5000}, too.')
            size += f.write(json.dumps({'url': f'https://news.example/{n}', 'title': text[0][:60], 'text': '\n\n'.join(text)}) + '\n')


def run(command):
    """Wall and processor seconds, and the peak memory in MB."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(command, shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as p:
        _, status, used = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode not in (0, 1):
        sys.exit(f'{command}: exit code {p.returncode}')
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, used.ru_maxrss / 1024


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    p.add_argument('--mb', type=int, default=200)
    p.add_argument('--pairs', type=int, default=5)
    p.add_argument('tweetarc')
    a = p.parse_args()
    t = os.path.abspath(a.tweetarc)
    with tempfile.TemporaryDirectory() as d:
        few, many, near, packed, db = (os.path.join(d, name) for name in ('few.jsonl', 'many.jsonl', 'near.jsonl', 'few.jsonl.gz', 'a.db'))
        corpus(few, a.mb, .01, 0)
        corpus(many, a.mb, .13, 0)
        corpus(near, a.mb, .03, .8)
        with open(few, 'rb') as f, gzip.open(packed, 'wb', 6) as z:
            shutil.copyfileobj(f, z)
        loads = f'{sys.executable} -c "import json, sys\nfor line in open(sys.argv[1]): json.loads(line)" '
        print(f'| {a.mb} MB of JSON lines | tweetarc s (CPU, MB) | reference s (CPU) | ratio |\n| --- | ---: | ---: | ---: |')
        for what, ours, reference, theirs in (
                ('detect, tweets in 1 % of the articles', f'{t} detect {few}', 'ripgrep counts the lines with anchors', f"rg -c '{ANCHORS}' {few}"),
                ('the same', f'{t} detect {few}', 'json.loads of each line in Python', loads + few),
                ('detect, in 13 %', f'{t} detect {many}', 'json.loads', loads + many),
                ('detect, in 3 %, Twitter is spoken of in 80 %', f'{t} detect {near}', 'json.loads', loads + near),
                ('detect, 1 %, gzip', f'{t} detect {packed}', 'zcat', f'zcat {packed}'),
                ('archive, 1 %', f'rm -f {db}; {t} archive --quiet --db {db} {few}', 'json.loads', loads + few),
                ('archive, 13 %', f'rm -f {db}; {t} archive --quiet --db {db} {many}', 'json.loads', loads + many)):
            if not shutil.which(theirs.split()[0]):
                print(f'skipped: {reference}', file=sys.stderr)
                continue
            pairs = [(run(ours), run(theirs)) for _ in range(a.pairs + 1)][1:]
            mine, other = ([statistics.median(side[i] for side in sides) for i in range(3)] for sides in zip(*pairs))
            ratios = sorted(x[0] / y[0] for x, y in pairs)
            print(f'| {what} | {mine[0]:.2f} ({mine[1]:.2f}, {mine[2]:.0f}) | {reference}: {other[0]:.2f} ({other[1]:.2f}) | {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |', flush=True)


if __name__ == '__main__':
    main()
