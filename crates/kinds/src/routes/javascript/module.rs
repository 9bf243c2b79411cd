//! A module with its names and routers.

use std::ops::Range;

use super::super::lex::{Kind, Tokens, javascript};
use super::names::Names;
use super::routers::{Local, routers};

/// A source file that was read.
#[derive(Debug)]
pub(in super::super) struct Module<'t> {
    /// Its path.
    pub(in super::super) path: &'t str,
    /// What it holds.
    pub(in super::super) text: &'t str,
    /// Its tokens, while it is open.
    pub(in super::super) tokens: Tokens<'t>,
    /// What its names stand for.
    pub(super) names: Names,
    /// The routers it makes or is handed.
    pub(super) routers: Vec<Local>,
}

impl<'t> Module<'t> {
    /// Reads the text of a module.
    pub(in super::super) fn read(path: &'t str, text: &'t str) -> Self {
        let tokens = javascript(text);
        let names = Names::read(&tokens);
        let routers = routers(&tokens, &names);
        Self {
            path,
            text,
            tokens: Tokens::default(),
            names,
            routers,
        }
    }

    /// Takes its tokens again: those of all modules together need many times the room of their text.
    pub(super) fn open(&mut self) {
        self.tokens = javascript(self.text);
    }

    /// Gives the room of its tokens back.
    pub(super) fn close(&mut self) {
        self.tokens = Tokens::default();
    }

    /// The router that a name stands for at a place: that of the innermost scope.
    pub(super) fn router(&self, name: &str, at: usize) -> Option<usize> {
        let known = self.routers.iter().enumerate().filter(|(_, router)| {
            router.scope.contains(&at) && router.names.iter().any(|one| one == name)
        });
        known
            .max_by_key(|(_, router)| router.scope.start)
            .map(|(index, _)| index)
    }

    /// The routers that are made or handed over in a stretch.
    pub(super) fn routers_in(&self, range: &Range<usize>) -> Vec<usize> {
        let found = self.routers.iter().enumerate();
        let found = found.filter(|(_, router)| range.contains(&router.at));
        found.map(|(index, _)| index).collect()
    }

    /// The texts that an expression may be: a literal, a constant, a sum of them, a list.
    pub(super) fn texts(&self, range: Range<usize>) -> Option<Vec<String>> {
        if self.tokens.is(range.start, "[") && self.tokens.close(range.start) + 1 == range.end {
            let parts = self.tokens.parts(range.start).into_iter();
            return parts.map(|part| self.text(part)).collect();
        }
        self.text(range).map(|text| vec![text])
    }

    /// The text that an expression is, when reading tells.
    pub(super) fn text(&self, range: Range<usize>) -> Option<String> {
        let mut whole = String::new();
        let mut at = range.start;
        loop {
            whole.push_str(&self.piece(at)?);
            at += 1;
            if at >= range.end {
                return Some(whole);
            }
            // `'/x' as const` is the same text.
            if self.tokens.are(at, &["as", "const"]) {
                return Some(whole);
            }
            if !self.tokens.is(at, "+") {
                return None;
            }
            at += 1;
        }
    }

    fn piece(&self, at: usize) -> Option<String> {
        let token = self.tokens.at(at);
        match token.kind {
            Kind::Text => self.tokens.text(at),
            Kind::Name => self.names.constants.get(token.raw).cloned(),
            Kind::Template => self.filled(token.raw),
            Kind::Literal | Kind::Sign => None,
        }
    }

    /// A template whose every `${name}` is a constant.
    fn filled(&self, raw: &str) -> Option<String> {
        let mut filled = String::new();
        let mut rest = raw.trim_matches('`');
        while let Some((before, after)) = rest.split_once("${") {
            let (name, behind) = after.split_once('}')?;
            filled.push_str(before);
            filled.push_str(self.names.constants.get(name.trim())?);
            rest = behind;
        }
        filled.push_str(rest);
        Some(filled)
    }
}
