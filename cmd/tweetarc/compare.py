#!/usr/bin/env python3
"""Times tweetarc beside what people would use in its place, in pairs.

    compare.py [--mb 1000] [--pairs 5] [--only near,files] [--dir DIR] [--python PYTHON] TWEETARC

It makes articles, always the same ones, with the words and lengths of news. For each
row of the table it runs two commands in turn on the same input: tweetarc, and what
people would use instead. The first run of each does not count. It prints the tables
of BENCHMARKS.md: seconds, processor seconds (CPU) and memory; the ratio of both
commands, pair by pair, which is below 1 where tweetarc takes less; and the processor
seconds of a command that only reads, or unpacks, the same bytes. Each figure is a
median; in parentheses are the lowest and the highest. A row whose other command is
not installed is left out.

--dir keeps the inputs for another time. --python names a Python that has goose3 and
tweetfinder.
"""
import argparse
import itertools
import json
import multiprocessing
import os
import random
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

WORDS = '''the of and to a in that is was he for it with as his on be at by i this had not are but from or have an they which one you were all her she there would
their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over
such our man me even most made after also did many off before must well back through years much where your way down should because long each just state those people too mr how
little good world make very year still see work life being between police government minister president court city county school company market million percent billion week month
officials report statement spokesman members council health hospital district department election vote voters party campaign leader house senate law bill judge case attorney charges
investigation officers victim suspect family children students teachers university research study scientists water river fire storm weather road traffic bridge station airport plane
train home street community local national international foreign trade economy growth prices jobs workers union industry energy oil gas bank shares investors profit quarter season
game team players coach league points won lost win match final race record fans goal half second third fourth film music show series book author award night morning evening monday
tuesday wednesday thursday friday saturday sunday january march april june july september october november december public private security military troops border attack war peace
talks agreement deal plan project budget tax spending support against during under while according around including since until told reporters interview news media social video
photo story post online internet technology phone data users service system issue question answer problem change future history power control order decision meeting office director
chief executive former senior general early late high low large small major important possible likely available different several political economic federal central western northern
status update breaking watch follow account message comment share page site link email contact address reached asked added announced called confirmed denied expected found helped
killed injured arrested released returned opened closed began ended moved continued increased decreased remained became appeared reported published wrote spoke'''.split()
HANDLES = [a + b for a in ('quay', 'harbour', 'jane', 'rider', 'mayor', 'press', 'north', 'press_', 'the', 'real') for b in ('news', 'roe', 'times', '_fc', 'post', 'doe', '24', 'live', 'city', 'gov')]
NAMES = [a + ' ' + b for a in 'Jane John Maria Ahmed Wei Olga Pierre Amina Tom Sofia'.split() for b in 'Roe Smith Garcia Khan Chen Ivanova Martin Okafor Baker Rossi'.split()]
# What names Twitter, or looks a little like an embed, and is none. {h} is a handle,
# {n} a name, {p} some words.
NEAR = '''It was on Twitter, said @{h}, that {p}.
{n} ({p}) wrote on Twitter on Monday — “{p}” — and on https://twitter.com/{h}, too.
Follow us on Twitter @{h} and on Facebook.
{n} is a reporter. Follow her on Twitter: @{h}. Email: {h}@news.example
Contact {n} at {h}@news.example or on Twitter at @{h}
RT @{h}: {p}, the account said; the post was deleted.
Open daily, 10 AM - 4 PM, and from 9:30 AM — {p}.
By {n} @{h}
“{p},” tweeted {n}, whose handle is @{h}, on Thursday.
The account, twitter.com/{h}, was suspended; its status—{p}—is not known.
Thanks to @{h}, @{h}2 and @{h}_3 for {p}! #breaking
Share on Twitter https://twitter.com/intent/tweet?text={h} or email tips@news.example
{n} (Twitter: @{h}; Instagram: @{h}_pics) said {p}.
More: www.facebook.com/{h}, @{h} on Instagram, @{h} on Twitter, news@{h}.example
{n}, 34, told the Post that Twitter’s rules on {p} (“no tweets,” he said) were unclear.
Our live blog is at #{h} – tweets to @{h} – or text 80360.
{n} (@{h}) contributed to this report.'''.split('\n')
EMBED = '''{p}. {p}! #{h} https://t.co/{t} — {n} (@{h}) {m} {d}, {y}
“{p}” {p} pic.twitter.com/{t}

— {n} (@{h}) {m} {d}, {y}
{p}, {p}? @{h} {p} — {n} (@{h}) {d} {m} {y}'''.split('\n')
EMBED = ['\n'.join(EMBED[:1]), '\n'.join(EMBED[1:4]), EMBED[4]]
ANCHORS = r'\(@\w|pic\.twitter|twitter\.com|t\.co/|[ap]m - |(— ?|\\u2014 ?)@\w|twitter @\w|rt @\w'


