import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CheckFailed, answer, json, noAnswer, runCheck } from '@tidegate/plugin/testing';
import * as check from './check.js';

const now = '2026-03-01T06:00:00Z';
const rule = { route: '/export', since: 'closed_on', 'delete-after': 365, personal: ['name', 'email'], 'empty-after': 90 };
const csv = (...rows) => answer(['id,name,email,closed_on', ...rows, ''].join('\r\n'), { headers: { 'content-type': 'text/csv; charset=utf-8' } });
const ran = (given, config = {}, more = {}) => runCheck(check, { config: { ...rule, ...config }, answers: { 'GET /export': given }, now, ...more });

test('an export that is as agreed passes', () => {
  const outcome = ran(csv('1,Ida,ida@x.example,', '2,Jun,jun@x.example,2026-02-01', '3,,,2025-10-01'));
  assert.deepEqual(outcome.codes, []);
  // The export, its columns and three records.
  assert.equal(outcome.evaluated, 5);
  assert.deepEqual(outcome.notes, ['1 records of /export have no closed_on and are taken as still in use']);
});

test('a record that should be gone is told once, without what it holds', () => {
  const outcome = ran(csv('9,Eva Brandt,eva@x.example,2024-12-31'));
  assert.deepEqual(outcome.codes, ['kept-too-long']);
  assert.match(outcome.findings[0].title, /9 in \/export is 424 days old/);
  assert.doesNotMatch(JSON.stringify(outcome), /Eva|eva@/);
  assert.equal(outcome.findings[0].location, undefined);
});

test('personal columns that should be empty are told by name', () => {
  const outcome = ran(csv('7,Nora,,2025-11-01', '8, ,,2025-11-01'));
  assert.deepEqual(outcome.codes, ['personal-data-kept']);
  assert.match(outcome.findings[0].title, /^7 in \/export still has name after/);
});

test('the day on which it must be gone, the grace, and time zones', () => {
  const on = (date, config) => ran(csv(`1,,,${date}`), config).codes;
  // 365 days and one of grace before 1 March 2026, 06:00 UTC.
  assert.deepEqual(on('2025-02-28T06:00:00Z'), []);
  assert.deepEqual(on('2025-02-28T06:00:00Z', { grace: 0 }), ['kept-too-long']);
  assert.deepEqual(on('2025-02-28T05:59:59Z'), ['kept-too-long']);
  assert.deepEqual(on('2025-02-28T07:59:59+02:00'), ['kept-too-long']);
  assert.deepEqual(on('2025-02-28 05:59'), ['kept-too-long']);
  assert.deepEqual(on('2025-02-28T05:00:00.000-02:00'), []);
  // A day alone is its end.
  assert.deepEqual(on('2025-02-28'), []);
  assert.deepEqual(on('2025-02-27'), ['kept-too-long']);
  // A date in the future is not old.
  assert.deepEqual(on('2027-01-01'), []);
});

test('a date that cannot be read is told', () => {
  for (const date of ['2025-02-30', '30.01.2025', 'yesterday', '2025-13-01', '2025-01-01T25:00', '0']) {
    assert.deepEqual(ran(csv(`1,,,${date}`)).codes, ['unreadable-date'], date);
  }
  assert.deepEqual(ran(csv('1,,,"29.02.2024"'), { dates: 'day-first' }).codes, ['kept-too-long']);
  assert.deepEqual(ran(csv('1,,,2/29/2024'), { dates: 'month-first' }).codes, ['kept-too-long']);
  assert.deepEqual(ran(csv('1,,,1700000000'), { dates: 'unix' }).codes, ['kept-too-long']);
  assert.deepEqual(ran(csv('1,,,29.02.2023'), { dates: 'day-first' }).codes, ['unreadable-date']);
});

test('quotes, semicolons, a byte order mark, comments and lines in fields', () => {
  const text = '\ufeff# Acme\r\n\r\n# Enquiries; all\r\n"id";"name";note;closed_on;email\r\n1;"a ""b"";\r\nc";x;2020-01-01;\r\n2;;"";2026-02-28;\r\n';
  const outcome = runCheck(check, { config: { ...rule, route: undefined, files: 'exports/*.csv' }, files: { 'exports/a.csv': text }, now });
  assert.deepEqual(outcome.codes, ['kept-too-long']);
  assert.deepEqual(outcome.findings[0].location, { file: 'exports/a.csv', line: 5 });
  assert.equal(outcome.metrics[0].value, 2);
});

test('what is no table is told with its line', () => {
  for (const [text, line] of [['id,name,email,closed_on\n1,"a,b,c\n', 2], ['id,name,email,closed_on\n1,a,b,2025-01-01\n1,a\n', 3]]) {
    const outcome = ran(answer(text, { headers: { 'content-type': 'text/csv' } }));
    assert.deepEqual(outcome.codes, ['export-missing']);
    assert.match(outcome.findings[0].evidence[0].text, new RegExp(`line ${line}:`));
  }
});

test('a column that is gone is told', () => {
  const outcome = ran(answer('id,name,e-mail,closed\n1,a,b,2020-01-01\n'));
  assert.deepEqual(outcome.codes, ['column-missing']);
  assert.match(outcome.findings[0].title, /email|closed_on/);
});

test('JSON, at the top and inside', () => {
  const record = { id: 5, name: 'Ida', email: null, closed_on: '2020-05-05' };
  assert.deepEqual(ran(json([record])).codes, ['kept-too-long']);
  assert.deepEqual(ran(json({ data: { items: [record] } }), { records: 'data.items' }).codes, ['kept-too-long']);
  assert.deepEqual(ran(json({ data: {} }), { records: 'data.items' }).codes, ['export-missing']);
  const broken = ran(answer('{"name": "Eva', { headers: { 'content-type': 'application/json' } }));
  assert.deepEqual(broken.codes, ['export-missing']);
  assert.doesNotMatch(JSON.stringify(broken), /Eva/);
});

test('an export that is not there is told, a page for the login, too', () => {
  assert.deepEqual(ran(answer('', { status: 403 })).codes, ['export-missing']);
  assert.deepEqual(ran(answer('<html>', { headers: { 'content-type': 'text/html' } })).codes, ['export-missing']);
});

test('nothing looked at is no evidence', () => {
  assert.match(ran(csv()).inconclusive, /no record/);
  assert.match(ran(answer('x', { truncated: true })).inconclusive, /8 MiB/);
  assert.throws(() => ran(noAnswer('connect', 'nobody')), CheckFailed);
});

test('of many records only some are told one by one', () => {
  const outcome = ran(csv(...Array.from({ length: 30 }, (_, at) => `${at},,,2020-01-01`)));
  assert.equal(outcome.findings.length, 20);
  assert.deepEqual(outcome.notes, ['10 more records are kept for longer than agreed']);
});

test('a config that says nothing is a fault', () => {
  const fault = (config) => {
    try {
      runCheck(check, { config, now });
    } catch (error) {
      return error.val.pointer;
    }
    return undefined;
  };
  assert.equal(fault({ since: 'a', 'delete-after': 1 }), '');
  assert.equal(fault({ since: 'a', route: '/x' }), '');
  assert.equal(fault({ since: 'a', route: '/x', 'empty-after': 1 }), '/personal');
});
