/// <reference types="@tidegate/plugin/markdown" />
import { ask, configFault, defineCheck } from '@tidegate/plugin';
import documentation from './check.md';
import config from './config.js';
import { daysBetween, moment } from './dates.js';
import { readSource } from './source.js';

/**
 * @typedef {object} Config
 * @property {string} [route]
 * @property {string} [files]
 * @property {'csv' | 'json'} [format]
 * @property {string} records
 * @property {string} comment
 * @property {string} [delimiter]
 * @property {string} id
 * @property {string} since
 * @property {'iso' | 'day-first' | 'month-first' | 'unix'} dates
 * @property {number} grace
 * @property {number} [delete-after]
 * @property {string[]} personal
 * @property {number} [empty-after]
 */

/** How many records a code is told of one by one. */
const MOST_TOLD = 20;

/** Tells records of one code, and of many only how many more there are. */
class Told {
  constructor(check, code, what) {
    Object.assign(this, { check, code, what, count: 0 });
  }

  record(title, about) {
    this.count += 1;
    if (this.count <= MOST_TOLD) this.check.finding(this.code, title, about);
  }

  end() {
    if (this.count > MOST_TOLD) this.check.note(`${this.count - MOST_TOLD} more records ${this.what}`);
  }
}

/** What a finding shows of a record: where it is, never what personal columns hold. */
function about(source, record, id, evidence) {
  const location = source.isFile ? { file: source.name, line: record.line } : undefined;
  return { location, evidence: { record: id, source: source.name, ...evidence }, subject: `${source.name} ${id}` };
}

const filled = (value) => value !== undefined && value !== null && String(value).trim() !== '';

function judge(check, given, source, told) {
  let open = 0;
  for (const [place, record] of source.records.entries()) {
    const id = filled(record.values[given.id]) ? String(record.values[given.id]) : `record ${place + 1}`;
    const text = record.values[given.since];
    if (!filled(text)) {
      open += 1;
      check.held();
      continue;
    }
    const since = moment(String(text), given.dates);
    if (since === undefined) {
      told.unreadable.record(`${id} in ${source.name} has no date in ${given.since} that can be read`, about(source, record, id, { expected: given.dates, actual: text }));
      continue;
    }
    judgeOne(check, given, source, told, { record, id, days: daysBetween(since, check.now.getTime()) });
  }
  if (open > 0) check.note(`${open} records of ${source.name} have no ${given.since} and are taken as still in use`);
}

function judgeOne(check, given, source, told, { record, id, days: age }) {
  const days = Math.floor(age);
  const deleteAfter = given['delete-after'];
  const emptyAfter = given['empty-after'];
  if (deleteAfter !== undefined && age > deleteAfter + given.grace) {
    told.kept.record(`${id} in ${source.name} is ${days} days old and should be deleted after ${deleteAfter}`, about(source, record, id, { expected: `deleted after ${deleteAfter} days`, actual: `${days} days` }));
    return;
  }
  const left = given.personal.filter((column) => filled(record.values[column]));
  if (emptyAfter !== undefined && age > emptyAfter + given.grace && left.length > 0) {
    told.personal.record(`${id} in ${source.name} still has ${left.join(', ')} after ${days} days`, about(source, record, id, { expected: `empty after ${emptyAfter} days`, actual: `${left.join(', ')} after ${days} days` }));
    return;
  }
  check.held();
}

/** Faults of the config that its schema cannot say. */
function demand(given) {
  if (given.route === undefined && given.files === undefined) {
    configFault('', 'nothing to look at', 'add `route:`, the path of an export, or `files:`, a glob below exports/');
  }
  if (given['delete-after'] === undefined && given['empty-after'] === undefined) {
    configFault('', 'no rule', 'add `delete-after:` or `empty-after:`, in days');
  }
  if (given['empty-after'] !== undefined && given.personal.length === 0) {
    configFault('/personal', 'no columns', 'name the columns that must be empty, such as [name, email]');
  }
}

/** Says which columns a source lacks; gives whether it has all. */
function hasColumns(check, given, source) {
  const needed = [given.since, ...(given['empty-after'] === undefined ? [] : given.personal)];
  const missing = needed.filter((name) => !source.columns.includes(name));
  return check.expect(missing.length === 0, 'column-missing', `${source.name} has no column ${missing.join(', ')}`, {
    evidence: { expected: needed.join(', '), actual: source.columns.join(', ') },
    location: source.isFile ? source.name : undefined,
    subject: `${source.name} ${missing.join(', ')}`,
  });
}

export const { description, run } = defineCheck({
  name: 'retention-rule',
  version: '0.1.0',
  summary: 'Exports hold nothing that should be deleted, and nobody’s data for longer than agreed',
  documentation,
  config,
  codes: {
    'kept-too-long': {
      summary: 'A record is kept for longer than agreed',
      severity: 'high',
      impact: 'Data that the client promised to delete is still there; a person or an authority may ask why.',
      remedy: 'Delete the record, and mend or start the job that should have done it.',
      effort: 'medium',
    },
    'personal-data-kept': {
      summary: 'A record still says whom it is about',
      severity: 'high',
      impact: 'Names and addresses are kept for longer than the privacy notice says.',
      remedy: 'Empty the personal columns of the record, and mend or start the job that should have done it.',
      effort: 'medium',
    },
    'unreadable-date': {
      summary: 'The age of a record is not known',
      severity: 'medium',
      impact: 'Nobody can say whether the record should be gone.',
      remedy: 'Write a real date in the column, or set `dates:` to the way in which dates are written.',
    },
    'column-missing': {
      summary: 'A column that the rule needs is missing',
      severity: 'medium',
      impact: 'The rule looks at nothing, so that old data goes unnoticed.',
      remedy: 'Bring the column back, or give its new name in the gate file.',
    },
    'export-missing': {
      summary: 'The export cannot be read',
      severity: 'high',
      impact: 'Whoever needs the export does not get it, and nothing can be said about old data.',
      remedy: 'Make the route answer 200 with the export for this identity.',
    },
  },
  asks: [
    ask.targetRead('to read the export', { optional: true }),
    ask.files('exports/**/*.csv', 'to read exports that lie in the project', { optional: true }),
    ask.files('exports/**/*.json', 'to read exports that lie in the project', { optional: true }),
  ],

  run(check, /** @type {Config} */ given) {
    demand(given);
    const told = {
      kept: new Told(check, 'kept-too-long', 'are kept for longer than agreed'),
      personal: new Told(check, 'personal-data-kept', 'still say whom they are about'),
      unreadable: new Told(check, 'unreadable-date', 'have no date that can be read'),
    };
    let records = 0;
    for (const source of readSource(check, given)) {
      records += source.records.length;
      check.metric('records', source.records.length, { subject: source.name });
      if (source.records.length > 0 && hasColumns(check, given, source)) judge(check, given, source, told);
    }
    Object.values(told).forEach((one) => one.end());
    const { findings, inconclusive } = check.outcome();
    if (records === 0 && findings.length === 0 && !inconclusive) check.inconclusive('the exports hold no record, so that nothing was looked at');
  },
});
