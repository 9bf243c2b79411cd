// UTF-8, which the engine of a component does not bring along.

const REPLACEMENT = 0xfffd;

/** How many bytes follow a first byte, and the least character they may stand for. */
function shape(first) {
  if (first >= 0xc2 && first <= 0xdf) return [1, first & 0x1f, 0x80];
  if (first >= 0xe0 && first <= 0xef) return [2, first & 0x0f, 0x800];
  if (first >= 0xf0 && first <= 0xf4) return [3, first & 0x07, 0x10000];
  return undefined;
}

/** The character at a place that is no ASCII, and where the next one begins (the Encoding standard's UTF-8 decoder). */
function character(bytes, at) {
  const first = bytes[at];
  const found = shape(first);
  if (!found) return [undefined, at + 1];
  const [following, begun, least] = found;
  let code = begun;
  for (let step = 1; step <= following; step += 1) {
    const next = bytes[at + step];
    const cut = next === undefined || (next & 0xc0) !== 0x80;
    // The second byte tells what is too long, a surrogate, or beyond the last character.
    const range = step === 1 && !cut && !fits(first, next);
    if (cut || range) return [undefined, at + step];
    code = (code << 6) | (next & 0x3f);
  }
  return code >= least ? [code, at + following + 1] : [undefined, at + 1];
}

function fits(first, second) {
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second <= 0x9f;
  if (first === 0xf0) return second >= 0x90;
  if (first === 0xf4) return second <= 0x8f;
  return true;
}

/** How many characters become text at once: an engine takes only so many arguments. */
const PIECE = 4096;

/** The end of the plain ASCII from here, at most a piece away: most text is that, and goes fast. */
function asciiEnd(bytes, from) {
  const last = Math.min(bytes.length, from + PIECE);
  let at = from;
  while (at < last && bytes[at] < 0x80) at += 1;
  return at;
}

/** Bytes as text. A byte order mark at the beginning is left out; what is no UTF-8 becomes U+FFFD. */
export function text(bytes, { fatal = false, ignoreBOM = false } = {}) {
  const parts = [];
  let at = !ignoreBOM && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length) {
    const end = asciiEnd(bytes, at);
    if (end > at) parts.push(String.fromCharCode.apply(null, bytes.subarray(at, end)));
    at = end;
    const codes = [];
    while (at < bytes.length && bytes[at] >= 0x80 && codes.length < PIECE) {
      const [code, next] = character(bytes, at);
      if (code === undefined && fatal) throw new TypeError(`no UTF-8 at byte ${at}`);
      codes.push(code ?? REPLACEMENT);
      at = next;
    }
    parts.push(String.fromCodePoint(...codes));
  }
  return parts.join('');
}

/** Text as bytes of UTF-8; a lone surrogate becomes U+FFFD. */
export function bytes(text) {
  const made = [];
  for (const letter of text) {
    let code = letter.codePointAt(0);
    if (code >= 0xd800 && code <= 0xdfff) code = REPLACEMENT;
    if (code < 0x80) made.push(code);
    else if (code < 0x800) made.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) made.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else made.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Uint8Array.from(made);
}