class Press:
    """Writes articles."""

    def __init__(self):
        self.rnd = rnd = random.Random(7)
        syllables = [a + b for a in 'b c d f g h k l m n p r s t v w st tr ch'.split() for b in 'a e i o u ay en or er ing'.split()]
        words = WORDS + [''.join(rnd.choices(syllables, k=rnd.randint(1, 4))) for _ in range(20_000)]
        weights = list(itertools.accumulate(1 / (i + 3) for i in range(len(words))))
        joints = [' '] * 8 + [', ', '. ', ' – ', '’s ', ' (', ') ', ', “', '.” ']
        self.phrases = []
        for _ in range(200_000):
            a, b = (' '.join(rnd.choices(words, cum_weights=weights, k=rnd.randint(2, 4))) for _ in 'ab')
            joint = rnd.choice(joints)
            self.phrases.append(a + joint + (b.capitalize() if '.' in joint or '“' in joint else b))

    def words(self, n):
        return ' '.join(self.rnd.choices(self.phrases, k=n))

    def fill(self, form):
        rnd = self.rnd
        return form.format(h=rnd.choice(HANDLES), n=rnd.choice(NAMES), p=self.words(1).translate(PLAIN), d=rnd.randint(1, 28), y=rnd.randint(2012, 2022),
                           m=rnd.choice(('January', 'March', 'May', 'June', 'August', 'October', 'December')), t=''.join(rnd.choices(ALNUM, k=10)))

    def article(self, chars, embed, near):
        """Paragraphs, of which some embed tweets, or speak of Twitter, in these shares of the articles."""
        rnd, text = self.rnd, []
        while chars > 0:
            text.append(self.words(rnd.randint(4, 13)).capitalize() + '.')
            chars -= len(text[-1]) + 2
        kind = rnd.random()
        if kind < embed:
            for _ in range(rnd.choice((1, 1, 1, 2, 3, 4))):
                text.insert(rnd.randint(1, len(text)), self.fill(rnd.choice(EMBED)))
        elif kind < embed + near:
            for _ in range(rnd.randint(1, 4)):
                text.insert(rnd.randint(1, len(text)), self.fill(rnd.choice(NEAR)))
        return text

    def lines(self, path, mb, embed, near):
        """JSON lines."""
        size = n = 0
        with open(path, 'w', encoding='utf-8') as f:
            while size < mb << 20:
                n += 1
                text = self.article(self.rnd.lognormvariate(7.9, .6), embed, near)
                size += f.write(json.dumps({'url': f'https://news.example/{n}', 'title': text[0][:60], 'author': self.rnd.choice(NAMES), 'text': '\n\n'.join(text)}) + '\n')

    def texts(self, path, n):
        """A folder with n small texts in folders of a thousand."""
        for i in range(n):
            folder = f'{path}/{i // 1000:03}'
            os.makedirs(folder, exist_ok=True)
            with open(f'{folder}/{i:06}.txt', 'w', encoding='utf-8') as f:
                f.write('\n\n'.join(self.article(self.rnd.uniform(1800, 4800), .03, 0)) + '\n')

    def blockquote(self):
        return self.fill('<blockquote class="twitter-tweet"><p lang="en" dir="ltr">{p}, {p}. <a href="https://t.co/{t}">pic.twitter.com/{t}</a></p>&mdash; {n} (@{h}) '
                         f'<a href="https://twitter.com/{{h}}/status/{self.rnd.randrange(10**17, 10**18)}?ref_src=twsrc%5Etfw">{{m}} {{d}}, {{y}}</a></blockquote>')

    def page(self, path, paragraphs, quotes):
        """A page with the menus and scripts of one, of which so many paragraphs are tweets."""
        rnd = self.rnd
        text = ['<p>' + self.words(rnd.randint(4, 13)).capitalize() + '.</p>' for _ in range(paragraphs)]
        for _ in range(quotes):
            text.insert(rnd.randint(1, len(text)), self.blockquote())
        menu = ''.join(f'<li class="menu-item"><a href="/section/{i}" data-track="nav">{self.words(1)}</a></li>' for i in range(80))
        script = f'<script>window.dataLayer=window.dataLayer||[];{"".join(f"push({i},{json.dumps(self.words(1))});" for i in range(200))}</script>'
        with open(path, 'w', encoding='utf-8') as f:
            f.write(f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{self.words(2)}</title>{script}</head><body><nav><ul>{menu}</ul></nav>'
                    f'<article><h1>{self.words(2)}</h1>{"".join(text)}</article><aside><ul>{menu}</ul></aside>{script}</body></html>')

    def pages(self, path, n):
        os.makedirs(path)
        for i in range(n):
            self.page(f'{path}/{i:04}.html', self.rnd.randint(10, 40), self.rnd.choice((0, 0, 1, 2, 3)))


