import type * as wit from './interface.js';

export type { Capability, Confidence, Context, EnvironmentKind, Evidence, Exchange, Header, Location, Outcome, Plugin, Severity, Timings, Unit } from './interface.js';

/** A JSON Schema (draft-07); `default` is filled in before the check sees its config. */
export interface Schema {
  type?: string;
  description?: string;
  default?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  [keyword: string]: unknown;
}

/** What a code is, by its slug. */
export type CodeText = Omit<wit.Code, 'slug' | 'effort'> & { effort?: wit.Effort };

/** A check. */
export interface Definition<Config, Slug extends string> {
  /** Its name: lowercase words with hyphens between them. A gate file calls it `plugin/NAME`. */
  name: string;
  /** Its own version (<https://semver.org>), such as `1.2.0`. */
  version: string;
  /** What it checks, in one line. */
  summary: string;
  /** Its page in Markdown; `import documentation from './check.md'`. */
  documentation?: string;
  /** The JSON Schema of its config; without one it takes none. */
  config?: Schema;
  /** Everything it can find, by slug. */
  codes: Record<Slug, CodeText>;
  /** The powers it asks for. */
  asks?: wit.Capability[];
  /** Runs the check. It is not async: requests wait by themselves. */
  run(check: Check<Slug>, config: Config): void;
}

/** Gives the functions that a component exports: `export const { description, run } = defineCheck({ … })`. */
export function defineCheck<Config, Slug extends string>(definition: Definition<Config, Slug>): wit.Plugin;

/** How a power is asked for. */
export interface Asking {
  /** Whether the check does something useful without it. */
  optional?: boolean;
}

/** The powers that a check can ask for, each with the reason that whoever grants it reads. */
export const ask: {
  /** Requests that read (`GET`, `HEAD`, `OPTIONS`) to the environment under test. */
  targetRead(reason: string, options?: Asking): wit.Capability;
  /** Requests of every method to the environment under test. */
  targetWrite(reason: string, options?: Asking): wit.Capability;
  /** Requests to origins under `apis:` of the gate file. */
  apis(reason: string, options?: Asking): wit.Capability;
  /** Requests to another origin, such as `https://api.stripe.com`. */
  host(origin: string, reason: string, options?: Asking): wit.Capability;
  /** The value of a secret, put into a header when the request is sent. */
  secret(name: string, reason: string, options?: Asking): wit.Capability;
  /** Files of the project whose path matches a glob. */
  files(glob: string, reason: string, options?: Asking): wit.Capability;
  /** What other checks sent and received. */
  recorded(reason: string, options?: Asking): wit.Capability;
};

type Value = string | number | boolean | null | undefined;

/** What a request has beside its method and its path. */
export interface Options {
  /** Pairs behind the path; a list gives one pair for each of its items. */
  query?: Record<string, Value | Value[]>;
  /** Headers; `check.secret('NAME')` stands for a granted secret in one. */
  headers?: Record<string, string | number>;
  /** A body of JSON. */
  json?: unknown;
  /** A body as a form sends it. */
  form?: Record<string, Value | Value[]>;
  /** Any other body. */
  body?: string | Uint8Array;
  /** The path without the parts that differ from request to request, for reports: `/api/invoices/{id}`. */
  route?: string;
  /** How long it may take, in milliseconds; 30,000 unless told. */
  timeout?: number;
  /** How many redirects are followed; none unless told. */
  redirects?: number;
  /** The most bytes of the body that are kept; 1 MiB unless told, 8 MiB at most. */
  bodyLimit?: number;
}

/** What came back for a request. */
export interface Response extends wit.Response {
  /** Whether the status is from 200 to 299. */
  readonly ok: boolean;
  /** The value of a header, whatever the case of its name. */
  header(name: string): string | undefined;
  /** The body as text (UTF-8, without its byte order mark). */
  text(): string;
  /** The body as JSON. Ends the check when it is none; look at `ok` first. */
  json(): any;
}

