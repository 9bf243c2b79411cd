// `node --import @tidegate/plugin/register`: lets `import page from './check.md'` work as in the build.
import { register } from 'node:module';

const hooks = `
import { readFile } from 'node:fs/promises';
export async function load(url, context, next) {
  if (!url.endsWith('.md')) return next(url, context);
  const text = await readFile(new URL(url), 'utf8');
  return { format: 'module', shortCircuit: true, source: 'export default ' + JSON.stringify(text) + ';' };
}`;

register(`data:text/javascript,${encodeURIComponent(hooks)}`);