PLAIN = str.maketrans('“”().', '     ')
ALNUM = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

LOADS = """
import json, sys
for line in open(sys.argv[1]): json.loads(line)"""
GOOSE = """
import glob, sys
from goose3 import Goose
for f in glob.glob(sys.argv[1] + '/*'): Goose({'enable_image_fetching': False}).extract(raw_html=open(f).read()).tweets"""
FINDER = """
import glob, sys
from tweetfinder import Article
for f in glob.glob(sys.argv[1] + '/*'): Article(html=open(f).read()).list_embedded_tweets()"""


class Inputs:
    """Makes each input when it is first asked for."""

    def __init__(self, folder, mb):
        self.folder, self.mb = folder, mb
        multiprocessing.set_start_method('fork')

    def __call__(self, name, make):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            print(f'making {name}', file=sys.stderr)
            maker = multiprocessing.Process(target=make, args=(path + '.new',))  # whose memory is not ours
            maker.start()
            maker.join()
            os.rename(path + '.new', path)
        return shlex.quote(path)

    def lines(self, embed, near):
        return self(f'{self.mb}-{embed}-{near}.jsonl', lambda path: Press().lines(path, self.mb, embed, near))

    def packed(self, packer, ending):
        plain = self.lines(.01, 0)
        return self(f'{self.mb}.jsonl.{ending}', lambda path: subprocess.run(f'{packer} -c {plain} > {shlex.quote(path)}', shell=True, check=True))

    def texts(self):
        return self(f'texts-{self.mb}', lambda path: Press().texts(path, 100 * self.mb))

    def quotes(self, n):
        return self(f'{n}.html', lambda path: Press().page(path, 100, n))

    def pages(self):
        return self('pages', lambda path: Press().pages(path, 500))


