// Where the records come from: an export of the portal, or files of the project.
import { fail } from '@tidegate/plugin';
import { readCsv } from './csv.js';

/** The most bytes of an export that are read. */
const MOST_BYTES = 8 * 1024 * 1024;

const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON; the engine's own words would quote what the export holds. */
function parsed(text) {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new SyntaxError('it is no JSON');
  }
}

/** The records of a JSON text; `path` leads to them, member by member. */
function readJson(text, path) {
  let value = parsed(text);
  for (const member of path === '' ? [] : path.split('.')) value = value?.[member];
  if (!Array.isArray(value) || !value.every(isRecord)) {
    throw new SyntaxError(path === '' ? 'it is no list of records; say under `records:` where they are' : `${path} is no list of records`);
  }
  const columns = [...new Set(value.flatMap((record) => Object.keys(record)))];
  return { columns, records: value.map((values) => ({ values, line: undefined })) };
}

function formatOf(given, kind, name) {
  if (given.format) return given.format;
  return /json/i.test(kind ?? '') || /\.json$/i.test(name) ? 'json' : 'csv';
}

function read(given, name, kind, text) {
  const found = formatOf(given, kind, name) === 'json' ? readJson(text, given.records) : readCsv(text, given);
  return { name, ...found };
}

/** The export of the portal; nothing when it is not there, which becomes a finding. */
function* route(check, given) {
  const response = check.get(given.route, { bodyLimit: MOST_BYTES, route: given.route.split('?')[0] });
  const kind = response.header('content-type');
  // A portal that wants a login first often answers 200 with a page.
  const there = response.ok && !/text\/html/i.test(kind ?? '');
  const evidence = { request: `GET ${given.route}`, status: response.status, 'content-type': kind };
  if (!check.expect(there, 'export-missing', `${given.route} answers ${response.status} without an export`, { evidence })) return;
  if (response.truncated) {
    check.inconclusive(`${given.route} is longer than 8 MiB, so that not every record can be looked at`);
    return;
  }
  try {
    yield { ...read(given, given.route, kind, response.text()), isFile: false };
  } catch (error) {
    unreadable(check, given.route, error);
  }
}

function* files(check, given) {
  const found = check.files.find(given.files);
  if (found.length === 0) fail(`no granted file matches ${given.files}`);
  for (const path of found) {
    const text = check.files.text(path, MOST_BYTES);
    try {
      yield { ...read(given, path, undefined, text), isFile: true };
    } catch (error) {
      unreadable(check, path, error);
    }
  }
}

function unreadable(check, name, error) {
  if (!(error instanceof SyntaxError)) throw error;
  check.finding('export-missing', `${name} cannot be read as an export`, { evidence: { fault: error.message }, subject: name });
}

/** The columns and the records of each export that the config names. */
export function* readSource(check, given) {
  if (given.route !== undefined) yield* route(check, given);
  if (given.files !== undefined) yield* files(check, given);
}
