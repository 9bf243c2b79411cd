// Made by types.mjs of crates/plugin/wit/check.wit; do not change it by hand.
/**
 * What Tidegate and a plugin say to each other.
 *
 * A plugin is one check kind. It exports `description`, which is asked once and kept in `tidegate.lock`, and `run`,
 * which is asked for each check of a gate file. It has no file system, no clock, no randomness, no environment and no
 * socket: only what it imports from here, and of that only what it asked for and the gate file granted.
 *
 * Records, enums and variants are closed: whatever is added to one is a new version of this package. Tidegate runs
 * plugins of every version that it ever released.
 */

/** How bad a finding is. */
export type Severity =
  /** Worth knowing; only reported. */
  | 'info'
  /** A blemish; a warning unless the gate file says otherwise. */
  | 'low'
  /** Somebody will notice; blocks the deploy unless the gate file says otherwise, as all above it do. */
  | 'medium'
  /** A journey is broken, or data is at risk. */
  | 'high'
  /** Data leaks, or everybody is locked out. */
  | 'critical';

/** How sure a finding is. */
export type Confidence =
  /** A hint that a person should look at. */
  | 'low'
  /** Likely. */
  | 'medium'
  /** Observed. */
  | 'high';

/** How much work it usually is to mend a finding. */
export type Effort =
  /** Minutes. */
  | 'small'
  /** Hours. */
  | 'medium'
  /** Days. */
  | 'large';

/** One thing that a plugin can find. */
export interface Code {
  /**
   * Its name: lowercase words with hyphens between them, such as `total-differs`. Reports show it behind the
   * plugin's name: `plugin/invoice-totals/total-differs`.
   */
  slug: string;
  /** What is wrong, in one line without a full stop. */
  summary: string;
  /** How bad it is unless the finding or the gate file says otherwise. */
  severity: Severity;
  /** What it costs the business, in one sentence for a person who is not an engineer. */
  impact: string;
  /** How to mend it, in plain sentences. */
  remedy: string;
  /** How much work mending it usually is. */
  effort: Effort;
}

/** Something a plugin may do only when the gate file grants it. */
export type Power =
  /** Requests that read (`GET`, `HEAD`, `OPTIONS`) the environment under test. */
  | { tag: 'target-read' }
  /**
   * Requests of every method to the environment under test; never to a production environment that the gate
   * file does not open for writing.
   */
  | { tag: 'target-write' }
  /** Requests to the origins under `apis:` of the gate file that it names for this plugin. */
  | { tag: 'apis' }
  /**
   * Requests to another origin: scheme, host and, unless it is the scheme's own, port, such as
   * `https://api.stripe.com`.
   */
  | { tag: 'host'; val: string }
  /**
   * The value of a secret, by its name, put in the place of `${NAME}` in a header when the request is sent.
   * The plugin never sees it.
   */
  | { tag: 'secret'; val: string }
  /** Files of the project whose path matches a glob, such as `exports/**\/*.csv`. */
  | { tag: 'files'; val: string }
  /** What other checks of the run sent and received. A check with this power runs after those that have it not. */
  | { tag: 'recorded' };

/** A power that a plugin asks for. */
export interface Capability {
  /** Which one. */
  power: Power;
  /** What for, in one plain sentence: whoever grants it reads this. */
  reason: string;
  /** Whether the plugin does something useful without it. */
  optional: boolean;
}

/** What a plugin says about itself. */
export interface Description {
  /** Its name: lowercase words with hyphens between them. A gate file calls it `plugin/NAME`. */
  name: string;
  /** Its own version (<https://semver.org>), such as `1.2.0`. */
  version: string;
  /** What it checks, in one line. */
  summary: string;
  /** Its page in Markdown: what it does, why that matters, an example. Headings begin at `##`. */
  documentation: string;
  /** The JSON Schema (draft-07) of its config, as JSON text. The config is held against it before anything runs. */
  configSchema: string;
  /** Everything it can find. */
  codes: Code[];
  /** The powers it asks for. */
  capabilities: Capability[];
}

/** What sort of place an environment is. */
export type EnvironmentKind =
  /** A deploy made for one change. */
  | 'preview'
  /** A copy of production. */
  | 'staging'
  /** The machine that runs the check. */
  | 'local'
  /** Where clients work; only looked at. */
  | 'production';

