// Days and moments in the ways that exports write them.

const DAY = 24 * 60 * 60 * 1000;

const SHAPES = {
  iso: /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[T ](?<time>.+))?$/,
  'day-first': /^(?<day>\d{1,2})[./-](?<month>\d{1,2})[./-](?<year>\d{4})(?:,? (?<time>.+))?$/,
  'month-first': /^(?<month>\d{1,2})[./-](?<day>\d{1,2})[./-](?<year>\d{4})(?:,? (?<time>.+))?$/,
};

const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? ?(?:Z|UTC|(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2}))?$/;

/** Milliseconds into a day, in UTC; a time without a zone is taken as UTC. */
function ofDay(text) {
  const found = TIME.exec(text);
  if (!found) return undefined;
  const [hour, minute, second] = [found[1], found[2], found[3] ?? 0].map(Number);
  // 60 is a second that is put in between.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const { sign, hours, minutes } = found.groups;
  const zone = sign ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
  return ((hour * 60 + minute - zone) * 60 + second) * 1000;
}

/** The moment of a text, in milliseconds since 1970; `undefined` when it is none. A day alone is its end in UTC. */
export function moment(text, shape = 'iso') {
  const trimmed = text.trim();
  if (shape === 'unix') return /^\d{1,11}$/.test(trimmed) ? Number(trimmed) * 1000 : undefined;
  const groups = SHAPES[shape].exec(trimmed)?.groups;
  if (!groups) return undefined;
  const [year, month, day] = [groups.year, groups.month, groups.day].map(Number);
  const begin = Date.UTC(year, month - 1, day);
  const same = new Date(begin);
  // 30 February would become a day of March.
  if (same.getUTCMonth() !== month - 1 || same.getUTCDate() !== day) return undefined;
  if (groups.time === undefined) return begin + DAY - 1;
  const into = ofDay(groups.time);
  return into === undefined ? undefined : begin + into;
}

/** Days from one moment to another, and the part of a day. */
export function daysBetween(from, to) {
  return (to - from) / DAY;
}
