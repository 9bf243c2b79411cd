//! What the names in a module stand for: imports, exports, functions and constant texts.

use std::collections::HashMap;
use std::ops::Range;

use super::super::lex::{Kind, Tokens};

/// Something of another module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// The module as it is written: `./routes/users`.
    pub(super) from: String,
    /// What is taken from it; nothing is the whole of it.
    pub(super) name: Option<String>,
}

/// Something that other modules may import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Export {
    /// What a name stands for in this module.
    Local(String),
    /// What another module exports.
    From(Import),
    /// What is written here.
    At(Range<usize>),
}

/// What the names in a module stand for.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By the name in this module.
    pub(super) imports: HashMap<String, Import>,
    /// By the name for other modules; `default` is what `require` gives too.
    pub(super) exports: HashMap<String, Export>,
    /// Modules that are exported whole.
    pub(super) passed_on: Vec<String>,
    /// Where functions are written, with their parameters.
    pub(super) functions: HashMap<String, Range<usize>>,
    /// Texts that a name stands for.
    pub(super) constants: HashMap<String, String>,
}

impl Names {
    /// Reads the tokens of a module.
    pub(super) fn read(tokens: &Tokens<'_>) -> Self {
        let mut names = Self::default();
        for index in 0..tokens.len() {
            match tokens.name(index) {
                Some("import") => names.import(tokens, index),
                Some("require") => names.require(tokens, index),
                Some("export") => names.export(tokens, index),
                Some("exports") => names.common_export(tokens, index),
                Some("function") => names.function(tokens, index),
                Some("const" | "let" | "var") => names.variable(tokens, index),
                _ => {}
            }
        }
        names
    }

    fn import(&mut self, tokens: &Tokens<'_>, index: usize) {
        let mut at = index + 1;
        if tokens.is(at, "type") && !tokens.is(at + 1, "from") && !tokens.is(at + 1, ",") {
            return;
        }
        let mut taken: Vec<(String, Option<String>)> = Vec::new();
        if let Some(name) = tokens.name(at) {
            taken.push((name.to_owned(), Some("default".to_owned())));
            at += 1;
        }
        if tokens.is(at, ",") {
            at += 1;
        }
        if tokens.are(at, &["*", "as"]) {
            let name = tokens.name(at + 2).unwrap_or_default();
            taken.push((name.to_owned(), None));
            at += 3;
        } else if tokens.is(at, "{") {
            let pairs = renamed(tokens, at, "as").into_iter();
            taken.extend(pairs.map(|(name, local)| (local, Some(name))));
            at = tokens.close(at) + 1;
        }
        if !tokens.is(at, "from") {
            return;
        }
        let Some(from) = tokens.text(at + 1) else {
            return;
        };
        for (local, name) in taken {
            let from = from.clone();
            self.imports.insert(local, Import { from, name });
        }
    }

    /// `const { a, b: c } = require('./x').d`, or a plain name.
    fn require(&mut self, tokens: &Tokens<'_>, index: usize) {
        let Some(from) = required(tokens, index) else {
            return;
        };
        if index < 2 || !tokens.is(index - 1, "=") {
            return;
        }
        let after = tokens.close(index + 1) + 1;
        let member = tokens
            .is(after, ".")
            .then(|| tokens.name(after + 1))
            .flatten();
        let member = member.map(str::to_owned);
        if let Some(local) = tokens.name(index - 2) {
            let name = member;
            self.imports.insert(local.to_owned(), Import { from, name });
        } else if let Some(open) = tokens.partner(index - 2) {
            for (name, local) in renamed(tokens, open, ":") {
                let from = from.clone();
                let name = Some(name);
                self.imports.insert(local, Import { from, name });
            }
        }
    }

