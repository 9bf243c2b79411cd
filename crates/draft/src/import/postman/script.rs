//! Scripts of Postman: the usual sentences become expectations and captures, the rest is listed.
//!
//! Nothing is run. A sentence is known by its words; one that is not known is told with its line.

mod chain;
mod lex;

use std::collections::HashMap;

use serde_json::Value as Json;

use super::super::har::correlate::member;
use super::super::model::{Capture, Expect, Source};
use chain::Chain;
use lex::{Sign, Token};

/// How deep blocks may be nested.
const DEEPEST: usize = 20;

/// What a script asks of an answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Effects {
    /// What the answer must be.
    pub(super) expect: Expect,
    /// What is kept of it, under Postman's names.
    pub(super) captures: Vec<Capture>,
    /// Variables that are set to a text.
    pub(super) set: Vec<(String, String)>,
    /// The lines that are not known, with the word that they begin with.
    pub(super) unknown: Vec<(usize, String)>,
}

/// What a name of the script stands for.
#[derive(Debug, Clone, PartialEq)]
enum Meaning {
    /// A place in the JSON body.
    Json(String),
    /// A value.
    Value(Json),
    /// The body as text.
    Body,
    /// A header.
    Header(String),
    /// A cookie.
    Cookie(String),
    /// The status.
    Status,
    /// The time that it took.
    Time,
    /// The answer.
    Answer,
}

/// Reads a script.
pub(super) fn read(lines: &str) -> Effects {
    let tokens = lex::tokens(lines);
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        names: HashMap::new(),
        effects: Effects::default(),
    };
    reader.block(0);
    if let Some(last) = tokens.get(lex::MOST - 1) {
        let rest = "and everything behind it".to_owned();
        reader.effects.unknown.push((last.line, rest));
    }
    reader.effects
}

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    names: HashMap<String, Meaning>,
    effects: Effects,
}

