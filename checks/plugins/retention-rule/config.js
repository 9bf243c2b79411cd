// The schema of the config.

const days = (description) => ({ type: 'integer', minimum: 0, description });

export default {
  type: 'object',
  properties: {
    route: { type: 'string', pattern: '^/', description: 'The path of an export of the portal.' },
    files: { type: 'string', description: 'A glob of exports in the project, below `exports/`.' },
    format: { enum: ['csv', 'json'], description: 'How the export is written; its type or its name says so unless told.' },
    records: { type: 'string', default: '', description: 'In JSON, the member that holds the records, such as `data.items`; the whole unless told.' },
    comment: { type: 'string', default: '#', description: 'In CSV, what lines before the table begin with.' },
    delimiter: { enum: [',', ';', '\t', '|'], description: 'In CSV, what stands between fields; found out unless told.' },
    id: { type: 'string', default: 'id', description: 'The column that names a record.' },
    since: { type: 'string', description: 'The column with the date from which days count, such as `closed_on`. A record without one is still in use.' },
    dates: { enum: ['iso', 'day-first', 'month-first', 'unix'], default: 'iso', description: 'How dates are written.' },
    grace: { ...days('Days on top, for jobs that run at night and for time zones.'), default: 1 },
    'delete-after': days('Days after which a record must be gone.'),
    personal: { type: 'array', items: { type: 'string' }, default: [], description: 'The columns that say whom a record is about.' },
    'empty-after': days('Days after which those columns must be empty.'),
  },
  required: ['since'],
  additionalProperties: false,
};
