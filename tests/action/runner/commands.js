// Workflow commands, found in the log as the runner finds them (ActionCommand.cs and
// ActionCommandManager.cs of actions/runner), and a little more leniently: an injection that works on some
// runner has to work here.

const REGISTERED = new Set([
  "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice", "remove-matcher",
  "save-state", "set-env", "set-output", "stop-commands", "warning",
]);
const ANNOTATIONS = { error: "error", warning: "warning", notice: "notice" };
const PER_LEVEL = 10;
const LONGEST_MESSAGE = 4096;
// Comparisons of the runner may pass over what has no width.
const WITHOUT_WIDTH = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;

const unescape = (text, pairs) => pairs.reduce((all, [from, to]) => all.replaceAll(from, to), text);
const LINES = [["%0D", "\r"], ["%0A", "\n"]];
const unescapeData = (text) => unescape(text, [...LINES, ["%25", "%"]]);
const unescapeProperty = (text) => unescape(text, [...LINES, ["%3A", ":"], ["%2C", ","], ["%25", "%"]]);
const unescapeOld = (text) => unescape(text, [["%3B", ";"], ...LINES, ["%5D", "]"], ["%25", "%"]]);

function properties(text, separator, unescaped) {
  const found = {};
  for (const part of text.split(separator)) {
    const at = part.indexOf("=");
    if (at > 0) {
      found[part.slice(0, at).trim().toLowerCase()] = unescaped(part.slice(at + 1));
    }
  }
  return found;
}

function command(info, separator, unescaped, known) {
  const [name] = info.split(" ", 1);
  if (!known(name.toLowerCase())) {
    return undefined;
  }
  return { name: name.toLowerCase(), properties: properties(info.slice(name.length), separator, unescaped) };
}

/** The command in a line of the log, if there is one. */
export function parse(raw, known = (name) => REGISTERED.has(name)) {
  const line = raw.replace(WITHOUT_WIDTH, "").replace(/^[\s\u0085]+/, "");
  if (line.startsWith("::")) {
    const end = line.indexOf("::", 2);
    const found = end > 0 && command(line.slice(2, end), ",", unescapeProperty, known);
    if (found) {
      return { ...found, data: unescapeData(line.slice(end + 2)) };
    }
  }
  const start = line.indexOf("##[");
  const end = start < 0 ? -1 : line.indexOf("]", start);
  const found = end > 0 && command(line.slice(start + 3, end), ";", unescapeOld, known);
  return found ? { ...found, data: unescapeOld(line.slice(end + 1)) } : undefined;
}

/** The log of a job, with what commands in it did. */
export class Log {
  lines = [];
  annotations = [];
  dropped = 0;
  refused = [];
  #masks;
  #stopped;

  constructor(masks) {
    this.#masks = masks.filter((mask) => mask !== "");
  }

  /** A step begins: it processes commands, whatever the one before has left. */
  begin() {
    this.#stopped = undefined;
  }

  mask(text) {
    return this.#masks.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  }

  line(raw) {
    const known = (name) => REGISTERED.has(name) || name === this.#stopped;
    const found = parse(raw, known);
    if (!found || (this.#stopped !== undefined && found.name !== this.#stopped)) {
      this.lines.push(this.mask(raw));
      return;
    }
    this.#process(found, raw);
  }

  #process({ name, properties, data }, raw) {
    if (name === this.#stopped) {
      this.#stopped = undefined;
    } else if (name === "stop-commands") {
      this.#stopped = data.toLowerCase();
    } else if (name === "add-mask") {
      this.#masks.push(...data.split(/\r?\n/).filter((mask) => mask !== ""));
      return;
    } else if (name in ANNOTATIONS) {
      this.annotate(ANNOTATIONS[name], data, properties);
      return;
    } else if (!["group", "endgroup", "debug"].includes(name)) {
      this.refused.push(raw);
    }
    this.lines.push(this.mask(raw));
  }

  annotate(level, message, properties = {}) {
    this.lines.push(this.mask(`##[${level}]${message}`));
    if (this.annotations.filter((each) => each.level === level).length >= PER_LEVEL) {
      this.dropped += 1;
      return;
    }
    const annotation = { level, message: this.mask(message).slice(0, LONGEST_MESSAGE) };
    for (const name of ["title", "file", "line", "endLine", "col", "endColumn"]) {
      const value = properties[name.toLowerCase()];
      if (value !== undefined) {
        annotation[name] = /line|col/i.test(name) ? Number(value) : this.mask(value);
      }
    }
    this.annotations.push(annotation);
  }
}
