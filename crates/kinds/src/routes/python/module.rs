//! A module of Python with its names and routers.

use std::collections::HashMap;
use std::ops::Range;

use super::super::Guard;
use super::super::graph::ROUTER_LIMIT;
use super::super::guards::{asks_who, both, stands_guard};
use super::super::lex::{Kind, Tokens, python};
use crate::naming::words;

/// Something of another module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// The module as it is written, with its leading dots.
    pub(super) from: String,
    /// What is taken from it; nothing is the module itself.
    pub(super) name: Option<String>,
}

/// A router of a module.
#[derive(Debug, Clone)]
pub(super) struct Local {
    /// Its name.
    pub(super) name: String,
    /// Where it is made.
    pub(super) at: usize,
    /// Whether it answers by itself.
    pub(super) is_app: bool,
    /// The bracket of the call that makes it.
    pub(super) open: usize,
}

/// A source file that was read.
#[derive(Debug)]
pub(in super::super) struct Module<'t> {
    /// Its path.
    pub(in super::super) path: &'t str,
    /// What it holds.
    pub(in super::super) text: &'t str,
    /// Its tokens, while it is open.
    pub(in super::super) tokens: Tokens<'t>,
    /// By the name in this module.
    pub(super) imports: HashMap<String, Import>,
    /// Texts that a name stands for, those of settings too.
    pub(super) constants: HashMap<String, String>,
    /// Names of annotations that stand for a dependency.
    pub(super) aliases: HashMap<String, Guard>,
    /// The routers it makes.
    pub(super) routers: Vec<Local>,
}

impl<'t> Module<'t> {
    /// Reads the text of a module.
    pub(in super::super) fn read(path: &'t str, text: &'t str) -> Self {
        let mut module = Self {
            path,
            text,
            tokens: python(text),
            imports: HashMap::new(),
            constants: HashMap::new(),
            aliases: HashMap::new(),
            routers: Vec::new(),
        };
        for index in 0..module.tokens.len() {
            let token = module.tokens.at(index);
            match token.raw {
                "from" if token.first => module.read_from(index),
                "import" if token.first => module.import(index),
                _ if token.first && token.kind == Kind::Name => module.assigned(index),
                _ => {}
            }
        }
        module.close();
        module
    }

    /// Takes its tokens again: those of all modules together need many times the room of their text.
    pub(super) fn open(&mut self) {
        self.tokens = python(self.text);
    }

    /// Gives the room of its tokens back.
    pub(super) fn close(&mut self) {
        self.tokens = Tokens::default();
    }

    /// `from a.b import c as d, e`.
    fn read_from(&mut self, index: usize) {
        let (from, mut at) = dotted(&self.tokens, index + 1);
        if !self.tokens.is(at, "import") {
            return;
        }
        at += 1;
        let (start, end) = if self.tokens.is(at, "(") {
            (at + 1, self.tokens.close(at))
        } else {
            (at, line_end(&self.tokens, at))
        };
        for part in self.tokens.split(start..end) {
            let Some(name) = self.tokens.name(part.start) else {
                continue;
            };
            let local = if self.tokens.is(part.start + 1, "as") {
                self.tokens.name(part.start + 2).unwrap_or(name)
            } else {
                name
            };
            let import = Import {
                from: from.clone(),
                name: Some(name.to_owned()),
            };
            self.imports.insert(local.to_owned(), import);
        }
    }

    /// `import a.b as c`, `import a.b`.
    fn import(&mut self, index: usize) {
        let end = line_end(&self.tokens, index);
        for part in self.tokens.split(index + 1..end) {
            let (from, at) = dotted(&self.tokens, part.start);
            let local = if self.tokens.is(at, "as") {
                self.tokens.name(at + 1).unwrap_or_default().to_owned()
            } else {
                from.clone()
            };
            self.imports.insert(local, Import { from, name: None });
        }
    }

