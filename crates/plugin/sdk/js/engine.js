// What scripts expect of an engine and that of a component does not have, or would trap in.
import { bare, host } from '#host';
import { bytes, text } from './text.js';

function shown(value) {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return JSON.stringify(value) ?? String(value);
}

const writer = (level) => (...values) => host.write(level, values.map(shown).join(' '));

const console = {
  debug: writer('debug'),
  log: writer('info'),
  info: writer('info'),
  warn: writer('warn'),
  error: writer('warn'),
};

class TextDecoder {
  constructor(label = 'utf-8', options = {}) {
    if (!/^utf-?8$/i.test(label)) throw new RangeError(`a check decodes UTF-8 only, not ${label}`);
    this.encoding = 'utf-8';
    this.options = options;
  }

  decode(input = new Uint8Array()) {
    return text(input instanceof ArrayBuffer ? new Uint8Array(input) : input, this.options);
  }
}

class TextEncoder {
  encoding = 'utf-8';

  encode(input = '') {
    return bytes(input);
  }
}

/** Numbers from 0 to 1 that a seed decides (mulberry32, https://github.com/cprosche/mulberry32). */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const RealDate = Date;

/** A Date whose present is the time at which the check began. */
function dateAt(now) {
  return class Date extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(now);
      else super(...parts);
    }

    static now() {
      return now;
    }
  };
}

// Packages make their decoders while they are imported, before any check runs.
if (bare) Object.assign(globalThis, { console, TextDecoder, TextEncoder });

/** Makes `new Date()` and `Math.random()` what the run says: the clock of the engine would trap. */
export function prepare({ now, seed }) {
  globalThis.Date = dateAt(now);
  Math.random = numbers(seed);
  if (bare) delete globalThis.performance;
}
