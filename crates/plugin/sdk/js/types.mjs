// Makes interface.d.ts of the interface: `node types.mjs`, and `node types.mjs --check` to see whether it is fresh.
//
// The types are those of componentize-qjs (https://github.com/andreiltd/componentize-qjs#wit-type-mappings): names in
// camelCase, an option may be left out, a list of bytes is a Uint8Array, every number a number.
import { readFileSync, writeFileSync } from 'node:fs';

const WIT = new URL('../../wit/check.wit', import.meta.url);
const MADE = new URL('interface.d.ts', import.meta.url);

const PLAIN = { string: 'string', bool: 'boolean', char: 'string' };

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const pascal = (name) => camel(`-${name}`);

/** Words, names and signs; a comment of three slashes is a token that keeps its text. */
function tokens(text) {
  const found = text.matchAll(/\/\/\/ ?(.*)|\/\/[^\n]*|[\w-]+:[\w-]+@[\d.]+\d|[\w-]*\w|->|[{}()<>,;:=.]/g);
  return [...found].filter(([all, doc]) => doc !== undefined || !all.startsWith('//')).map(([all, doc]) => ({ all, doc }));
}

class Reader {
  constructor(text) {
    this.tokens = tokens(text);
    this.at = 0;
  }

  get next() {
    return this.tokens[this.at]?.all;
  }

  take(wanted) {
    const token = this.tokens[this.at]?.all;
    if (wanted !== undefined && token !== wanted) throw new Error(`expected ${wanted}, found ${token} (token ${this.at})`);
    this.at += 1;
    return token;
  }

  /** The lines of the comment that stands here. */
  comment() {
    const lines = [];
    while (this.tokens[this.at]?.doc !== undefined) lines.push(this.tokens[this.at++].doc.replaceAll('*/', '*\\/'));
    return lines;
  }

  /** What stands between braces, each with its comment. */
  members(one) {
    const list = [];
    this.take('{');
    while (this.next !== '}') {
      const comment = this.comment();
      list.push({ comment, ...one() });
      if (this.next === ',') this.take();
    }
    this.take('}');
    return list;
  }

  /** A type as TypeScript has it. */
  type() {
    const name = this.take();
    if (name in PLAIN) return PLAIN[name];
    if (/^([us](8|16|32|64)|f(32|64))$/.test(name)) return 'number';
    if (this.next !== '<') return pascal(name);
    this.take('<');
    const inner = [];
    while (this.next !== '>') {
      if (name === 'list' && this.next === 'u8') {
        this.take();
        inner.push('u8');
      } else inner.push(this.type());
      if (this.next === ',') this.take();
    }
    this.take('>');
    if (name === 'option') return `${inner[0]} | null | undefined`;
    if (name === 'tuple') return `[${inner.join(', ')}]`;
    if (name === 'list') return inner[0] === 'u8' ? 'Uint8Array' : `${inner[0]}[]`;
    if (name === 'result') return inner;
    throw new Error(`no type of TypeScript for ${name}`);
  }
}

function commented(comment, by, extra = []) {
  const lines = [...comment, ...extra];
  if (lines.length === 0) return [];
  if (lines.length === 1) return [`${by}/** ${lines[0]} */`];
  return [`${by}/**`, ...lines.map((line) => `${by} * ${line}`.trimEnd()), `${by} */`];
}

function field(reader) {
  const name = reader.take();
  reader.take(':');
  return { name, type: reader.type() };
}

function record(name, fields) {
  const lines = fields.flatMap(({ comment, name, type }) => {
    const optional = type.endsWith('undefined') ? '?' : '';
    return [...commented(comment, '  '), `  ${camel(name)}${optional}: ${type};`];
  });
  return [`export interface ${pascal(name)} {`, ...lines, '}'];
}

function choice(name, cases) {
  const lines = cases.flatMap(({ comment, made }) => [...commented(comment, '  '), `  | ${made}`]);
  lines[lines.length - 1] += ';';
  return [`export type ${pascal(name)} =`, ...lines];
}

