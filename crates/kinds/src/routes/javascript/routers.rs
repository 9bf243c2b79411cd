//! Where a module makes routers, or is handed them.

use std::ops::Range;

use super::super::graph::ROUTER_LIMIT;
use super::super::lex::Tokens;
use super::names::{Names, required};
use crate::naming::words;

/// Where a router of a module comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// An app that answers by itself.
    App,
    /// A router that is mounted somewhere.
    Router,
    /// What a function with a name that says so gives.
    Made,
    /// A parameter whose type says what it is.
    Typed,
    /// A parameter whose name alone says what it is.
    Named,
}

impl Origin {
    /// Whether only a name says that it is a router, which a client of an API may have too.
    pub(super) fn is_guess(self) -> bool {
        matches!(self, Self::Named | Self::Made)
    }
}

/// A router of a module.
#[derive(Debug, Clone)]
pub(super) struct Local {
    /// The names it has.
    pub(super) names: Vec<String>,
    /// Where the names are known.
    pub(super) scope: Range<usize>,
    /// Where it is made.
    pub(super) at: usize,
    /// The place behind the call that makes it, where a chain may go on.
    pub(super) end: usize,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// What is said to stand before its paths.
    pub(super) prefix: String,
}

/// The routers that a module makes or is handed.
pub(super) fn routers(tokens: &Tokens<'_>, names: &Names) -> Vec<Local> {
    let mut found = Vec::new();
    for index in 0..tokens.len() {
        if found.len() >= ROUTER_LIMIT {
            break;
        }
        if let Some(made) = made(tokens, names, index) {
            found.push(bound(tokens, index, made));
        }
        if tokens.is(index, "(") {
            found.extend(parameters(tokens, index));
        } else if tokens.is(index + 1, "=>") {
            found.extend(lone_parameter(tokens, index));
        }
    }
    found
}

/// A call that makes a router.
struct Made {
    end: usize,
    origin: Origin,
    prefix: String,
}

fn made(tokens: &Tokens<'_>, names: &Names, index: usize) -> Option<Made> {
    let before = index.wrapping_sub(1);
    if tokens.is(before, ".") || tokens.is(before, "new") || tokens.is(before, "function") {
        return None;
    }
    let start = if tokens.is(index, "new") {
        index + 1
    } else {
        index
    };
    let name = tokens.name(start)?;
    if let Some(made) = factory(tokens, index) {
        return Some(made);
    }
    let (from, mut at) = match required(tokens, start) {
        Some(from) => (from, tokens.close(start + 1) + 1),
        None => (module_of(name, names)?, start + 1),
    };
    let imported = names
        .imports
        .get(name)
        .and_then(|import| import.name.as_deref());
    let mut is_router = imported == Some("Router") || name == "Router";
    if tokens.is(at, ".") {
        is_router = tokens.is(at + 1, "Router");
        if !is_router && !tokens.is(at + 1, "createServer") {
            return None;
        }
        at += 2;
    }
    at = tokens.after_types(at);
    if !tokens.is(at, "(") {
        return None;
    }
    let origin = origin(&from, is_router)?;
    Some(Made {
        end: tokens.close(at) + 1,
        origin,
        prefix: prefix_option(tokens, at).unwrap_or_default(),
    })
}

/// A call such as `createApp(settings)` or `util.createExpressApp()`, whose value is given a name.
fn factory(tokens: &Tokens<'_>, index: usize) -> Option<Made> {
    if !matches!(tokens.at(index.wrapping_sub(1)).raw, "=" | "await") {
        return None;
    }
    let mut at = index;
    while tokens.is(at + 1, ".") && tokens.name(at + 2).is_some() {
        at += 2;
    }
    let words = words(tokens.name(at)?);
    let (verb, rest) = words.split_first()?;
    let makes = matches!(verb.as_str(), "create" | "make" | "build");
    let thing = ["app", "express", "router", "fastify", "hono"];
    let is_router = rest.iter().any(|word| thing.contains(&word.as_str()));
    if !makes || !is_router || !tokens.is(at + 1, "(") {
        return None;
    }
    Some(Made {
        end: tokens.close(at + 1) + 1,
        origin: Origin::Made,
        prefix: String::new(),
    })
}

/// The package that a name comes from; well-known names need no import.
fn module_of(name: &str, names: &Names) -> Option<String> {
    if let Some(import) = names.imports.get(name) {
        return Some(import.from.clone());
    }
    let from = match name {
        "express" | "Router" => "express",
        "fastify" | "Fastify" => "fastify",
        "Hono" | "OpenAPIHono" => "hono",
        _ => return None,
    };
    Some(from.to_owned())
}

fn origin(from: &str, is_router: bool) -> Option<Origin> {
    // Examples inside of a package import it by its folder, and some projects wrap it by its name.
    let name = from.trim_end_matches('/');
    let last = name.rsplit('/').next().unwrap_or(name);
    let name = if name.starts_with('.') && matches!(last, "express" | "fastify") {
        last
    } else {
        name
    };
    Some(match name {
        "express" | "@types/express" | "ultimate-express" | "hyper-express" if is_router => {
            Origin::Router
        }
        "express" | "ultimate-express" | "fastify" | "polka" | "restify" => Origin::App,
        "koa-router" | "@koa/router" | "express-promise-router" | "itty-router" => Origin::Router,
        "hono" | "hono/tiny" | "hono/quick" | "@hono/zod-openapi" => Origin::App,
        _ if is_own_package(name) && is_router => Origin::Router,
        _ if is_own_package(name) => Origin::App,
        _ => return None,
    })
}

