#!/usr/bin/env python3
"""Times tweetarc beside what people would use in its place, in pairs.

    compare.py [--mb 1000] [--pairs 5] [--only detect,files] [--dir DIR] TWEETARC

It makes articles (the same each time; their words and lengths are as in the news),
and runs each pair of commands in turn on the same input, after a run that does not
count. It prints the table of BENCHMARKS.md: seconds, processor seconds and memory of
tweetarc; seconds and processor seconds of the reference; the ratios of the times,
pair by pair: median (least to most); and what no program could beat: the same bytes
read, or unpacked, and nothing else. A reference that is not installed is left out.

With --dir the inputs are kept there, for another time, and with --make they are all
that is made.
"""
import argparse
import itertools
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
        size = n = 0
        with open(path, 'w', encoding='utf-8') as f:
            while size < mb << 20:
                n += 1
                text = self.article(self.rnd.lognormvariate(7.9, .6), embed, near)
                size += f.write(json.dumps({'url': f'https://news.example/{n}', 'title': text[0][:60], 'author': self.rnd.choice(NAMES), 'text': '\n\n'.join(text)}) + '\n')


PLAIN = str.maketrans('“”().', '     ')
ALNUM = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

if __name__ == '__main__':
    Press().lines(sys.argv[1], int(sys.argv[2]), .03, .85)