const caseOf = (reader) => () => {
  const name = reader.take();
  if (reader.next !== '(') return { made: `{ tag: '${name}' }` };
  reader.take('(');
  const type = reader.type();
  reader.take(')');
  return { made: `{ tag: '${name}'; val: ${type} }` };
};

function signature(reader) {
  reader.take('func');
  reader.take('(');
  const parameters = [];
  while (reader.next !== ')') {
    const { name, type } = field(reader);
    parameters.push(`${camel(name)}: ${type}`);
    if (reader.next === ',') reader.take();
  }
  reader.take(')');
  let [returned, thrown] = ['void'];
  if (reader.next === '->') {
    reader.take();
    const type = reader.type();
    [returned, thrown] = Array.isArray(type) ? type : [type];
  }
  reader.take(';');
  return { type: `(${parameters.join(', ')}): ${returned}`, thrown };
}

/** One declaration of an interface. */
function declaration(reader) {
  const comment = reader.comment();
  const word = reader.take();
  if (word === 'use') {
    while (reader.take() !== ';');
    return undefined;
  }
  if (word === 'record') {
    const name = reader.take();
    return { types: [...commented(comment, ''), ...record(name, reader.members(() => field(reader)))] };
  }
  if (word === 'enum' || word === 'variant') {
    const name = reader.take();
    const one = word === 'enum' ? () => ({ made: `'${reader.take()}'` }) : caseOf(reader);
    return { types: [...commented(comment, ''), ...choice(name, reader.members(one))] };
  }
  reader.take(':');
  const { type, thrown } = signature(reader);
  const throwing = thrown ? ['', `Throws \`${thrown}\`.`] : [];
  return { functions: [...commented(comment, '  ', throwing), `  export function ${camel(word)}${type};`] };
}

function interfaceOf(reader, home) {
  const comment = reader.comment();
  const kind = reader.take();
  const name = reader.take();
  reader.take('{');
  const found = [];
  while (reader.next !== '}') found.push(kind === 'world' ? exported(reader) : declaration(reader));
  reader.take('}');
  const types = found.flatMap((one) => (one?.types ? [...one.types, ''] : []));
  const functions = found.flatMap((one) => one?.functions ?? []);
  return { comment, kind, types, functions, module: `${home.name}/${name}@${home.version}` };
}

/** What a world exports, as the methods of one type. */
function exported(reader) {
  const comment = reader.comment();
  const word = reader.take();
  if (word !== 'export') {
    let sign = word;
    while (sign !== ';') sign = reader.take();
    return undefined;
  }
  const name = reader.take();
  reader.take(':');
  const { type, thrown } = signature(reader);
  const throwing = thrown ? ['', `Throws \`${thrown}\`.`] : [];
  return { functions: [...commented(comment, '  ', throwing), `  ${camel(name)}${type};`] };
}

function made(text) {
  const reader = new Reader(text);
  const about = reader.comment();
  reader.take('package');
  const [name, version] = reader.take().split('@');
  reader.take(';');
  const parts = [];
  while (reader.next !== undefined) parts.push(interfaceOf(reader, { name, version }));
  const lines = ['// Made by types.mjs of crates/plugin/wit/check.wit; do not change it by hand.', ...commented(about, ''), ''];
  for (const { types } of parts) lines.push(...types);
  const world = parts.find((part) => part.kind === 'world');
  lines.push(...commented(world.comment, ''), 'export interface Plugin {', ...world.functions, '}', '');
  for (const part of parts.filter((one) => one.kind === 'interface' && one.functions.length > 0)) {
    lines.push(...commented(part.comment, ''), `export interface ${pascal(part.module.match(/\/([\w-]+)@/)[1])}Functions {`);
    lines.push(...part.functions.map((line) => line.replace('  export function ', '  ')), '}', '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

const text = made(readFileSync(WIT, 'utf8'));
if (!process.argv.includes('--check')) {
  writeFileSync(MADE, text);
} else if (readFileSync(MADE, 'utf8') !== text) {
  console.error('interface.d.ts is not what crates/plugin/wit/check.wit says; run node crates/plugin/sdk/js/types.mjs');
  process.exitCode = 1;
}
