import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbers } from '../engine.js';
import { bytes, text } from '../text.js';

test('text goes to bytes and back as in Node', () => {
  for (const given of ['', 'plain', 'ü€😀', 'a'.repeat(10_000), '\u{10ffff}\ud7ff\ue000', '\ud800x']) {
    const expected = new TextEncoder().encode(given);
    assert.deepEqual(bytes(given), expected);
    assert.equal(text(expected), new TextDecoder().decode(expected));
  }
});

test('a byte order mark is left out', () => {
  assert.equal(text(bytes('\ufeffid')), 'id');
  assert.equal(text(bytes('\ufeffid'), { ignoreBOM: true }), '\ufeffid');
});

test('what is no UTF-8 is replaced as in Node', () => {
  const next = numbers(7);
  const leads = [0x41, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff, 0x9f, 0xa0, 0x90, 0x8f];
  for (let round = 0; round < 20_000; round += 1) {
    const given = Uint8Array.from({ length: 1 + Math.floor(next() * 6) }, () => leads[Math.floor(next() * leads.length)]);
    assert.equal(text(given), new TextDecoder().decode(given), [...given].join(' '));
  }
});

test('fatal text throws', () => {
  assert.throws(() => text(Uint8Array.of(0x41, 0xff), { fatal: true }), /no UTF-8 at byte 1/);
});
