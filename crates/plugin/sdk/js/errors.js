// Errors that say what went wrong in the words of the interface: each has its `tag` and its `val`.

/** What a thrown error of the interface carries, whichever way the engine wraps it. */
function carried(error) {
  const value = error?.payload ?? error;
  return typeof value?.tag === 'string' ? value : undefined;
}

/** Why a check came to no result; thrown, it ends the check. */
export class Failure extends Error {
  constructor(tag, val) {
    super(typeof val === 'string' ? val : `${val.message}; ${val.help}`);
    this.name = 'Failure';
    this.tag = tag;
    this.val = val;
  }
}

/** Why nothing came back for a request. */
export class HttpError extends Error {
  constructor(tag, val, what) {
    super(`${what}: ${val}`);
    this.name = 'HttpError';
    this.tag = tag;
    this.val = val;
  }
}

/** Why a file cannot be read. */
export class FilesError extends Error {
  constructor(tag, val, what) {
    const message = tag === 'too-large' ? `it is larger than the limit of ${val} bytes` : val;
    super(`${what}: ${message}`);
    this.name = 'FilesError';
    this.tag = tag;
    this.val = val;
  }
}

/** Calls the host; what it throws becomes an error of this class that says what was tried. */
export function calling(ErrorClass, what, call) {
  try {
    return call();
  } catch (error) {
    const value = carried(error);
    if (!value) throw error;
    throw new ErrorClass(value.tag, value.val, what);
  }
}

/** What to use in the place of what the engine of a component lacks. */
const INSTEAD = {
  fetch: 'use check.get, check.post or check.request',
  XMLHttpRequest: 'use check.get, check.post or check.request',
  URL: 'give the path as text and its query as { query: { name: value } }',
  URLSearchParams: 'give the query of a request as { query: { name: value } }',
  setTimeout: 'a check has no timers; a request waits by itself, up to { timeout: milliseconds }',
  setInterval: 'a check has no timers; a request waits by itself, up to { timeout: milliseconds }',
  Intl: 'there are no locales; format dates and numbers yourself',
  crypto: 'there is no cryptography; check.context.seed is a number to begin from, and check.context.mark a text no other run uses',
  process: 'there is no process and no environment; what differs from gate to gate belongs into the config',
  require: 'use import; the build puts npm packages into the component',
  Buffer: 'use Uint8Array, and text(bytes) and bytes(text) of @tidegate/plugin',
  structuredClone: 'use JSON.parse(JSON.stringify(value))',
  performance: 'a check has no clock; response.timings says where the time of a request went',
};

function described(error) {
  if (!(error instanceof Error)) return `the check threw ${JSON.stringify(error) ?? String(error)}`;
  const missing = /^'?(\w+)'? is not defined$/.exec(error.message)?.[1];
  const help = Object.hasOwn(INSTEAD, missing ?? '') ? `; ${INSTEAD[missing]}` : '';
  const line = error.stack?.split('\n').find((one) => /^\s+at .*:\d+/.test(one)) ?? '';
  const place = /([^\s(]+:\d+)\)?$/.exec(line);
  return `${error.name}: ${error.message}${help}${place ? ` (at ${place[1]})` : ''}`;
}

/** Whatever a check threw, as a failure of the interface. */
export function asFailure(error) {
  if (error instanceof Failure) return { tag: error.tag, val: error.val };
  if (error instanceof HttpError || error instanceof FilesError) {
    const same = error.tag === 'denied' || error.tag === 'timeout';
    return { tag: same ? error.tag : 'failed', val: error.message };
  }
  const value = carried(error);
  if (value && ['config', 'denied', 'timeout', 'failed'].includes(value.tag)) return { tag: value.tag, val: value.val };
  return { tag: 'failed', val: described(error) };
}