    /// `name = …`, `name: Type = …`, `self.name = …`.
    fn assigned(&mut self, index: usize) {
        const LONGEST: usize = 30;
        let tokens = &self.tokens;
        let (mut name, mut at) = dotted(tokens, index);
        if tokens.is(at, ":") {
            at += 1;
            let limit = at + LONGEST;
            while at < limit && !tokens.is(at, "=") && !tokens.at(at).first {
                at = tokens.after(at, tokens.len());
            }
        }
        if !tokens.is(at, "=") {
            return;
        }
        let value = at + 1;
        if let Some(text) = tokens.text(value) {
            let short = name.rsplit('.').next().unwrap_or_default().to_owned();
            self.constants.entry(short).or_insert(text);
            return;
        }
        let (callee, open) = dotted(tokens, value);
        let called = callee.rsplit('.').next().unwrap_or_default();
        if tokens.is(open, "(") && is_router(called) && self.routers.len() < ROUTER_LIMIT {
            if let Some(rest) = name.strip_prefix("self.") {
                name = rest.to_owned();
            }
            self.routers.push(Local {
                name,
                at: index,
                is_app: matches!(called, "FastAPI" | "Flask" | "Sanic" | "Quart"),
                open,
            });
        } else if called == "Annotated" || callee == "Depends" {
            let guard = self.dependencies(value..line_end(tokens, value));
            self.aliases.insert(name, guard);
        }
    }

    /// The router of a name at a place: the last that was made before it.
    pub(super) fn router(&self, name: &str, at: usize) -> Option<usize> {
        let name = name.strip_prefix("self.").unwrap_or(name);
        let known = self
            .routers
            .iter()
            .enumerate()
            .filter(|(_, router)| router.name == name);
        let before = known.clone().rfind(|(_, router)| router.at <= at);
        before
            .or_else(|| known.clone().next())
            .map(|(index, _)| index)
    }

    /// The value of a keyword argument.
    pub(super) fn keyword(&self, open: usize, key: &str) -> Option<Range<usize>> {
        let mut parts = self.tokens.parts(open).into_iter();
        let part = parts.find(|part| self.tokens.are(part.start, &[key, "="]))?;
        Some(part.start + 2..part.end)
    }

    /// What keeps strangers out by the dependencies that are named in a stretch.
    pub(super) fn dependencies(&self, range: Range<usize>) -> Guard {
        let tokens = &self.tokens;
        let mut guard = Guard::None;
        for index in range {
            let Some(word) = tokens.name(index) else {
                continue;
            };
            if let Some(known) = self.aliases.get(word) {
                guard = both(guard, known.clone());
            } else if matches!(word, "Depends" | "Security") && tokens.is(index + 1, "(") {
                let (name, _) = dotted(tokens, index + 2);
                guard = both(guard, of_dependency(&name, word == "Security"));
            } else if is_person(word) && !tokens.is(index + 1, "=") {
                guard = both(guard, Guard::Seen(word.to_owned()));
            }
        }
        guard
    }
}

/// What a dependency does, by its name.
fn of_dependency(name: &str, security: bool) -> Guard {
    let last = name.rsplit('.').next().unwrap_or(name);
    let known = words(last);
    let data = [
        "db",
        "session",
        "database",
        "settings",
        "config",
        "repository",
        "service",
        "uow",
        "client",
    ];
    if security || stands_guard(last) || asks_who(last) {
        Guard::Seen(if last.is_empty() {
            "Security".to_owned()
        } else {
            last.to_owned()
        })
    } else if last.is_empty() || known.iter().any(|word| data.contains(&word.as_str())) {
        Guard::None
    } else {
        Guard::Unknown
    }
}

/// Whether an annotation is the person who asks: `CurrentUser`.
fn is_person(word: &str) -> bool {
    let capital = word.chars().next().is_some_and(char::is_uppercase);
    let words = words(word);
    let current = words
        .iter()
        .any(|word| word == "current" || word == "authenticated");
    capital
        && current
        && words.iter().any(|word| {
            ["user", "superuser", "account", "admin", "member"].contains(&word.as_str())
        })
}

fn is_router(called: &str) -> bool {
    matches!(
        called,
        "FastAPI" | "Flask" | "Blueprint" | "Quart" | "APIBlueprint"
    ) || called.ends_with("Router")
}

/// A dotted name, with leading dots, and the place behind it.
pub(super) fn dotted(tokens: &Tokens<'_>, start: usize) -> (String, usize) {
    let mut name = String::new();
    let mut at = start;
    while tokens.is(at, ".") || tokens.is(at, "...") {
        name.push_str(tokens.at(at).raw);
        at += 1;
    }
    while let Some(part) = tokens.name(at).filter(|part| *part != "import") {
        name.push_str(part);
        at += 1;
        if !tokens.is(at, ".") {
            break;
        }
        name.push('.');
        at += 1;
    }
    (name, at)
}

/// The first token of the next line, brackets kept whole.
pub(super) fn line_end(tokens: &Tokens<'_>, start: usize) -> usize {
    let mut at = start;
    while at < tokens.len() {
        at = tokens.after(at, tokens.len());
        if tokens.at(at).first {
            break;
        }
    }
    at
}
