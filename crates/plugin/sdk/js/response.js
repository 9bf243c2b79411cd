// What came back for a request.
import { Failure } from './errors.js';
import { text } from './text.js';

export class Response {
  constructor(raw, what) {
    this.what = what;
    this.status = raw.status;
    this.headers = raw.headers;
    this.body = raw.body;
    this.truncated = raw.truncated;
    this.url = raw.url;
    this.redirects = raw.redirects;
    this.timings = raw.timings;
  }

  /** Whether the status is from 200 to 299. */
  get ok() {
    return this.status >= 200 && this.status <= 299;
  }

  /** The value of a header, whatever the case of its name; `undefined` when there is none. */
  header(name) {
    const wanted = name.toLowerCase();
    return this.headers.find((header) => header.name === wanted)?.value;
  }

  /** The body as text (UTF-8, without its byte order mark). */
  text() {
    return text(this.body);
  }

  /** The body as JSON. Ends the check when it is none; look at `ok` first. */
  json() {
    if (this.truncated) {
      throw new Failure('failed', `${this.what}: the body is longer than what was kept; ask for more with bodyLimit`);
    }
    try {
      return JSON.parse(this.text());
    } catch {
      throw new Failure('failed', `${this.what}: status ${this.status}, and the body is no JSON`);
    }
  }
}