    fn export(&mut self, tokens: &Tokens<'_>, index: usize) {
        let mut at = index + 1;
        if tokens.is(at, "default") {
            self.exported("default", tokens, at + 1);
            return;
        }
        if tokens.is(at, "*") {
            at += if tokens.is(at + 1, "as") { 3 } else { 1 };
            let from = tokens.is(at, "from").then(|| tokens.text(at + 1)).flatten();
            self.passed_on.extend(from);
            return;
        }
        if tokens.is(at, "{") {
            let close = tokens.close(at);
            let from = tokens.is(close + 1, "from").then(|| tokens.text(close + 2));
            for (name, known) in renamed(tokens, at, "as") {
                let export = match &from {
                    Some(Some(from)) => Export::From(Import {
                        from: from.clone(),
                        name: Some(name),
                    }),
                    _ => Export::Local(name),
                };
                self.exports.insert(known, export);
            }
            return;
        }
        while matches!(tokens.name(at), Some("async" | "declare" | "abstract")) {
            at += 1;
        }
        let declares = ["const", "let", "var", "function", "class"];
        if !tokens.name(at).is_some_and(|word| declares.contains(&word)) {
            return;
        }
        if tokens.is(at + 1, "{") {
            for (_, local) in renamed(tokens, at + 1, ":") {
                self.exports.insert(local.clone(), Export::Local(local));
            }
        } else if let Some(name) = tokens.name(at + 1) {
            self.exports
                .insert(name.to_owned(), Export::Local(name.to_owned()));
        }
    }

    /// `module.exports = …`, `module.exports.name = …`, `exports.name = …`.
    fn common_export(&mut self, tokens: &Tokens<'_>, index: usize) {
        let name = if tokens.is(index + 1, ".") {
            tokens.name(index + 2)
        } else {
            Some("default")
        };
        let equals = if tokens.is(index + 1, ".") {
            index + 3
        } else {
            index + 1
        };
        let Some(name) = name.filter(|_| tokens.is(equals, "=")) else {
            return;
        };
        self.exported(name, tokens, equals + 1);
        if name == "default" && tokens.is(equals + 1, "{") {
            self.exported_members(tokens, equals + 1);
        }
    }

    /// `{ a, b: c, d: function () { … }, e() { … } }`.
    fn exported_members(&mut self, tokens: &Tokens<'_>, open: usize) {
        for part in tokens.parts(open) {
            let Some(name) = tokens.name(part.start) else {
                continue;
            };
            let value = if tokens.is(part.start + 1, ":") {
                part.start + 2
            } else {
                part.start
            };
            let export = match tokens.name(value) {
                Some(local) if value + 1 == part.end => Export::Local(local.to_owned()),
                _ => Export::At(value..part.end),
            };
            self.exports.insert(name.to_owned(), export);
        }
    }

    /// An export whose value is written here.
    fn exported(&mut self, name: &str, tokens: &Tokens<'_>, at: usize) {
        let end = statement_end(tokens, at);
        let export = match tokens.name(at) {
            Some(local) if end == at + 1 => Export::Local(local.to_owned()),
            _ => Export::At(at..end),
        };
        self.exports.insert(name.to_owned(), export);
    }

    fn function(&mut self, tokens: &Tokens<'_>, index: usize) {
        let at = if tokens.is(index + 1, "*") {
            index + 2
        } else {
            index + 1
        };
        let Some(name) = tokens.name(at) else {
            return;
        };
        if let Some(range) = function_at(tokens, at + 1) {
            self.functions.entry(name.to_owned()).or_insert(range);
        }
    }

    fn variable(&mut self, tokens: &Tokens<'_>, index: usize) {
        let Some(name) = tokens.name(index + 1) else {
            return;
        };
        let Some(equals) = equals_after(tokens, index + 2) else {
            return;
        };
        let mut at = equals + 1;
        if let Some(text) = tokens.text(at) {
            let ends = tokens.at(at + 1);
            let plain = ends.first || matches!(ends.raw, ";" | "," | "as");
            if plain {
                self.constants.entry(name.to_owned()).or_insert(text);
            }
            return;
        }
        while matches!(tokens.name(at), Some("async" | "function")) {
            at += 1;
        }
        if let Some(range) = function_at(tokens, at) {
            self.functions.entry(name.to_owned()).or_insert(range);
        }
    }
}

