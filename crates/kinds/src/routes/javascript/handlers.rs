//! What stands before a handler, and what a handler asks itself.

use std::ops::Range;

use super::super::Guard;
use super::super::guards::{both, named, stands_guard, within};
use super::module::Module;

/// Hooks of Fastify that run before a handler.
pub(super) const HOOKS: [&str; 4] = ["onRequest", "preHandler", "preValidation", "preParsing"];

impl Module<'_> {
    /// What keeps strangers out of a route with these handlers; the last one answers.
    pub(super) fn guard(&self, handlers: &[Range<usize>]) -> Guard {
        let Some((last, before)) = handlers.split_last() else {
            return Guard::Unknown;
        };
        let before = before.iter().fold(Guard::None, |guard, range| {
            both(guard, self.before(range.clone()))
        });
        both(before, self.answering(last.clone()))
    }

    /// What keeps strangers out where a router runs these for all.
    pub(super) fn filter(&self, range: Range<usize>) -> Guard {
        match self.before(range) {
            // A filter by another name is rather a logger than a guard.
            Guard::Unknown => Guard::None,
            known => known,
        }
    }

    fn before(&self, range: Range<usize>) -> Guard {
        let tokens = &self.tokens;
        if tokens.is(range.start, "[") {
            let parts = tokens.parts(range.start).into_iter();
            return parts.fold(Guard::None, |guard, part| {
                both(guard, self.before_one(part))
            });
        }
        self.before_one(range)
    }

    fn before_one(&self, range: Range<usize>) -> Guard {
        if self.tokens.is(range.start, "{") {
            return self.options(range.start);
        }
        if self.is_function(&range) {
            return within(&self.tokens, range);
        }
        match named(&self.tokens, range.clone()) {
            Some((last, whole)) if stands_guard(&last) => Guard::Seen(whole),
            Some((last, _)) => match self.names.functions.get(&last) {
                Some(body) => within(&self.tokens, body.clone()),
                None if is_harmless(&last) => Guard::None,
                None => Guard::Unknown,
            },
            None => within(&self.tokens, range),
        }
    }

    /// Options of a route of Fastify.
    fn options(&self, open: usize) -> Guard {
        let tokens = &self.tokens;
        let mut guard = Guard::None;
        for entry in tokens.parts(open) {
            let key = tokens.name(entry.start).unwrap_or_default();
            let value = if tokens.is(entry.start + 1, ":") {
                entry.start + 2..entry.end
            } else {
                entry.start..entry.end
            };
            if HOOKS.contains(&key) {
                guard = both(guard, self.before(value));
            } else if key == "handler" {
                guard = both(guard, self.answering(value));
            }
        }
        guard
    }

    /// What a handler does itself, inside of what wraps it.
    fn answering(&self, range: Range<usize>) -> Guard {
        let tokens = &self.tokens;
        if tokens.is(range.start, "{") {
            return self.options(range.start);
        }
        if tokens.is(range.start, "[") {
            return self.guard(&tokens.parts(range.start));
        }
        if self.is_function(&range) {
            return within(tokens, range);
        }
        let Some((last, whole)) = named(tokens, range.clone()) else {
            return both(within(tokens, range), Guard::Unknown);
        };
        let bracket = range.clone().find(|&index| tokens.is(index, "("));
        if let Some(open) = bracket {
            if stands_guard(&last) && !tokens.parts(open).is_empty() {
                return Guard::Seen(whole);
            }
            let inner = tokens.parts(open).into_iter().next_back();
            return inner.map_or(Guard::Unknown, |inner| self.wrapped(inner));
        }
        match self.names.functions.get(&last) {
            Some(body) => within(tokens, body.clone()),
            None => Guard::Unknown,
        }
    }

    /// The handler inside of what wraps it, which is looked into once.
    fn wrapped(&self, range: Range<usize>) -> Guard {
        if self.is_function(&range) {
            return within(&self.tokens, range);
        }
        match self.tokens.name(range.start).filter(|_| range.len() == 1) {
            Some(name) => match self.names.functions.get(name) {
                Some(body) => within(&self.tokens, body.clone()),
                None => Guard::Unknown,
            },
            None => Guard::Unknown,
        }
    }

    /// Whether a function is written here.
    pub(super) fn is_function(&self, range: &Range<usize>) -> bool {
        let tokens = &self.tokens;
        let start = range.start + usize::from(tokens.is(range.start, "async"));
        tokens.is(start, "function")
            || super::names::function_at(tokens, start).is_some_and(|found| found.start < range.end)
    }
}

/// Middleware that everybody knows and that keeps nobody out.
fn is_harmless(name: &str) -> bool {
    const WORDS: [&str; 22] = [
        "cors",
        "helmet",
        "json",
        "urlencoded",
        "morgan",
        "compression",
        "logger",
        "parser",
        "upload",
        "limiter",
        "limit",
        "cache",
        "static",
        "single",
        "multer",
        "validate",
        "validator",
        "body",
        "schema",
        "rate",
        "async",
        "cookie",
    ];
    let words = crate::naming::words(name);
    words.iter().any(|word| WORDS.contains(&word.as_str()))
}
