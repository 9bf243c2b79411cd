// What a check is handed: requests, files, what other checks recorded, and the outcome that it fills.
import { host } from '#host';
import { Failure, FilesError, calling } from './errors.js';
import { Sender } from './sender.js';
import { text } from './text.js';

/** The most bytes that a file or one answer may have. */
const MOST_BYTES = 8 * 1024 * 1024;

/** How many recorded exchanges are asked for at once. */
const BATCH = 50;

/** Files of the project under the granted globs. */
const files = {
  find: (glob) => calling(FilesError, glob, () => host.find(glob)),
  bytes: (path, limit = MOST_BYTES) => calling(FilesError, path, () => host.read(path, limit)),
  text: (path, limit) => text(files.bytes(path, limit)),
  json(path, limit) {
    try {
      return JSON.parse(files.text(path, limit));
    } catch (error) {
      if (error instanceof SyntaxError) throw new Failure('failed', `${path}: it is no JSON: ${error.message}`);
      throw error;
    }
  },
};

/** What other checks sent and received, in its order. */
function* recorded() {
  let after = 0;
  while (after !== undefined && after !== null) {
    let page;
    try {
      page = host.page(after, BATCH);
    } catch (error) {
      const reason = error?.payload ?? error;
      if (typeof reason !== 'string') throw error;
      throw new Failure('denied', reason);
    }
    for (const exchange of page[0]) yield { ...exchange, text: () => text(exchange.body) };
    after = page[1];
  }
}

const log = {
  debug: (message) => host.write('debug', message),
  info: (message) => host.write('info', message),
  warn: (message) => host.write('warn', message),
};

function evidence(given = {}) {
  if (Array.isArray(given)) return given;
  const list = Object.entries(given).filter(([, value]) => value !== undefined);
  const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
  return list.map(([label, value]) => ({ label, text: shown(value) }));
}

function location(given) {
  if (given === undefined) return undefined;
  return typeof given === 'string' ? { file: given } : given;
}

/** A check that runs. */
export class Check extends Sender {
  #codes;
  #outcome = { evaluated: 0, findings: [], metrics: [], notes: [], inconclusive: undefined };

  constructor(context, codes) {
    super(undefined, undefined);
    this.context = context;
    this.files = files;
    this.log = log;
    this.#codes = codes;
  }

  /** When the check began. */
  get now() {
    return new Date(this.context.now);
  }

  /** What stands for a granted secret in a header; the check never sees its value. */
  secret(name) {
    return `\${${name}}`;
  }

  recorded() {
    return recorded();
  }

  /** Counts expectations that held; one without a number. */
  held(count = 1) {
    this.#outcome.evaluated += count;
  }

  /** Counts one expectation, and says what is wrong when it does not hold; gives whether it does. */
  expect(holds, code, title, about) {
    if (holds) this.held();
    else this.finding(code, title, about);
    return Boolean(holds);
  }

  /** Says what is wrong; counts as an expectation, too. */
  finding(code, title, about = {}) {
    if (!this.#codes.includes(code)) {
      throw new Failure('failed', `the code ${code} is not declared; declared are ${this.#codes.join(', ') || 'none'}`);
    }
    this.#outcome.evaluated += 1;
    this.#outcome.findings.push({
      code,
      title,
      severity: about.severity,
      confidence: about.confidence ?? 'high',
      location: location(about.location),
      evidence: evidence(about.evidence),
      remediation: about.remediation,
      subject: about.subject,
    });
  }

  /** Tells a measured number. */
  metric(name, value, { unit = 'count', subject = '' } = {}) {
    if (!Number.isFinite(value)) throw new Failure('failed', `the metric ${name} is no number: ${value}`);
    this.#outcome.metrics.push({ name, subject, unit, value });
  }

  /** Tells a reader something beside the findings. */
  note(text) {
    this.#outcome.notes.push(text);
  }

  /** Says that the check cannot tell, and why. */
  inconclusive(reason) {
    this.#outcome.inconclusive = reason;
  }

  /** What was found so far. */
  outcome() {
    return this.#outcome;
  }
}