/** What a check knows of the run around it. */
export interface Context {
  /** The id of the check in the gate file. */
  check: string;
  /** The address of the environment under test, without a slash at the end. */
  target: string;
  /** The name of the environment. */
  environment: string;
  /** What sort of place it is. */
  environmentKind: EnvironmentKind;
  /** The commit or deploy that is judged, when it is known. */
  deploy?: string | null | undefined;
  /** Who the check is, by `as:`; requests are sent as this identity unless they name another. */
  identity?: string | null | undefined;
  /** The identities that requests may name. */
  identities: string[];
  /** The names under `apis:` that requests may name. */
  apis: string[];
  /** The time of day when the check began, in milliseconds since 1970-01-01T00:00:00Z. */
  now: number;
  /** A number for whatever the plugin chooses at random; the same in a run with the same seed. */
  seed: number;
  /** A text that no other run uses, to mark what the check creates. */
  mark: string;
}

/** A piece of proof. */
export interface Evidence {
  /** What it is: `expected`, `actual`, `request`, `response`, … */
  label: string;
  /** What was seen; may have several lines. */
  text: string;
}

/** A place in a file of the project. */
export interface Location {
  /** Its path from the folder of the gate file, with forward slashes. */
  file: string;
  /** The line, from 1. */
  line?: number | null | undefined;
  /** The column in characters, from 1. */
  column?: number | null | undefined;
}

/** One thing that is wrong. */
export interface Finding {
  /** The slug of a code that the description declares. */
  code: string;
  /** What is wrong, in one plain sentence without a full stop. */
  title: string;
  /** How bad it is, when that is not what its code says. */
  severity?: Severity | null | undefined;
  /** How sure it is. */
  confidence: Confidence;
  /** Where it is, when it is in a file of the project; the check's line in the gate file otherwise. */
  location?: Location | null | undefined;
  /** How it is known. */
  evidence: Evidence[];
  /** What to do about this one, when its code's remedy is not all there is to say. */
  remediation?: string | null | undefined;
  /** What makes it the same finding in the next run, such as `invoice 17`; its title otherwise. */
  subject?: string | null | undefined;
}

/** The unit of a metric. */
export type Unit =
  /** Milliseconds. */
  | 'milliseconds'
  /** Bytes. */
  | 'bytes'
  /** A plain number. */
  | 'count';

/** Something measured. */
export interface Metric {
  /** What it is, such as `invoices`. */
  name: string;
  /** What it was measured on; empty for the whole check. */
  subject: string;
  /** Its unit. */
  unit: Unit;
  /** The value; a number that is neither infinite nor missing. */
  value: number;
}

/** What a check found. */
export interface Outcome {
  /** How many expectations were evaluated. With 0 the check has no evidence, and the deploy stops. */
  evaluated: number;
  /** What is wrong. */
  findings: Finding[];
  /** What was measured. */
  metrics: Metric[];
  /** What a reader should know beside the findings. */
  notes: string[];
  /** Why the check cannot say, in a plain sentence, when it cannot. */
  inconclusive?: string | null | undefined;
}

/** A fault in the config that its JSON Schema cannot express. */
export interface ConfigFault {
  /** Where, as a JSON Pointer (RFC 6901) such as `/limits/0`; empty for the whole config. */
  pointer: string;
  /** What is wrong, as a lowercase fragment. */
  message: string;
  /** What to write instead. */
  help: string;
}

/** Why a check came to no result. */
export type Failure =
  /** The config is wrong. */
  | { tag: 'config'; val: ConfigFault }
  /** It lacks a power, and says which and what for. */
  | { tag: 'denied'; val: string }
  /** Something did not answer in time. */
  | { tag: 'timeout'; val: string }
  /** Anything else, as a lowercase fragment. */
  | { tag: 'failed'; val: string };

/** A header. */
export interface Header {
  /** Its name, in any case. */
  name: string;
  /** Its value; `${NAME}` stands for a granted secret. */
  value: string;
}

/** Where a request goes. */
export type Place =
  /** A path of the environment under test, with its query: `/api/invoices?page=2`. */
  | { tag: 'target'; val: string }
  /** A path of an origin under `apis:`: its name, and the path. */
  | { tag: 'api'; val: [string, string] }
  /** A whole address of a granted host. */
  | { tag: 'url'; val: string };

/** A request. */
export interface Request {
  /** The method in capitals. */
  method: string;
  /** Where it goes. */
  place: Place;
  /**
   * The path without the parts that differ from request to request, for reports: `/api/invoices/{id}`.
   * The path itself when absent.
   */
  route?: string | null | undefined;
  /**
   * As which identity it is sent; the check's own when absent, and nobody when it is empty. A request to
   * another host is nobody's.
   */
  identity?: string | null | undefined;
  /**
   * Headers beside those of the environment and the identity. `host`, `cookie`, `authorization` of an identity
   * and whatever belongs to the connection are not the plugin's to set.
   */
  headers: Header[];
  /** What is sent. */
  body?: Uint8Array | null | undefined;
  /** How long it may take, in milliseconds; 30,000 when absent, and never longer than what is left of the check. */
  timeout?: number | null | undefined;
  /** How many redirects are followed; each is held against what is granted. */
  redirects: number;
  /** The most bytes of the response's body that are kept; 1 MiB when absent, 8 MiB at most. */
  bodyLimit?: number | null | undefined;
}

