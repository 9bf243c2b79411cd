import type * as wit from './interface.js';

/** A prepared answer. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
  truncated: boolean;
}

/** No answer: an error of the interface. */
export interface NoAnswer {
  error: wit.HttpError;
}

/** How an answer differs from a plain 200. */
export interface AnswerOptions {
  status?: number;
  headers?: Record<string, string>;
  truncated?: boolean;
}

/** An answer with a body of text or bytes. */
export function answer(body?: string | Uint8Array, options?: AnswerOptions): Answer;

/** An answer with a body of JSON. */
export function json(value: unknown, options?: AnswerOptions): Answer;

/** No answer, such as `noAnswer('connect', 'nobody answers')`. */
export function noAnswer(tag: wit.HttpError['tag'], val: string): NoAnswer;

type Given = Answer | NoAnswer;

/** What a run finds around it. */
export interface Setup {
  /** The value under the plugin's key in the gate file; `{}` unless told. */
  config?: unknown;
  /** Answers by method and place: `GET /api/x`, `GET db:/rest/x` for an API, `GET https://…`; 404 for everything else. */
  answers?: Record<string, Given | ((request: wit.Request) => Given)>;
  /** Files of the project by path. */
  files?: Record<string, string | Uint8Array>;
  /** What other checks sent and received. */
  recorded?: (Partial<Omit<wit.Exchange, 'headers' | 'body'>> & { headers?: Record<string, string>; body?: string | Uint8Array })[];
  /** When the check begins; 2026-01-15T12:00:00Z unless told. */
  now?: string | Date;
  environmentKind?: wit.EnvironmentKind;
  deploy?: string;
  identity?: string;
  identities?: string[];
  apis?: string[];
  seed?: number;
  mark?: string;
}

/** What a run gave. */
export interface Ran extends wit.Outcome {
  /** The codes of the findings, in their order. */
  codes: string[];
  /** The requests that were sent; `named` is what `answers` calls them. */
  requests: (wit.Request & { named: string })[];
  log: { level: wit.Level; message: string }[];
}

/** A check that came to no result. */
export class CheckFailed extends Error {
  readonly tag: wit.Failure['tag'];
  readonly val: wit.Failure['val'];
}

/** Runs a check once; throws a CheckFailed when it comes to no result. */
export function runCheck(exported: wit.Plugin, setup?: Setup): Ran;
