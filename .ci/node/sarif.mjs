// node sarif.mjs FOLDER: holds every .sarif file of a folder against the standard and against what GitHub takes,
// as Microsoft's multitool knows both. An error and a warning fail.
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const folder = process.argv[2]
const files = readdirSync(folder).filter((name) => name.endsWith('.sarif'))
if (files.length === 0) {
  throw new Error(`${folder} has no SARIF report`)
}
const tool = createRequire(import.meta.url)('@microsoft/sarif-multitool-linux')
// npm may be set up to run no scripts of packages, which would do this.
chmodSync(tool, 0o755)
const log = join(folder, 'multitool.log')
const ran = spawnSync(
  tool,
  [
    'validate',
    ...files.map((name) => join(folder, name)),
    ...['--rule-kind', 'Sarif;Ghas', '--level', 'Error;Warning', '--kind', 'Fail'],
    ...['--log', 'ForceOverwrite', '--output', log],
  ],
  { encoding: 'utf8', env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' } },
)
if (ran.error) {
  throw ran.error
}
const runs = JSON.parse(readFileSync(log, 'utf8').replace(/^\uFEFF/, '')).runs
const scanned = ran.stdout.match(/(\d+) files? scanned/)
if (scanned === null || Number(scanned[1]) !== files.length) {
  throw new Error(`not every report was looked at:\n${ran.stdout}${ran.stderr}`)
}
const faults = runs.flatMap((run) => run.results ?? [])
const troubles = runs
  .flatMap((run) => run.invocations ?? [])
  .flatMap((one) => [...(one.toolExecutionNotifications ?? []), ...(one.toolConfigurationNotifications ?? [])])
  .filter((one) => one.level === 'error')
console.log(`${files.length} SARIF reports, ${faults.length} faults`)
for (const fault of [...faults, ...troubles].slice(0, 20)) {
  console.log(`${fault.ruleId ?? ''} ${JSON.stringify(fault.message)}`)
}
process.exit(faults.length + troubles.length === 0 ? 0 : 1)
