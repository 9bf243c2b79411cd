// Requests, in the words of a check.
import { host } from '#host';
import { HttpError, calling } from './errors.js';
import { Response } from './response.js';
import { bytes } from './text.js';

const pair = ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;

/** The pairs of a query or a form; a list gives one pair for each of its items. */
function pairs(values) {
  const flat = Object.entries(values).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return flat.filter(([, value]) => value !== undefined && value !== null).map(pair).join('&');
}

function withQuery(path, query) {
  const added = query ? pairs(query) : '';
  if (!added) return path;
  return path + (path.includes('?') ? '&' : '?') + added;
}

/** The bytes to send, and the type to send them as. */
function payload({ json, form, body }) {
  if (json !== undefined) return { body: bytes(JSON.stringify(json)), type: 'application/json' };
  if (form !== undefined) return { body: bytes(pairs(form)), type: 'application/x-www-form-urlencoded' };
  if (typeof body === 'string') return { body: bytes(body), type: 'text/plain; charset=utf-8' };
  return { body };
}

function headers(given = {}, type) {
  const list = Object.entries(given).map(([name, value]) => ({ name, value: String(value) }));
  const typed = list.some((header) => header.name.toLowerCase() === 'content-type');
  return type && !typed ? [...list, { name: 'content-type', value: type }] : list;
}

/** Sends requests to one place as one identity. */
export class Sender {
  #identity;
  #api;

  constructor(identity, api) {
    this.#identity = identity;
    this.#api = api;
  }

  /** The same place, as an identity of the gate file. */
  asIdentity(name) {
    return new Sender(name, this.#api);
  }

  /** The same place, as nobody. */
  asNobody() {
    return new Sender('', this.#api);
  }

  /** An entry under `apis:` of the gate file, as the same identity. */
  api(name) {
    return new Sender(this.#identity, name);
  }

  #place(path) {
    if (/^https?:\/\//i.test(path)) return { tag: 'url', val: path };
    if (this.#api !== undefined) return { tag: 'api', val: [this.#api, path] };
    return { tag: 'target', val: path };
  }

  /** Sends a request and waits for the answer; throws an HttpError when there is none. */
  request(method, path, options = {}) {
    const { body, type } = payload(options);
    const what = `${method} ${path}`;
    const request = {
      method,
      place: this.#place(withQuery(path, options.query)),
      route: options.route,
      identity: this.#identity,
      headers: headers(options.headers, type),
      body,
      timeout: options.timeout,
      redirects: options.redirects ?? 0,
      bodyLimit: options.bodyLimit,
    };
    return new Response(calling(HttpError, what, () => host.send(request)), what);
  }

  get(path, options) {
    return this.request('GET', path, options);
  }

  head(path, options) {
    return this.request('HEAD', path, options);
  }

  post(path, options) {
    return this.request('POST', path, options);
  }

  put(path, options) {
    return this.request('PUT', path, options);
  }

  patch(path, options) {
    return this.request('PATCH', path, options);
  }

  delete(path, options) {
    return this.request('DELETE', path, options);
  }
}
