// Holds the types of @tidegate/plugin against what is right and what is wrong; `tsc` runs it, nobody else does.
import { ask, defineCheck, HttpError } from '@tidegate/plugin';
import type { Plugin } from '@tidegate/plugin';
import { answer, json, noAnswer, runCheck } from '@tidegate/plugin/testing';

interface Config {
  path: string;
  days?: number;
}

const code = { summary: 's', severity: 'high', impact: 'i', remedy: 'r' } as const;

const plugin: Plugin = defineCheck({
  name: 'toy',
  version: '1.0.0',
  summary: 's',
  config: { type: 'object', properties: { path: { type: 'string' } } },
  codes: { 'too-old': code, 'no-answer': { ...code, effort: 'large' } },
  asks: [ask.targetRead('to read'), ask.host('https://api.example', 'to pay', { optional: true })],
  run(check, config: Config) {
    const days: number | undefined = config.days;
    const response = check.asIdentity('anna').post(config.path, { json: { days }, timeout: 10 });
    check.expect(response.ok, 'too-old', 'title', { evidence: { status: response.status }, severity: 'low' });
    check.finding('no-answer', 'title', { location: { file: 'a.csv', line: 3 } });
    for (const exchange of check.recorded()) check.log.info(exchange.text());
    check.metric('rows', 3, { unit: 'bytes' });
    // @ts-expect-error: the code is not declared
    check.finding('too-young', 'title');
    // @ts-expect-error: no such unit
    check.metric('rows', 3, { unit: 'miles' });
    // @ts-expect-error: no such severity
    check.finding('too-old', 'title', { severity: 'bad' });
    // @ts-expect-error: no such option
    check.get('/', { querry: {} });
  },
});

// @ts-expect-error: a code needs its impact and its remedy
defineCheck({ name: 'a', version: '1.0.0', summary: 's', codes: { bad: { summary: 's', severity: 'high' } }, run() {} });

const ran = runCheck(plugin, {
  config: { path: '/' },
  answers: { 'POST /': json([]), 'GET /': answer('x', { status: 404 }), 'GET /x': noAnswer('connect', 'nobody') },
});
const codes: string[] = ran.codes;
const tag: 'denied' | 'invalid' | 'dns' | 'connect' | 'tls' | 'timeout' | 'login' | 'broken' = ({} as HttpError).tag;
export { codes, tag };