/// `../..` in an example stands for the package that the example belongs to.
fn is_own_package(from: &str) -> bool {
    from.starts_with("..") && from.split('/').all(|part| part == "..")
}

/// The value of `prefix:` in an object among the arguments.
pub(super) fn prefix_option(tokens: &Tokens<'_>, open: usize) -> Option<String> {
    let objects = tokens.parts(open).into_iter();
    let mut objects = objects.filter(|part| tokens.is(part.start, "{"));
    objects.find_map(|part| option(tokens, part.start, "prefix"))
}

/// The text of a key of an object.
pub(super) fn option(tokens: &Tokens<'_>, open: usize, key: &str) -> Option<String> {
    let mut entries = tokens.parts(open).into_iter();
    let entry = entries.find(|entry| tokens.are(entry.start, &[key, ":"]))?;
    tokens.text(entry.start + 2)
}

/// The router that a call makes, with the names it is given.
fn bound(tokens: &Tokens<'_>, index: usize, made: Made) -> Local {
    let mut names = Vec::new();
    let mut declared = false;
    let mut at = index.wrapping_sub(1);
    if tokens.is(at, "await") {
        at = at.wrapping_sub(1);
    }
    // `const app = module.exports = express()` gives two.
    while tokens.is(at, "=") && names.len() < 4 {
        let (name, before, declares) = target(tokens, at);
        names.extend(name);
        declared |= declares;
        at = before;
    }
    let scope = if declared {
        tokens.block(index)
    } else {
        0..tokens.len()
    };
    Local {
        names,
        scope,
        at: index,
        end: made.end,
        origin: made.origin,
        prefix: made.prefix,
    }
}

/// The name left of an `=`, the place before it, and whether it is declared there.
fn target(tokens: &Tokens<'_>, equals: usize) -> (Option<String>, usize, bool) {
    const LONGEST: usize = 14;
    let last = equals.wrapping_sub(1);
    let mut at = last;
    for _ in 0..LONGEST {
        match tokens.at(at).raw {
            "const" | "let" | "var" => {
                return (tokens.name(at + 1).map(str::to_owned), usize::MAX, true);
            }
            "public" | "private" | "protected" | "readonly" => {
                let skip = ["readonly", "static"];
                let mut name = at + 1;
                while tokens.name(name).is_some_and(|word| skip.contains(&word)) {
                    name += 1;
                }
                let name = tokens.name(name).map(|name| format!("this.{name}"));
                return (name, usize::MAX, false);
            }
            ";" | "{" | "}" | "(" | ")" | "=" | "" => break,
            _ => at = at.wrapping_sub(1),
        }
    }
    let Some(name) = tokens.name(last) else {
        return (None, usize::MAX, false);
    };
    if !tokens.is(last.wrapping_sub(1), ".") {
        return (Some(name.to_owned()), last.wrapping_sub(1), false);
    }
    let owner = last.wrapping_sub(2);
    let named = tokens.is(owner, "this").then(|| format!("this.{name}"));
    (named, owner.wrapping_sub(1), false)
}

/// Routers among the parameters of a function that begin here.
fn parameters(tokens: &Tokens<'_>, open: usize) -> Vec<Local> {
    let before = tokens.at(open.wrapping_sub(1)).raw;
    if matches!(before, "if" | "for" | "while" | "switch" | "catch") {
        return Vec::new();
    }
    let candidates = tokens.parts(open).into_iter().filter_map(|part| {
        let name = tokens.name(part.start)?;
        let mut at = part.start + 1;
        if tokens.is(at, "?") {
            at += 1;
        }
        let origin = if tokens.is(at, ":") {
            typed(tokens, at + 1, part.end)?
        } else {
            by_name(name)?
        };
        Some((name, part.start, origin))
    });
    let candidates: Vec<_> = candidates.collect();
    if candidates.is_empty() {
        return Vec::new();
    }
    let Some(range) = super::names::function_at(tokens, open) else {
        return Vec::new();
    };
    let parameters = candidates.into_iter();
    let parameters =
        parameters.map(|(name, at, origin)| parameter(name, range.clone(), at, origin));
    parameters.collect()
}

/// The parameter of `app => { … }`.
fn lone_parameter(tokens: &Tokens<'_>, index: usize) -> Option<Local> {
    let name = tokens.name(index)?;
    let origin = by_name(name)?;
    let range = super::names::function_at(tokens, index)?;
    Some(parameter(name, range, index, origin))
}

fn parameter(name: &str, scope: Range<usize>, at: usize, origin: Origin) -> Local {
    Local {
        names: vec![name.to_owned()],
        scope,
        at,
        end: usize::MAX,
        origin,
        prefix: String::new(),
    }
}

fn typed(tokens: &Tokens<'_>, start: usize, end: usize) -> Option<Origin> {
    const TYPES: [&str; 9] = [
        "Express",
        "Application",
        "Router",
        "IRouter",
        "FastifyInstance",
        "Hono",
        "OpenAPIHono",
        "FastifyPluginInstance",
        "Polka",
    ];
    let mut words = (start..end.min(start + 6)).filter_map(|index| tokens.name(index));
    words
        .any(|word| TYPES.contains(&word))
        .then_some(Origin::Typed)
}

fn by_name(name: &str) -> Option<Origin> {
    let known = ["app", "router", "fastify", "server", "instance", "api"];
    known.contains(&name).then_some(Origin::Named)
}