/// The words that a call begins with, and what its one text means.
type Call<'w> = (&'w [&'w str], fn(String) -> Meaning);

impl Reader<'_> {
    fn sign(&self, ahead: usize) -> Option<&Sign> {
        self.tokens.get(self.at + ahead).map(|token| &token.sign)
    }

    fn is(&self, ahead: usize, text: &str) -> bool {
        self.sign(ahead).is_some_and(|sign| sign.is(text))
    }

    fn words(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(ahead, word)| self.is(ahead, word))
    }

    fn text(&self, ahead: usize) -> Option<String> {
        match self.sign(ahead) {
            Some(Sign::Text(text)) => Some(text.clone()),
            _ => None,
        }
    }

    /// Reads statements until a bracket closes the block.
    fn block(&mut self, depth: usize) {
        while self.at < self.tokens.len() {
            if self.is(0, "}") {
                return;
            }
            let before = self.at;
            self.statement(depth);
            if self.at == before {
                self.at += 1;
            }
        }
    }

    fn statement(&mut self, depth: usize) {
        if self.is(0, ";") || self.is(0, ")") || self.is(0, ",") {
            self.at += 1;
            return;
        }
        if self.words(&["pm", ".", "test", "("]) && depth < DEEPEST {
            self.test(depth);
            return;
        }
        let start = self.at;
        let end = self.end();
        let line = self.tokens[start].line;
        let known = self.known(end);
        self.at = end;
        if !known {
            let word = self.tokens[start].sign.words();
            let second = self.tokens[start + 1..end.max(start + 1)].iter().take(3);
            let rest: String = second
                .take_while(|token| token.sign.is_plain())
                .map(|token| token.sign.words())
                .collect();
            self.effects.unknown.push((line, format!("{word}{rest}")));
        }
    }

    /// Where the statement ends: at a semicolon, or at a line's end outside of brackets.
    fn end(&self) -> usize {
        let mut depth = 0_usize;
        let mut at = self.at;
        while let Some(token) = self.tokens.get(at) {
            match &token.sign {
                Sign::Mark('(' | '[' | '{') => depth += 1,
                Sign::Mark(')' | ']' | '}') if depth == 0 => return at,
                Sign::Mark(')' | ']' | '}') => depth -= 1,
                Sign::Mark(';') if depth == 0 => return at,
                _ => {}
            }
            let next = self.tokens.get(at + 1);
            let breaks = next.is_some_and(|next| next.line > token.line && !next.sign.continues());
            if depth == 0 && breaks && !token.sign.is_open() {
                return at + 1;
            }
            at += 1;
        }
        at
    }

    /// `pm.test("…", function () { … })`: what is inside counts as if it stood alone.
    fn test(&mut self, depth: usize) {
        self.at += 4;
        while self.at < self.tokens.len()
            && !self.is(0, "{")
            && !self.is(0, "=>")
            && !self.is(0, ";")
        {
            self.at += 1;
        }
        if self.is(0, "=>") {
            self.at += 1;
        }
        if self.is(0, "{") {
            self.at += 1;
            self.block(depth + 1);
            self.at += 1;
        } else {
            self.statement(depth + 1);
        }
    }

    fn known(&mut self, end: usize) -> bool {
        self.declaration(end)
            || self.set()
            || self.old_test(end)
            || self.assertion(end)
            || self.harmless()
    }

    /// What changes nothing: messages to the console, and strict mode.
    fn harmless(&self) -> bool {
        self.is(0, "console")
            || matches!(self.sign(0), Some(Sign::Text(text)) if text == "use strict")
    }

    /// `const name = …`
    fn declaration(&mut self, end: usize) -> bool {
        let keyword = ["const", "let", "var"].iter().any(|word| self.is(0, word));
        let at = usize::from(keyword);
        let Some(Sign::Word(name)) = self.sign(at).cloned() else {
            return false;
        };
        if !self.is(at + 1, "=") {
            return false;
        }
        self.at += at + 2;
        match self.meaning(end) {
            Some((meaning, after)) if after == end => {
                self.names.insert(name, meaning);
                true
            }
            _ => false,
        }
    }

    /// `pm.environment.set("name", …)`, also as older scripts write it.
    fn set(&mut self) -> bool {
        let scopes = ["environment", "collectionVariables", "globals", "variables"];
        let new =
            self.is(0, "pm") && self.is(1, ".") && scopes.iter().any(|scope| self.is(2, scope));
        let olds = ["setEnvironmentVariable", "setGlobalVariable"];
        let old = self.words(&["postman", "."])
            && olds.iter().any(|name| self.is(2, name))
            && self.is(3, "(");
        let unset = new && (self.is(4, "unset") || self.is(4, "clear"));
        if unset {
            return true;
        }
        let arguments = if new && self.is(3, ".") && self.is(4, "set") && self.is(5, "(") {
            6
        } else if old {
            4
        } else {
            return false;
        };
        let Some(name) = self.text(arguments) else {
            return false;
        };
        if !self.is(arguments + 1, ",") {
            return false;
        }
        self.at += arguments + 2;
        let Some((meaning, after)) = self.meaning(self.tokens.len()) else {
            return false;
        };
        if !self
            .tokens
            .get(after)
            .is_some_and(|token| token.sign.is(")"))
        {
            return false;
        }
        let source = match meaning {
            Meaning::Json(path) => Source::Json(path),
            Meaning::Header(name) => Source::Header(name),
            Meaning::Cookie(name) => Source::Cookie(name),
            Meaning::Body => Source::Body,
            Meaning::Value(Json::String(text)) => {
                self.effects.set.push((name, text));
                return true;
            }
            Meaning::Value(value) => {
                self.effects.set.push((name, value.to_string()));
                return true;
            }
            _ => return false,
        };
        self.effects.captures.push(Capture { name, source });
        true
    }

    /// `tests["…"] = responseCode.code === 200`
    fn old_test(&mut self, end: usize) -> bool {
        if !(self.words(&["tests", "["]) && self.is(3, "]") && self.is(4, "=")) {
            return false;
        }
        self.at += 5;
        let Some((meaning, after)) = self.meaning(end) else {
            return false;
        };
        self.at = after;
        let chained = match self.sign(0) {
            Some(Sign::Mark('.')) if self.is(1, "has") || self.is(1, "includes") => {
                self.at += 3;
                Some("contains")
            }
            Some(Sign::Operator(operator)) => {
                let predicate = match operator.as_str() {
                    "===" | "==" => "equals",
                    "<" => "lt",
                    "<=" => "lte",
                    ">" => "gt",
                    ">=" => "gte",
                    _ => return false,
                };
                self.at += 1;
                Some(predicate)
            }
            None if after == end => None,
            _ => return false,
        };
        match chained {
            Some(predicate) => {
                let Some((Meaning::Value(value), _)) = self.meaning(end) else {
                    return false;
                };
                chain::add(&mut self.effects.expect, &meaning, predicate, value)
            }
            None => chain::add(&mut self.effects.expect, &meaning, "exists", true.into()),
        }
    }

    /// `pm.response.to.have…` and `pm.expect(…).to…`
    fn assertion(&mut self, end: usize) -> bool {
        let subject = if self.words(&["pm", ".", "response", ".", "to"]) {
            self.at += 3;
            Meaning::Answer
        } else if self.words(&["pm", ".", "expect", "("]) || self.words(&["expect", "("]) {
            self.at += if self.is(0, "pm") { 4 } else { 2 };
            let Some((meaning, after)) = self.meaning(end) else {
                return false;
            };
            self.at = after;
            // A message may stand behind the value.
            if self.is(0, ",") && self.text(1).is_some() {
                self.at += 2;
            }
            if !self.is(0, ")") {
                return false;
            }
            self.at += 1;
            meaning
        } else {
            return false;
        };
        let Some(chains) = Chain::read(self.tokens, self.at, end) else {
            return false;
        };
        let mut subject = subject;
        // All of a sentence is known, or none of it counts.
        let mut expect = self.effects.expect.clone();
        let known = chains.iter().all(|chain| {
            let known = chain.apply(&subject, &mut expect);
            if let Some(inner) = chain.leads_to(&subject) {
                subject = inner;
            }
            known
        });
        if known {
            self.effects.expect = expect;
        }
        known
    }

    /// What an expression stands for, and where it ends.
    fn meaning(&self, end: usize) -> Option<(Meaning, usize)> {
        let (mut meaning, mut at) = self.beginning(end)?;
        while let Meaning::Json(path) = &meaning {
            let path = path.clone();
            let next = match (
                self.tokens.get(at).map(|one| &one.sign),
                self.tokens.get(at + 1).map(|one| &one.sign),
            ) {
                (Some(Sign::Mark('.')), Some(Sign::Word(name))) => {
                    if name == "length"
                        || self.tokens.get(at + 2).is_some_and(|one| one.sign.is("("))
                    {
                        break;
                    }
                    (member(name), 2)
                }
                (Some(Sign::Mark('[')), Some(Sign::Number(number))) => {
                    let index = number.as_u64()?;
                    (format!("[{index}]"), 3)
                }
                (Some(Sign::Mark('[')), Some(Sign::Text(name))) => (member(name), 3),
                _ => break,
            };
            meaning = Meaning::Json(format!("{path}{}", next.0));
            at += next.1;
        }
        Some((meaning, at))
    }

    fn beginning(&self, end: usize) -> Option<(Meaning, usize)> {
        let from = |at: usize| self.tokens.get(at).map(|token| &token.sign);
        let starts = |words: &[&str]| {
            words
                .iter()
                .enumerate()
                .all(|(ahead, word)| self.is(ahead, word))
                .then(|| self.at + words.len())
        };
        let calls: [Call<'_>; 4] = [
            (
                &["pm", ".", "response", ".", "headers", ".", "get", "("],
                |name| Meaning::Header(name.to_ascii_lowercase()),
            ),
            (&["postman", ".", "getResponseHeader", "("], |name| {
                Meaning::Header(name.to_ascii_lowercase())
            }),
            (&["pm", ".", "cookies", ".", "get", "("], Meaning::Cookie),
            (
                &["pm", ".", "cookies", ".", "toObject", "(", ")", "."],
                Meaning::Cookie,
            ),
        ];
        for (words, make) in calls {
            if let Some(after) = starts(words)
                && let (Some(Sign::Text(name)), true) = (
                    from(after),
                    from(after + 1).is_some_and(|sign| sign.is(")")),
                )
            {
                return Some((make(name.clone()), after + 2));
            }
        }
        let whole: [(&[&str], Meaning); 12] = [
            (
                &["pm", ".", "response", ".", "json", "(", ")"],
                Meaning::Json("$".to_owned()),
            ),
            (
                &["JSON", ".", "parse", "(", "responseBody", ")"],
                Meaning::Json("$".to_owned()),
            ),
            (
                &[
                    "JSON", ".", "parse", "(", "pm", ".", "response", ".", "text", "(", ")", ")",
                ],
                Meaning::Json("$".to_owned()),
            ),
            (
                &["pm", ".", "response", ".", "text", "(", ")"],
                Meaning::Body,
            ),
            (&["responseBody"], Meaning::Body),
            (&["pm", ".", "response", ".", "code"], Meaning::Status),
            (&["pm", ".", "response", ".", "status"], Meaning::Answer),
            (&["responseCode", ".", "code"], Meaning::Status),
            (&["pm", ".", "response", ".", "responseTime"], Meaning::Time),
            (&["responseTime"], Meaning::Time),
            (&["pm", ".", "response"], Meaning::Answer),
            (
                &["response", ".", "json", "(", ")"],
                Meaning::Json("$".to_owned()),
            ),
        ];
        for (words, meaning) in whole {
            if let Some(after) = starts(words) {
                return Some((meaning, after));
            }
        }
        if let Some(Sign::Word(name)) = self.sign(0)
            && let Some(meaning) = self.names.get(name)
        {
            return Some((meaning.clone(), self.at + 1));
        }
        let (value, after) = lex::value(self.tokens, self.at, end)?;
        Some((Meaning::Value(value), after))
    }
}
