// What stands in `${{ }}` and behind `if:`, evaluated by GitHub's own package.

import { Evaluator, Lexer, Parser, data } from "@actions/expressions";
import { falsy } from "@actions/expressions/result";

const STATUS = ["always", "success", "failure", "cancelled"];

function functions(status) {
  const answers = {
    always: true,
    success: status === "success",
    failure: status === "failure",
    cancelled: status === "cancelled",
  };
  return STATUS.map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(answers[name]),
  }));
}

function evaluate(expression, contexts, status) {
  const known = functions(status);
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), known).parse();
  const context = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(parsed, context, new Map(known.map((each) => [each.name, each]))).evaluate();
}

/** A text with its `${{ }}` replaced. */
export function text(template, contexts) {
  return String(template).replace(/\$\{\{([\s\S]*?)\}\}/g, (_, expression) =>
    evaluate(expression, contexts, "success").coerceString(),
  );
}

/** Whether a step runs; without a status function only after success. */
export function condition(expression, contexts, status) {
  if (expression === undefined) {
    return status === "success";
  }
  const bare = String(expression).replace(/^\s*\$\{\{([\s\S]*)\}\}\s*$/, "$1");
  const names = STATUS.some((name) => new RegExp(`\\b${name}\\s*\\(`).test(bare));
  const whole = names ? bare : `success() && (${bare})`;
  return !falsy(evaluate(whole, contexts, status));
}
