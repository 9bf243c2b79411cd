import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpError, FilesError, ask, configFault, defineCheck, denied, fail, timedOut } from '../index.js';
import { CheckFailed, answer, json, noAnswer, runCheck } from '../testing.js';

const CODE = { summary: 'bad', severity: 'high', impact: 'i', remedy: 'r' };

/** A check that asks for everything and runs this. */
const checking = (run, more = {}) =>
  defineCheck({
    name: 'toy',
    version: '1.0.0',
    summary: 's',
    codes: { bad: CODE },
    asks: [
      ask.targetWrite('w'),
      ask.apis('a'),
      ask.host('https://api.example', 'h'),
      ask.files('exports/**/*.csv', 'f'),
      ask.recorded('r'),
    ],
    run,
    ...more,
  });

const failureOf = (run, setup) => {
  try {
    runCheck(checking(run), setup);
  } catch (error) {
    assert.ok(error instanceof CheckFailed, String(error));
    return { tag: error.tag, val: error.val };
  }
  assert.fail('the check came to a result');
};

test('the description is what the interface wants', () => {
  const described = checking(() => {}, { asks: [ask.secret('KEY', 'to pay', { optional: true })] }).description();
  assert.deepEqual(described.codes, [{ slug: 'bad', effort: 'small', ...CODE }]);
  assert.deepEqual(described.capabilities, [{ power: { tag: 'secret', val: 'KEY' }, reason: 'to pay', optional: true }]);
  assert.equal(described.documentation, '');
  assert.equal(checking(() => {}, { documentation: 'a\r\nb\n' }).description().documentation, 'a\nb\n');
  assert.deepEqual(JSON.parse(described.configSchema), { type: 'object', additionalProperties: false });
});

test('an expectation counts whether it holds or not', () => {
  const ran = runCheck(checking((check) => {
    assert.equal(check.expect(1, 'bad', 'held'), true);
    assert.equal(check.expect(0, 'bad', 'broken', { evidence: { n: 1, none: undefined }, location: 'a.csv', subject: 's' }), false);
    check.held(3);
    check.metric('rows', 4, { unit: 'bytes' });
    check.note('seen');
    check.inconclusive('too few');
  }));
  assert.equal(ran.evaluated, 5);
  assert.equal(ran.findings.length, 1);
  assert.deepEqual(ran.findings[0].evidence, [{ label: 'n', text: '1' }]);
  assert.deepEqual(ran.findings[0].location, { file: 'a.csv' });
  assert.deepEqual(ran.metrics, [{ name: 'rows', subject: '', unit: 'bytes', value: 4 }]);
  assert.deepEqual([ran.notes, ran.inconclusive], [['seen'], 'too few']);
});

test('a code that is not declared and a metric that is no number end the check', () => {
  assert.match(failureOf((check) => check.finding('other', 't')).val, /other is not declared; declared are bad/);
  assert.match(failureOf((check) => check.metric('m', NaN)).val, /m is no number/);
});

test('what is thrown becomes a failure of the interface', () => {
  assert.deepEqual(failureOf(() => fail('f')), { tag: 'failed', val: 'f' });
  assert.deepEqual(failureOf(() => denied('d')), { tag: 'denied', val: 'd' });
  assert.deepEqual(failureOf(() => timedOut('t')), { tag: 'timeout', val: 't' });
  assert.deepEqual(failureOf(() => configFault('/a', 'm', 'h')), { tag: 'config', val: { pointer: '/a', message: 'm', help: 'h' } });
  assert.match(failureOf(() => null.x).val, /^TypeError: .* \(at .*check\.test\.js:\d+:\d+\)$/);
  assert.match(failureOf(() => { throw 'text'; }).val, /the check threw "text"/);
});

test('what the engine of a component lacks says what to use instead', () => {
  // The message of QuickJS: Node has these functions.
  assert.match(failureOf(() => { throw new ReferenceError('fetch is not defined'); }).val, /fetch is not defined; use check\.get/);
  assert.match(failureOf(() => { throw new ReferenceError("'setTimeout' is not defined"); }).val, /no timers/);
});

test('an async check is refused', () => {
  assert.match(failureOf(async () => {}).val, /leave out async/);
});

test('requests say where they go, as whom, and what they bring', () => {
  const ran = runCheck(checking((check) => {
    check.get('/a', { query: { q: 'x y', list: [1, 2], none: undefined }, route: '/a' });
    check.asIdentity('anna').post('/b?x=1', { json: { a: 'ü' }, query: { y: 2 }, timeout: 5, redirects: 3, bodyLimit: 9 });
    check.api('db').asNobody().put('/c', { form: { a: 'b c' } });
    check.get('https://api.example/d', { headers: { 'x-key': check.secret('KEY') } });
    check.patch('/e', { body: 'plain', headers: { 'Content-Type': 'text/x' } });
  }), { identities: ['anna'] });
  const named = ran.requests.map((request) => request.named);
  assert.deepEqual(named, ['GET /a?q=x%20y&list=1&list=2', 'POST /b?x=1&y=2', 'PUT db:/c', 'GET https://api.example/d', 'PATCH /e']);
  assert.deepEqual(ran.requests.map((request) => request.identity), [undefined, 'anna', '', undefined, undefined]);
  assert.deepEqual(ran.requests[1].headers, [{ name: 'content-type', value: 'application/json' }]);
  assert.equal(Buffer.from(ran.requests[1].body).toString(), '{"a":"ü"}');
  assert.equal(Buffer.from(ran.requests[2].body).toString(), 'a=b%20c');
  assert.deepEqual(ran.requests[3].headers, [{ name: 'x-key', value: '${KEY}' }]);
  assert.deepEqual(ran.requests[4].headers, [{ name: 'Content-Type', value: 'text/x' }]);
  assert.deepEqual([ran.requests[1].timeout, ran.requests[1].redirects, ran.requests[1].bodyLimit], [5, 3, 9]);
});