/** Sends requests to one place as one identity. A path is of that place, an `https://` address of a granted host. */
export interface Sender {
  /** The same place, as an identity of the gate file. */
  asIdentity(name: string): Sender;
  /** The same place, as nobody. */
  asNobody(): Sender;
  /** An entry under `apis:` of the gate file, as the same identity. */
  api(name: string): Sender;
  /** Sends a request and waits for the answer; throws an HttpError when there is none. */
  request(method: string, path: string, options?: Options): Response;
  get(path: string, options?: Options): Response;
  head(path: string, options?: Options): Response;
  post(path: string, options?: Options): Response;
  put(path: string, options?: Options): Response;
  patch(path: string, options?: Options): Response;
  delete(path: string, options?: Options): Response;
}

/** Files of the project under the granted globs; each throws a FilesError. */
export interface Files {
  /** The granted files that match a glob, sorted. */
  find(glob: string): string[];
  /** The content of a file of at most `limit` bytes (8 MiB unless told). */
  bytes(path: string, limit?: number): Uint8Array;
  /** The content as text (UTF-8, without its byte order mark). */
  text(path: string, limit?: number): string;
  /** The content as JSON; ends the check when it is none. */
  json(path: string, limit?: number): any;
}

/** Lines for whoever writes or debugs the plugin. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  /** Becomes a note of the report. */
  warn(message: string): void;
}

/** What a finding has beside its code and its title. */
export interface About {
  /** How bad it is, when that is not what its code says. */
  severity?: wit.Severity;
  /** How sure it is; high unless told. */
  confidence?: wit.Confidence;
  /** Where it is in a file of the project: its path, or path, line and column. */
  location?: string | wit.Location;
  /** How it is known: texts by their label. What is no text is written as JSON. */
  evidence?: Record<string, unknown> | wit.Evidence[];
  /** What to do about this one. */
  remediation?: string;
  /** What makes it the same finding in the next run, such as `invoice 17`; its title unless told. */
  subject?: string;
}

/** A check that runs; its requests go to the environment under test as the check's own identity. */
export interface Check<Slug extends string = string> extends Sender {
  /** What is known of the run around it. */
  readonly context: wit.Context;
  /** When the check began. */
  readonly now: Date;
  readonly files: Files;
  readonly log: Log;
  /** What stands for a granted secret in a header; the check never sees its value. */
  secret(name: string): string;
  /** What other checks sent and received, in its order. */
  recorded(): Generator<wit.Exchange & { text(): string }, void, undefined>;
  /** Counts expectations that held; one without a number. */
  held(count?: number): void;
  /** Counts one expectation, and says what is wrong when it does not hold; gives whether it does. */
  expect(holds: unknown, code: Slug, title: string, about?: About): boolean;
  /** Says what is wrong; counts as an expectation, too. */
  finding(code: Slug, title: string, about?: About): void;
  /** Tells a measured number. */
  metric(name: string, value: number, options?: { unit?: wit.Unit; subject?: string }): void;
  /** Tells a reader something beside the findings. */
  note(text: string): void;
  /** Says that the check cannot tell, and why. */
  inconclusive(reason: string): void;
  /** What was found so far. */
  outcome(): wit.Outcome;
}

/** Why a check came to no result; thrown, it ends the check. */
export class Failure extends Error {
  readonly tag: wit.Failure['tag'];
  readonly val: wit.Failure['val'];
}

/** Why nothing came back for a request. */
export class HttpError extends Error {
  readonly tag: wit.HttpError['tag'];
  readonly val: wit.HttpError['val'];
}

/** Why a file cannot be read. */
export class FilesError extends Error {
  readonly tag: wit.FilesError['tag'];
  readonly val: wit.FilesError['val'];
}

/** Ends the check without a result, because something failed. */
export function fail(message: string): never;

/** Ends the check without a result, because it lacks a power. */
export function denied(what: string): never;

/** Ends the check without a result, because something did not answer in time. */
export function timedOut(what: string): never;

/** Ends the check, because its config is wrong in a way that its schema cannot say. `pointer` is a JSON Pointer. */
export function configFault(pointer: string, message: string, help: string): never;

/** The value with the defaults of its schema put in where it says nothing. */
export function withDefaults(schema: Schema, value: unknown): unknown;

/** Bytes of UTF-8 as text; a byte order mark at the beginning is left out, what is no UTF-8 becomes U+FFFD. */
export function text(bytes: Uint8Array, options?: { fatal?: boolean; ignoreBOM?: boolean }): string;

/** Text as bytes of UTF-8. */
export function bytes(text: string): Uint8Array;