def rows(inputs, t, python):
    """Each row: its name, what is done, how, instead of what, how that is done, and what only reads it."""
    def detect(path):
        return f'{t} detect --format jsonl {path}'

    def archived(path, flags=''):
        return f'{t} archive --quiet{flags} --db {{db}} {path}'

    def py(program, path, python=sys.executable):
        return f'{shlex.quote(python)} -c {shlex.quote(program)} {path}'

    def few(): return inputs.lines(.01, 0)
    def near(): return inputs.lines(.03, .85)
    anchors = shlex.quote(ANCHORS)
    mb, files = inputs.mb, 100 * inputs.mb
    return [
        ('few', f'detect, {mb} MB of JSON lines, tweets in 1 %', few, detect, "rg -c -F '(@'", lambda p: f"rg -c -F '(@' {p}", 'cat {}'),
        ('near', 'detect, tweets in 3 %, Twitter is spoken of in 85 %', near, detect, 'rg -c -i, the anchors', lambda p: f'rg -c -i {anchors} {p}', 'cat {}'),
        ('archive', 'archive, the same', near, archived, 'rg -c -i, the anchors', lambda p: f'rg -c -i {anchors} {p}', 'cat {}'),
        ('jobs', 'the same, --jobs 1', near, lambda p: archived(p, ' --jobs 1'), 'json.loads of each line', lambda p: py(LOADS, p), 'cat {}'),
        ('texts', f'detect, {files:,} text files', inputs.texts, detect, r"rg -c '\(@'", lambda p: rf"rg -c '\(@' {p}", ''),
        ('files', 'archive, the same', inputs.texts, archived, r"rg -c '\(@'", lambda p: rf"rg -c '\(@' {p}", ''),
        ('zstd', 'detect, the 1 % as .jsonl.zst', lambda: inputs.packed('zstd -q', 'zst'), detect, "zstdcat and rg -c", lambda p: rf"zstdcat {p} | rg -c '\(@'", 'zstdcat {}'),
        ('gzip', 'detect, as .jsonl.gz', lambda: inputs.packed('gzip', 'gz'), detect, 'zcat', lambda p: f'zcat {p}', 'zcat {}'),
        ('quotes', 'detect, a page of 60,000 blockquotes', lambda: inputs.quotes(60_000), detect, 'itself, 15,000 of them', lambda p: detect(inputs.quotes(15_000)), 'cat {}'),
        ('goose', 'detect, 500 pages', inputs.pages, detect, 'goose3', lambda p: py(GOOSE, p, python), 'cat {}/*'),
        ('finder', 'the same', inputs.pages, detect, 'tweetfinder', lambda p: py(FINDER, p, python), 'cat {}/*'),
    ]


def run(command, db, fine=(0,)):
    """Wall and processor seconds, and the peak memory in MB."""
    for ending in ('', '-wal', '-shm'):
        if os.path.exists(db + ending):
            os.remove(db + ending)
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(command, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as p:
        _, status, used = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode not in fine:
        sys.exit(f'{command}: exit code {p.returncode}')
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, used.ru_maxrss / 1024


def missing(command):
    """Why a reference cannot be run, '' if it can."""
    words = shlex.split(command)
    if not shutil.which(words[0]):
        return words[0]
    module = next((m for m in ('goose3', 'tweetfinder') if f'from {m} ' in command), None)
    if module and subprocess.run([words[0], '-c', f'import {module}'], stderr=subprocess.DEVNULL).returncode:
        return module
    return ''


def spread(figures):
    r = sorted(figures)
    return f'{statistics.median(r):.2f} ({r[0]:.2f} to {r[-1]:.2f})'


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--mb', type=int, default=1000)
    p.add_argument('--pairs', type=int, default=5)
    p.add_argument('--only', default='', help='rows: few, near, archive, jobs, texts, files, zstd, gzip, quotes, goose, finder')
    p.add_argument('--dir')
    p.add_argument('--python', default=sys.executable)
    p.add_argument('tweetarc')
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as d:
        db = os.path.join(d, 'a.db')
        if a.dir:
            os.makedirs(a.dir, exist_ok=True)
        inputs = Inputs(a.dir or d, a.mb)
        print('| | seconds | CPU | memory, MB | instead | seconds | CPU | ratio of CPU | only reading, CPU |\n| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |')
        for name, what, made, ours, reference, theirs, reads in rows(inputs, shlex.quote(os.path.abspath(a.tweetarc)), a.python):
            if a.only and name not in a.only.split(','):
                continue
            if lacks := missing(theirs('x') if name != 'quotes' else 'true'):
                print(f'{name} is left out: {lacks} is not installed', file=sys.stderr)
                continue
            path = made()
            commands = ours(path).format(db=db), theirs(path), reads.format(path) or 'true'
            sides = [tuple(run(c, db, fine) for c, fine in zip(commands, ((0,), (0, 1), (0,)))) for _ in range(a.pairs + 1)][1:]
            mine, other, floor = zip(*sides)
            seconds, cpu, memory = zip(*mine)
            print(f'| {what} | {spread(seconds)} | {spread(cpu)} | {max(memory):.0f} | {reference} | {spread(o[0] for o in other)} | {spread(o[1] for o in other)} '
                  f'| {spread(m[1] / o[1] for m, o in zip(mine, other))} | {f"{statistics.median(f[1] for f in floor):.2f}" if reads else ""} |', flush=True)


if __name__ == '__main__':
    main()
