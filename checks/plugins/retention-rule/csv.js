// CSV as RFC 4180 has it, and as spreadsheets write it: `;` or tabs between fields, a byte order mark, single LFs.

const DELIMITERS = [',', ';', '\t'];

/** The sign that stands between the names of the columns: the most frequent one outside quotes. */
export function delimiterOf(line) {
  const outside = line.replace(/"[^"]*"/g, '');
  const counted = DELIMITERS.map((sign) => [sign, outside.split(sign).length]);
  return counted.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** Takes rows apart: each with its fields and the line where it begins, from 1. */
class Rows {
  constructor(text, delimiter) {
    this.text = text;
    this.delimiter = delimiter;
    this.at = 0;
    this.line = 1;
    this.lineEnd = -1;
    this.fieldEnd = -1;
  }

  /** A field in quotes; `""` in it is one quote. */
  quoted() {
    let value = '';
    const begun = this.line;
    for (;;) {
      const end = this.text.indexOf('"', this.at + 1);
      if (end < 0) throw new SyntaxError(`line ${begun}: a quote is not closed`);
      const part = this.text.slice(this.at + 1, end);
      value += part;
      this.line += part.split('\n').length - 1;
      this.at = end;
      if (this.text[end + 1] !== '"') break;
      value += '"';
      this.at = end + 1;
    }
    this.at += 1;
    return value + this.plain();
  }

  /** Where a sign comes next, or the end of the text. */
  next(sign) {
    const found = this.text.indexOf(sign, this.at);
    return found < 0 ? this.text.length : found;
  }

  plain() {
    const begun = this.at;
    // Looked for once in each line: the line ends behind most of its fields.
    if (this.lineEnd < this.at) this.lineEnd = this.next('\n');
    if (this.fieldEnd < this.at) this.fieldEnd = this.next(this.delimiter);
    this.at = Math.min(this.lineEnd, this.fieldEnd);
    const end = this.at === this.lineEnd && this.text[this.at - 1] === '\r' ? this.at - 1 : this.at;
    return this.text.slice(begun, Math.max(begun, end));
  }

  row() {
    const fields = [];
    const line = this.line;
    for (;;) {
      fields.push(this.text[this.at] === '"' ? this.quoted() : this.plain());
      const sign = this.text[this.at];
      this.at += 1;
      if (sign !== this.delimiter) break;
    }
    this.line += 1;
    return { fields, line };
  }
}

/** The line where the table begins: behind comments and empty lines. */
function skipped(text, comment) {
  let at = 0;
  let line = 1;
  for (;;) {
    const end = text.indexOf('\n', at);
    const one = text.slice(at, end < 0 ? text.length : end).trim();
    const passed = one === '' || (comment !== '' && one.startsWith(comment));
    if (!passed || end < 0) return { at, line };
    at = end + 1;
    line += 1;
  }
}

/** The columns and the records of a table; throws a SyntaxError that names the line. */
export function readCsv(text, { comment = '#', delimiter } = {}) {
  const whole = text.replace(/^\ufeff/, '');
  const begin = skipped(whole, comment);
  const first = whole.slice(begin.at).split('\n', 1)[0];
  const rows = new Rows(whole, delimiter ?? delimiterOf(first));
  Object.assign(rows, begin);
  const columns = rows.row().fields.map((name) => name.trim());
  const records = [];
  while (rows.at < whole.length) {
    const { fields, line } = rows.row();
    if (fields.length === 1 && fields[0].trim() === '') continue;
    if (fields.length !== columns.length) {
      throw new SyntaxError(`line ${line}: it has ${fields.length} fields, and there are ${columns.length} columns`);
    }
    records.push({ line, values: Object.fromEntries(columns.map((name, place) => [name, fields[place]])) });
  }
  return { columns, records };
}