test('an answer gives its parts', () => {
  runCheck(checking((check) => {
    const response = check.get('/a');
    assert.deepEqual([response.status, response.ok, response.header('Content-Type')], [201, true, 'application/json']);
    assert.deepEqual(response.json(), { a: 1 });
  }), { answers: { 'GET /a': json({ a: 1 }, { status: 201 }) } });
});

test('a body that is no JSON, or cut off, ends the check', () => {
  const read = (check) => check.get('/a').json();
  assert.match(failureOf(read, { answers: { 'GET /a': answer('<html>') } }).val, /GET \/a: status 200, and the body is no JSON/);
  assert.match(failureOf(read, { answers: { 'GET /a': answer('{}', { truncated: true }) } }).val, /bodyLimit/);
});

test('an error of a request can be caught, and ends the check otherwise', () => {
  const answers = { 'GET /a': noAnswer('connect', 'nobody'), 'GET /slow': noAnswer('timeout', 'too slow'), 'GET /no': noAnswer('denied', 'not granted') };
  runCheck(checking((check) => {
    assert.throws(() => check.get('/a'), (error) => error instanceof HttpError && error.tag === 'connect' && error.val === 'nobody');
  }), { answers });
  const failed = (path) => failureOf((check) => check.get(path), { answers });
  assert.deepEqual(failed('/a'), { tag: 'failed', val: 'GET /a: nobody' });
  assert.deepEqual(failed('/slow').tag, 'timeout');
  assert.deepEqual(failed('/no').tag, 'denied');
});

test('files are found and read under the globs that are asked for', () => {
  const files = { 'exports/2026/a.csv': '\ufeffid\n1', 'exports/b.csv': '[1]', 'secret.txt': 's' };
  runCheck(checking((check) => {
    assert.deepEqual(check.files.find('**/*.csv'), ['exports/2026/a.csv', 'exports/b.csv']);
    assert.deepEqual(check.files.find('exports/*.csv'), ['exports/b.csv']);
    assert.equal(check.files.text('exports/2026/a.csv'), 'id\n1');
    assert.deepEqual(check.files.json('exports/b.csv'), [1]);
    assert.throws(() => check.files.text('secret.txt'), (error) => error instanceof FilesError && error.tag === 'denied');
    assert.throws(() => check.files.text('exports/c.csv'), (error) => error.tag === 'missing');
    assert.throws(() => check.files.text('exports/b.csv', 2), (error) => error.tag === 'too-large' && error.val === 2);
  }), { files });
});

test('what others recorded comes page by page', () => {
  const recorded = Array.from({ length: 120 }, (_, at) => ({ route: `/r${at}`, body: `ü${at}`, headers: { 'X-A': 'b' } }));
  runCheck(checking((check) => {
    const all = [...check.recorded()];
    assert.equal(all.length, 120);
    assert.deepEqual([all[119].route, all[119].text(), all[119].headers[0].name], ['/r119', 'ü119', 'x-a']);
  }), { recorded });
});

test('what is not asked for is denied by the fake host, too', () => {
  const bare = (run) => checking(run, { asks: [ask.targetRead('r')] });
  const tagOf = (run, setup) => {
    try {
      runCheck(bare(run), setup);
    } catch (error) {
      return error.tag;
    }
    return undefined;
  };
  assert.equal(tagOf((check) => check.get('/a')), undefined);
  for (const run of [
    (check) => check.post('/a'),
    (check) => check.api('db').get('/a'),
    (check) => check.get('https://api.example/'),
    (check) => check.files.find('*'),
    (check) => [...check.recorded()],
    (check) => check.asIdentity('boris').get('/a'),
  ]) assert.equal(tagOf(run), 'denied', String(run));
  assert.equal(tagOf((check) => check.get('/a', { headers: { Host: 'x' } })), 'failed');
});

test('defaults of the schema are filled in', () => {
  const config = {
    type: 'object',
    properties: {
      days: { type: 'integer', default: 30 },
      columns: { type: 'array', items: { type: 'object', properties: { keep: { type: 'boolean', default: false } } } },
      nested: { type: 'object', default: {}, properties: { a: { default: 'b' } } },
    },
  };
  let seen;
  runCheck(checking((check, given) => { seen = given; }, { config }), { config: { columns: [{}, { keep: true }] } });
  assert.deepEqual(seen, { days: 30, columns: [{ keep: false }, { keep: true }], nested: { a: 'b' } });
});

test('time and chance are the run’s', () => {
  const drawn = (seed) => {
    let value;
    runCheck(checking((check) => {
      assert.equal(new Date().toISOString(), '2026-02-03T00:00:00.000Z');
      assert.equal(Date.now(), check.now.getTime());
      assert.equal(new Date('2020-01-01').getUTCFullYear(), 2020);
      value = Math.random();
    }), { now: '2026-02-03', seed });
    return value;
  };
  assert.equal(drawn(1), drawn(1));
  assert.notEqual(drawn(1), drawn(2));
  assert.ok(Date.now() > Date.parse('2026-02-04'));
});
