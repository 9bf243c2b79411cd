// Runs a check under Node without a component: `node --import @tidegate/plugin/register --test`.
import { host } from '#host';
import { bytes as encoded } from './text.js';

const asBytes = (value) => (typeof value === 'string' ? encoded(value) : value);

/** An answer with a body of text or bytes. */
export function answer(body = '', { status = 200, headers = {}, truncated = false } = {}) {
  return { status, headers, body: asBytes(body), truncated };
}

/** An answer with a body of JSON. */
export function json(value, options = {}) {
  const headers = { 'content-type': 'application/json', ...options.headers };
  return answer(JSON.stringify(value), { ...options, headers });
}

/** No answer: an error of the interface, such as `noAnswer('connect', 'nobody answers')`. */
export function noAnswer(tag, val) {
  return { error: { tag, val } };
}

/** A check that came to no result. */
export class CheckFailed extends Error {
  constructor(failure) {
    super(`${failure.tag}: ${typeof failure.val === 'string' ? failure.val : JSON.stringify(failure.val)}`);
    this.name = 'CheckFailed';
    this.tag = failure.tag;
    this.val = failure.val;
  }
}

const HEADERS_NOT_THEIRS = ['host', 'cookie', 'authorization', 'connection', 'content-length', 'transfer-encoding'];

const READING = ['GET', 'HEAD', 'OPTIONS'];

/** A glob of the gate file as a regular expression: `*` stays in its folder, `**` does not. */
function globbed(glob) {
  const plain = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const made = plain.replace(/\*\*\/|\*\*|\*|\?/g, (sign) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' })[sign]);
  return new RegExp(`^${made}$`);
}

/** The fake host of one run. */
class FakeHost {
  requests = [];
  log = [];

  constructor(setup, asked) {
    this.setup = setup;
    this.asked = asked;
  }

  #asks(tag, val) {
    return this.asked.some(({ power }) => power.tag === tag && (val === undefined || power.val === val));
  }

  #refusal(request) {
    const { tag, val } = request.place;
    const reading = READING.includes(request.method);
    if (tag === 'target' && !this.#asks('target-write') && !(reading && this.#asks('target-read'))) {
      return `the check does not ask for target-${reading ? 'read' : 'write'}`;
    }
    if (tag === 'api' && !this.#asks('apis')) return 'the check does not ask for apis';
    if (tag === 'url' && !this.#asks('host', new URL(val).origin)) {
      return `the check does not ask for the host ${new URL(val).origin}`;
    }
    const identity = request.identity;
    if (identity && ![this.setup.identity, ...(this.setup.identities ?? [])].includes(identity)) {
      return `the gate file does not grant the identity ${identity}`;
    }
    return undefined;
  }

  send = (request) => {
    const refusal = this.#refusal(request);
    if (refusal) throw { tag: 'denied', val: refusal };
    const theirs = request.headers.find((header) => HEADERS_NOT_THEIRS.includes(header.name.toLowerCase()));
    if (theirs && !theirs.value.includes('${')) throw { tag: 'invalid', val: `${theirs.name} is not the plugin's to set` };
    const { tag, val } = request.place;
    const where = tag === 'api' ? `${val[0]}:${val[1]}` : val;
    const named = `${request.method} ${where}`;
    this.requests.push({ ...request, named });
    const prepared = this.setup.answers?.[named] ?? this.setup.answers?.[named.split('?')[0]];
    const given = typeof prepared === 'function' ? prepared(request) : prepared;
    if (given?.error) throw given.error;
    return this.#response(given ?? answer('', { status: 404 }), request, where);
  };

  #response(given, request, where) {
    const most = request.bodyLimit ?? 1024 * 1024;
    const headers = Object.entries(given.headers).map(([name, value]) => ({ name: name.toLowerCase(), value }));
    return {
      status: given.status,
      headers: headers.filter((header) => header.name !== 'set-cookie'),
      body: given.body.slice(0, most),
      truncated: given.truncated || given.body.length > most,
      url: where.startsWith('http') ? where : `http://target.example${where}`,
      redirects: [],
      timings: { firstByte: 1000, download: 100, total: 1100 },
    };
  }

  #granted() {
    const globs = this.asked.filter(({ power }) => power.tag === 'files').map(({ power }) => globbed(power.val));
    return Object.keys(this.setup.files ?? {}).filter((path) => globs.some((glob) => glob.test(path))).sort();
  }

  find = (glob) => {
    if (!this.#asks('files')) throw { tag: 'denied', val: 'the check asks for no files' };
    return this.#granted().filter((path) => globbed(glob).test(path));
  };

  read = (path, limit) => {
    if (!(path in (this.setup.files ?? {}))) throw { tag: 'missing', val: `there is no ${path}` };
    if (!this.#granted().includes(path)) throw { tag: 'denied', val: `the check does not ask for ${path}` };
    const content = asBytes(this.setup.files[path]);
    if (content.length > limit) throw { tag: 'too-large', val: limit };
    return content;
  };

  page = (after, limit) => {
    if (!this.#asks('recorded')) throw 'the check does not ask for what others recorded';
    const all = (this.setup.recorded ?? []).map(exchange);
    const part = all.slice(after, after + limit);
    return [part, after + limit < all.length ? after + limit : undefined];
  };

  write = (level, message) => {
    this.log.push({ level, message });
  };
}

function exchange(given) {
  const headers = Object.entries(given.headers ?? {}).map(([name, value]) => ({ name: name.toLowerCase(), value }));
  const empty = { check: 'other', method: 'GET', route: '/', url: 'http://target.example/', status: 200, truncated: false, provoked: false };
  return { ...empty, ...given, headers, body: asBytes(given.body ?? '') };
}

function context(setup) {
  return {
    check: 'test',
    target: 'http://target.example',
    environment: 'local',
    environmentKind: setup.environmentKind ?? 'local',
    deploy: setup.deploy,
    identity: setup.identity,
    identities: setup.identities ?? [],
    apis: setup.apis ?? [],
    now: new Date(setup.now ?? '2026-01-15T12:00:00Z').getTime(),
    seed: setup.seed ?? 1,
    mark: setup.mark ?? 'tidegate-test',
  };
}

/** Runs a check once; throws a CheckFailed when it comes to no result. */
export function runCheck(exported, setup = {}) {
  const fake = new FakeHost(setup, exported.description().capabilities);
  const real = { ...host };
  const [RealDate, random] = [Date, Math.random];
  Object.assign(host, { send: fake.send, find: fake.find, read: fake.read, page: fake.page, write: fake.write });
  try {
    const outcome = exported.run(JSON.stringify(setup.config ?? {}), context(setup));
    const codes = outcome.findings.map((finding) => finding.code);
    return { ...outcome, codes, requests: fake.requests, log: fake.log };
  } catch (error) {
    throw typeof error?.tag === 'string' ? new CheckFailed(error) : error;
  } finally {
    Object.assign(host, real);
    globalThis.Date = RealDate;
    Math.random = random;
  }
}
