// Write a check for Tidegate in JavaScript or TypeScript.
import { Check } from './check.js';
import { prepare } from './engine.js';
import { Failure, FilesError, HttpError, asFailure } from './errors.js';
import { bytes, text } from './text.js';

export { Failure, FilesError, HttpError, bytes, text };

const asking = (tag) => (reason, options = {}) => ({ power: { tag }, reason, optional: options.optional ?? false });
const askingFor = (tag) => (val, reason, options = {}) => ({ power: { tag, val }, reason, optional: options.optional ?? false });

/** The powers that a check can ask for, each with the reason that whoever grants it reads. */
export const ask = {
  targetRead: asking('target-read'),
  targetWrite: asking('target-write'),
  apis: asking('apis'),
  host: askingFor('host'),
  secret: askingFor('secret'),
  files: askingFor('files'),
  recorded: asking('recorded'),
};

/** Ends the check without a result, because something failed. */
export function fail(message) {
  throw new Failure('failed', message);
}

/** Ends the check without a result, because it lacks a power. */
export function denied(what) {
  throw new Failure('denied', what);
}

/** Ends the check without a result, because something did not answer in time. */
export function timedOut(what) {
  throw new Failure('timeout', what);
}

/** Ends the check, because its config is wrong in a way that its schema cannot say. */
export function configFault(pointer, message, help) {
  throw new Failure('config', { pointer, message, help });
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value with the defaults of its schema put in where it says nothing. */
export function withDefaults(schema, value) {
  if (value === undefined && schema.default !== undefined) {
    return withDefaults(schema, JSON.parse(JSON.stringify(schema.default)));
  }
  if (Array.isArray(value) && schema.items) return value.map((item) => withDefaults(schema.items, item));
  if (!isObject(value)) return value;
  const whole = { ...value };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const filled = withDefaults(property, value[name]);
    if (filled !== undefined) whole[name] = filled;
  }
  return whole;
}

function codes(declared) {
  return Object.entries(declared).map(([slug, code]) => ({ slug, effort: 'small', ...code }));
}

function described(definition, schema) {
  return {
    name: definition.name,
    version: definition.version,
    summary: definition.summary,
    // A checkout under Windows has other line ends, which a page may not have.
    documentation: (definition.documentation ?? '').replaceAll('\r\n', '\n'),
    configSchema: JSON.stringify(schema),
    codes: codes(definition.codes),
    capabilities: definition.asks ?? [],
  };
}

const EMPTY = { type: 'object', additionalProperties: false };

/** A check: gives the functions that a component exports. */
export function defineCheck(definition) {
  const schema = definition.config ?? EMPTY;
  return {
    description: () => described(definition, schema),
    run(config, context) {
      prepare(context);
      try {
        const check = new Check(context, Object.keys(definition.codes));
        const value = withDefaults(schema, JSON.parse(config) ?? {});
        const returned = definition.run(check, value);
        if (typeof returned?.then === 'function') {
          throw new Failure('failed', 'the check is async; requests wait by themselves, so leave out async and await');
        }
        return check.outcome();
      } catch (error) {
        throw asFailure(error);
      }
    },
  };
}