/**
 * Where the time went, in microseconds. What did not happen is absent: a connection that was used before needs no
 * `dns`, `connect` and `tls`.
 */
export interface Timings {
  /** The name of the host. */
  dns?: number | null | undefined;
  /** The connection. */
  connect?: number | null | undefined;
  /** Its encryption. */
  tls?: number | null | undefined;
  /** From the first byte sent to the first one of the answer. */
  firstByte: number;
  /** From there to the end of the body. */
  download: number;
  /** All of it, redirects included. */
  total: number;
}

/** What came back. */
export interface Response {
  /** The status. */
  status: number;
  /** Names in lowercase; `set-cookie` is left out, and secrets are replaced. */
  headers: Header[];
  /** The body, its encoding undone and secrets replaced. */
  body: Uint8Array;
  /** Whether there was more of it. */
  truncated: boolean;
  /** The address it came from. */
  url: string;
  /** The addresses that redirects led to. */
  redirects: string[];
  /** Where the time went. */
  timings: Timings;
}

/** Why nothing came back. */
export type HttpError =
  /** The gate file does not grant it, or no plugin may do it. Says what to grant. */
  | { tag: 'denied'; val: string }
  /** The request is no proper one. */
  | { tag: 'invalid'; val: string }
  /** The host's name leads nowhere. */
  | { tag: 'dns'; val: string }
  /** Nobody answers there. */
  | { tag: 'connect'; val: string }
  /** There is no secure connection. */
  | { tag: 'tls'; val: string }
  /** It took too long. */
  | { tag: 'timeout'; val: string }
  /** The login of the identity failed. */
  | { tag: 'login'; val: string }
  /** The connection broke, or the answer is no proper HTTP. */
  | { tag: 'broken'; val: string };

/** A request and its answer; credentials are replaced. */
export interface Exchange {
  /** The check that sent it. */
  check: string;
  /** As whom. */
  identity?: string | null | undefined;
  /** The method in capitals. */
  method: string;
  /** The path as the gate file has it: `/api/invoices/${id}`. */
  route: string;
  /** The address. */
  url: string;
  /** The status; absent when there was no answer. */
  status?: number | null | undefined;
  /** The headers of the answer, without `set-cookie`. */
  headers: Header[];
  /** The body of the answer as far as it was kept. */
  body: Uint8Array;
  /** Whether there was more of it. */
  truncated: boolean;
  /** Whether the check wanted a refusal or an error. */
  provoked: boolean;
}

/** Why a file cannot be read. */
export type FilesError =
  /** No granted glob matches it. */
  | { tag: 'denied'; val: string }
  /** There is no such file. */
  | { tag: 'missing'; val: string }
  /** It is larger than the limit, in bytes. */
  | { tag: 'too-large'; val: number }
  /** The system does not let it be read. */
  | { tag: 'unreadable'; val: string };

/** How much a line matters. */
export type Level =
  /** Shown by `tidegate plugin test`, and beside an error. */
  | 'debug'
  /** The same. */
  | 'info'
  /** Becomes a note of the report. */
  | 'warn';

/** A plugin. */
export interface Plugin {
  /** What the plugin says about itself; asked without any power, the same each time. */
  description(): Description;
  /**
   * Runs one check. `config` is the value under the plugin's key in the gate file as JSON; a secret in it is its
   * reference, `${NAME}`.
   *
   * Throws `Failure`.
   */
  run(config: string, context: Context): Outcome;
}

/** Requests, sent by Tidegate. */
export interface HttpFunctions {
  /**
   * Sends a request and waits for the answer.
   *
   * Throws `HttpError`.
   */
  send(request: Request): Response;
}

/** What other checks of the run sent and received. */
export interface RecordedFunctions {
  /**
   * The exchanges after the one with number `after` (0 for the first), at most `limit` of them, in their order; and
   * the number to ask for next, which is absent at the end.
   *
   * Throws `string`.
   */
  page(after: number, limit: number): [Exchange[], number | null | undefined];
}

/** Files of the project under the granted globs. */
export interface FilesFunctions {
  /**
   * The granted files that match a glob, sorted: paths from the folder of the gate file, with forward slashes.
   *
   * Throws `FilesError`.
   */
  find(glob: string): string[];
  /**
   * The content of a file of at most `limit` bytes (8 MiB at most).
   *
   * Throws `FilesError`.
   */
  read(path: string, limit: number): Uint8Array;
}

/** Lines for whoever writes or debugs the plugin. */
export interface LogFunctions {
  /** Writes a line. */
  write(level: Level, message: string): void;
}
