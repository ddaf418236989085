// The review with keys, and with words that can be clicked. Without scripts it works by
// its buttons and the field for the words.
'use strict';

const form = document.getElementById('case');
const sheet = form && form.querySelector('.words-of');
const field = document.getElementById('words');
const moved = form && form.querySelector('.moved');

// The passage is cut into bits: words, the punctuation around them, and the spaces
// between. Writing without spaces is cut into letters.
const letters = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const cut = /(\s+)|([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*)|((?:(?!\s)[^\p{L}\p{N}\p{M}@#$&\p{So}])+)|((?:(?!\s)[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])+)/gu;
const tail = /^(.*?[\p{L}\p{N}\p{M}\p{So}])([^\p{L}\p{N}\p{M}\p{So}]+)$/su;

const bits = []; // spans
const words = []; // of these the indices that are no spaces
let begin = -1, end = -1; // indices of words
let found = [-1, -1];
let foundWords = '';
let wantLast = false; // the next click sets the last word
let written = false; // the words are written by hand

function add(into, text, space) {
  const span = document.createElement('span');
  span.textContent = text;
  if (!space) {
    span.className = 'w';
    span.dataset.n = words.length;
    words.push(bits.length);
  }
  bits.push(span);
  into.append(span);
}

function split(element) {
  const text = element.textContent;
  const into = document.createDocumentFragment();
  for (const [all, space, letter, marks, word] of text.matchAll(cut)) {
    const apart = word && word.match(tail);
    if (space) add(into, all, true);
    else if (apart) { add(into, apart[1]); add(into, apart[2]); }
    else add(into, all);
  }
  element.replaceChildren(into);
}

const textOf = (from, to) => bits.slice(words[from], words[to] + 1).map(b => b.textContent).join('');

function show() {
  bits.forEach((b, i) => b.classList.toggle('in', begin >= 0 && i >= words[begin] && i <= words[end]));
  words.forEach((w, i) => {
    bits[w].classList.toggle('first', changed() && i === begin);
    bits[w].classList.toggle('last', changed() && i === end);
  });
  if (!written) field.value = changed() ? textOf(begin, end) : foundWords;
  moved.hidden = !changed() && !written;
  if (moved.hidden) return;
  const sides = [begin !== found[0] && 'beginning', end !== found[1] && 'end'].filter(Boolean).join(' and the ');
  moved.querySelector('p').textContent = written ? 'You changed the words.' : `You moved the ${sides}. ` + (wantLast ? 'Now click the last word, if it is wrong too.' : '');
}

const changed = () => begin !== found[0] || end !== found[1];
const clamp = n => Math.max(0, Math.min(words.length - 1, n));

function set(from, to) {
  written = false;
  begin = clamp(from);
  end = Math.max(begin, clamp(to));
  show();
}

function putBack() {
  wantLast = written = false;
  [begin, end] = found;
  show();
}

// around is the word with its punctuation, up to the spaces on both sides.
function around(n) {
  const alone = i => letters.test(bits[words[i]].textContent);
  if (alone(n)) return [n, n];
  let from = n, to = n;
  while (from > 0 && words[from - 1] === words[from] - 1 && !alone(from - 1)) from--;
  while (to + 1 < words.length && words[to + 1] === words[to] + 1 && !alone(to + 1)) to++;
  return [from, to];
}

function pick(n, last) {
  const [from, to] = around(n);
  if (last || wantLast && to >= begin) {
    wantLast = false;
    set(begin < 0 ? from : Math.min(begin, from), to);
  } else {
    wantLast = true;
    set(from, Math.max(end, to));
  }
}

const wordAt = node => {
  const element = node && (node.nodeType === 1 ? node : node.parentElement);
  return element && element.closest('.words-of .w');
};

// dragged marks the words that were selected, exactly to the punctuation mark.
function dragged() {
  const s = getSelection();
  if (s.isCollapsed || !s.rangeCount || !sheet.contains(s.anchorNode) || !s.toString().trim()) return false;
  const r = s.getRangeAt(0);
  const within = words.map((w, i) => i).filter(i => r.intersectsNode(bits[words[i]]) && touches(r, bits[words[i]]));
  if (!within.length) return false;
  s.removeAllRanges();
  wantLast = false;
  set(within[0], within[within.length - 1]);
  return true;
}

// touches says whether a range holds a letter of an element, not only its edge.
function touches(range, element) {
  const r = document.createRange();
  r.selectNodeContents(element);
  return range.compareBoundaryPoints(Range.END_TO_START, r) < 0 && range.compareBoundaryPoints(Range.START_TO_END, r) > 0;
}

function start() {
  const mark = sheet.querySelector('mark');
  foundWords = field.value;
  for (const part of [...sheet.children]) {
    const at = words.length;
    split(part);
    if (part === mark && words.length > at) found = [at, words.length - 1];
  }
  [begin, end] = found;
  sheet.classList.add('live');
  sheet.classList.toggle('rtl', getComputedStyle(sheet).direction === 'rtl');
  form.querySelector('.with-script').hidden = false;
  show();
  sheet.addEventListener('click', e => {
    if (dragged()) return;
    const w = wordAt(e.target);
    if (w) pick(+w.dataset.n, e.shiftKey);
  });
  field.addEventListener('input', () => {
    written = field.value !== foundWords;
    [begin, end] = found;
    show();
  });
  sheet.addEventListener('mousedown', e => e.shiftKey && e.preventDefault()); // else it selects
  if (sheet.scrollHeight > sheet.clientHeight) {
    sheet.tabIndex = 0;
    sheet.scrollTop = Math.max(0, mark.offsetTop - sheet.offsetTop - 60);
  }
  const at = mark.getBoundingClientRect(), room = form.querySelector('.act').getBoundingClientRect().top;
  if (at.bottom > Math.min(room, innerHeight)) mark.scrollIntoView({ block: at.height > room / 2 ? 'start' : 'center' });
}

let sent = false;
document.addEventListener('submit', e => {
  if (sent) e.preventDefault();
  sent = true;
});
addEventListener('pageshow', () => { sent = false; });

// move answers the keys that move the beginning or the end.
function move(e) {
  const from = begin < 0 ? 0 : begin, to = end < 0 ? 0 : end;
  switch (e.key) {
    case '[': return set(Math.min(from - 1, to), to), true;
    case ']': return set(Math.min(from + 1, to), to), true;
    case '{': return set(from, Math.max(from, to - 1)), true;
    case '}': return set(from, to + 1), true;
    case 'ArrowLeft': return move({ key: e.shiftKey ? '{' : '[' });
    case 'ArrowRight': return move({ key: e.shiftKey ? '}' : ']' });
    case 'Enter': if (!moved.hidden) moved.querySelector('button').click(); return true;
    case 'Escape': return putBack(), true;
  }
  return false;
}

document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (e.key.length === 1 && document.documentElement.dataset.letterKeys === 'off') return; // see keys.js
  const on = e.target.closest('input, textarea, select, button, a, summary');
  if (on && on.matches('input:not([type=checkbox]), textarea, select')) {
    if (e.key === 'Escape') on.blur();
    return;
  }
  if (on && (e.key === 'Enter' || e.key === ' ')) return;
  if (e.repeat && !e.key.startsWith('Arrow') && !'[]{}'.includes(e.key)) return;
  if (sheet && move(e)) return e.preventDefault();
  const button = [...document.querySelectorAll('[data-key]')].find(b => b.dataset.key === e.key);
  if (!button || !button.offsetParent) return; // "right" is hidden while other words are marked
  e.preventDefault();
  button.click();
  if (e.key === 'e' && button.parentElement.open) field.focus();
});

const back = form && form.querySelector('[data-key=Escape]');
if (back) back.addEventListener('click', putBack);
if (sheet) start();

const query = document.getElementById('of');
if (query) query.addEventListener('input', () => { document.querySelector('input[name=sample][value=""]').checked = true; });
