// The harness itself: it has to find every command that a runner finds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Log, parse } from "./runner/commands.js";
import { condition, text } from "./runner/expressions.js";
import { pairs } from "./runner/files.js";

test("commands are found wherever the runner finds them", () => {
  const hostile = [
    "::error::x",
    "  \t::error::x",
    "\u00a0::error::x",
    "\u200b::error::x",
    "::ERROR file=a.js,line=1::x",
    "anything ##[error]x",
    "\u001b[31m##[error]x",
  ];
  for (const line of hostile) {
    assert.equal(parse(line)?.name, "error", JSON.stringify(line));
  }
  for (const line of ["a ::error::x", ": :error::x", "::errors::x", "# #[error]x", "\u001b[31m::error::x"]) {
    assert.equal(parse(line), undefined, JSON.stringify(line));
  }
});

test("what is escaped comes out whole", () => {
  const found = parse("::error file=a%2Cb,title=x%3A%3Ay::100%25%0Asecond %2525");
  assert.deepEqual(found.properties, { file: "a,b", title: "x::y" });
  assert.equal(found.data, "100%\nsecond %25");
});

test("a step shows ten annotations of a level, and stopped commands do nothing", () => {
  const log = new Log(["hunter22"]);
  for (let at = 0; at < 12; at += 1) {
    log.line(`::warning::${at} hunter22`);
  }
  log.line("::stop-commands::mark");
  log.line("::error::in between");
  log.line("::mark::");
  log.line("::error::after");
  assert.equal(log.annotations.length, 11);
  assert.equal(log.dropped, 2);
  assert.equal(log.annotations[0].message, "0 ***");
  assert.equal(log.annotations[10].message, "after");
  log.line("::add-mask::other");
  log.line("some other text");
  assert.equal(log.lines.at(-1), "some *** text");
});

test("outputs are read as the runner reads them", () => {
  assert.deepEqual(pairs("a=1\nb<<END\nx=y\nEN\nEND\nc=d<<e\n"), [["a", "1"], ["b", "x=y\nEN"], ["c", "d<<e"]]);
  assert.throws(() => pairs("b<<END\nnever ends\n"), /no delimiter/);
  assert.throws(() => pairs("nothing\n"), /invalid format/);
});

test("conditions without a status function hold only after success", () => {
  const contexts = { inputs: { a: "true" }, steps: {} };
  assert.equal(condition("inputs.a == 'true'", contexts, "failure"), false);
  assert.equal(condition("inputs.a == 'true'", contexts, "success"), true);
  assert.equal(condition("always()", contexts, "cancelled"), true);
  assert.equal(condition("!cancelled() && inputs.b == ''", contexts, "cancelled"), false);
  assert.equal(condition(undefined, contexts, "failure"), false);
  assert.equal(text("${{ inputs.b || inputs.a }}-${{ steps.run.outputs.x }}", contexts), "true-");
});