/// The module of a `require('…')` here.
pub(super) fn required(tokens: &Tokens<'_>, index: usize) -> Option<String> {
    let is = tokens.is(index, "require") && tokens.is(index + 1, "(");
    tokens.text(index + 2).filter(|_| is)
}

/// The `=` of a declaration, behind a type that may stand before it.
fn equals_after(tokens: &Tokens<'_>, start: usize) -> Option<usize> {
    const LONGEST: usize = 40;
    if tokens.is(start, "=") {
        return Some(start);
    }
    if !tokens.is(start, ":") {
        return None;
    }
    let mut at = start + 1;
    while at < start + LONGEST {
        if tokens.is(at, "=") {
            return Some(at);
        }
        if tokens.is(at, ";") {
            return None;
        }
        at = tokens.after(at, tokens.len());
    }
    None
}

/// A function whose parameters begin here: they and its body.
pub(super) fn function_at(tokens: &Tokens<'_>, index: usize) -> Option<Range<usize>> {
    let index = tokens.after_types(index);
    let mut at = if tokens.is(index, "(") {
        tokens.close(index) + 1
    } else if tokens.at(index).kind == Kind::Name && tokens.is(index + 1, "=>") {
        index + 1
    } else {
        return None;
    };
    at = after_result(tokens, at);
    if tokens.is(at, "=>") {
        at += 1;
        if !tokens.is(at, "{") {
            return Some(index..statement_end(tokens, at));
        }
    }
    tokens.is(at, "{").then(|| index..tokens.close(at))
}

/// The place behind the type of what a function gives.
fn after_result(tokens: &Tokens<'_>, index: usize) -> usize {
    const LONGEST: usize = 40;
    if !tokens.is(index, ":") {
        return index;
    }
    let mut at = index + 1;
    // A type that is an object in brackets comes before the body in brackets.
    if tokens.is(at, "{") {
        at = tokens.close(at) + 1;
    }
    while at < index + LONGEST && !tokens.is(at, "=>") && !tokens.is(at, "{") {
        at = tokens.after(at, tokens.len());
    }
    at
}

/// The names in curly brackets: that of the other side, and the one here.
fn renamed(tokens: &Tokens<'_>, open: usize, between: &str) -> Vec<(String, String)> {
    if !tokens.is(open, "{") {
        return Vec::new();
    }
    let pairs = tokens.parts(open).into_iter().filter_map(|part| {
        let mut start = part.start;
        if tokens.is(start, "type") && part.len() > 1 {
            start += 1;
        }
        let name = tokens.name(start)?;
        let local = if tokens.is(start + 1, between) {
            tokens.name(start + 2)?
        } else {
            name
        };
        Some((name.to_owned(), local.to_owned()))
    });
    pairs.collect()
}

/// Where a statement that goes on here ends.
pub(super) fn statement_end(tokens: &Tokens<'_>, start: usize) -> usize {
    const LONGEST: usize = 2_000;
    let mut at = start;
    let mut steps = 0;
    while at < tokens.len() && steps < LONGEST {
        let token = tokens.at(at);
        let closes = matches!(token.raw, ")" | "]" | "}" | ";") && token.kind == Kind::Sign;
        if closes || (at > start && token.first && begins_statement(tokens, at)) {
            return at;
        }
        at = tokens.after(at, tokens.len());
        steps += 1;
    }
    at.min(tokens.len())
}

/// Whether a token at the beginning of a line begins a statement rather than going on with one.
fn begins_statement(tokens: &Tokens<'_>, at: usize) -> bool {
    let (token, before) = (tokens.at(at), tokens.at(at - 1));
    let goes_on = token.kind == Kind::Sign && token.raw != "@";
    let open = before.kind == Kind::Sign && !matches!(before.raw, ")" | "]" | "}");
    !goes_on && !open
}
