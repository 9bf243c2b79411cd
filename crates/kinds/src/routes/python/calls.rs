//! Decorated functions, and routers that are included in others.

use std::ops::Range;

use tidegate_core::span::Location;

use super::super::graph::{Declared, Filter, Mount, RouterId};
use super::super::guards::{both, stands_guard, within};
use super::super::path::of_python;
use super::super::{Guard, Method};
use super::module::{Module, dotted};
use super::project::Project;

/// The calls of one module.
pub(super) struct Calls<'p, 't> {
    /// The project that the module belongs to.
    pub(super) project: &'p mut Project<'t>,
    /// The number of the module.
    pub(super) module: usize,
}

impl<'t> Calls<'_, 't> {
    /// Reads every decorator and every call on a router.
    pub(super) fn read(&mut self) {
        for index in 0..self.this().tokens.len() {
            let tokens = &self.this().tokens;
            let token = *tokens.at(index);
            if token.raw == "@" && token.first {
                self.decorated(index);
            } else if tokens.name(index).is_some() && token.first {
                self.called(index);
            }
        }
    }

    fn this(&self) -> &Module<'t> {
        &self.project.modules[self.module]
    }

    /// The router and the method of `router.method(`, with its bracket.
    fn on_router(&self, index: usize) -> Option<(RouterId, String, usize)> {
        let (whole, open) = dotted(&self.this().tokens, index);
        if !self.this().tokens.is(open, "(") {
            return None;
        }
        let (owner, method) = whole.rsplit_once('.')?;
        let router = self.project.router_named(self.module, owner, index)?;
        Some((router, method.to_owned(), open))
    }

    fn decorated(&mut self, index: usize) {
        if let Some((router, verb, open)) = self.on_router(index + 1) {
            let function = self.function(index);
            self.declare(router, &verb, open, function);
            return;
        }
        // Flask runs such a function before every view.
        let (whole, _) = dotted(&self.this().tokens, index + 1);
        let owner = whole.strip_suffix(".before_request");
        let router = owner.and_then(|owner| self.project.router_named(self.module, owner, index));
        if let Some(router) = router {
            let guard = within(&self.this().tokens, self.function(index));
            self.filter(router, guard);
        }
    }

    /// The function below a decorator, with the other decorators.
    fn function(&self, index: usize) -> Range<usize> {
        const DECORATORS: usize = 20;
        let tokens = &self.this().tokens;
        let mut at = index;
        for _ in 0..DECORATORS {
            if !tokens.is(at, "@") {
                break;
            }
            at = super::module::line_end(tokens, at);
        }
        let column = tokens.at(at).column;
        let mut end = at + 1;
        while end < tokens.len() {
            let token = tokens.at(end);
            if token.first && token.column <= column {
                break;
            }
            end = tokens.after(end, tokens.len());
        }
        index..end
    }

    fn declare(&mut self, router: RouterId, verb: &str, open: usize, function: Range<usize>) {
        let module = self.this();
        let methods = match verb {
            "api_route" | "route" | "add_api_route" | "add_url_rule" => module.methods(open),
            verb => Method::named(verb)
                .filter(|one| *one != Method::Any)
                .into_iter()
                .collect(),
        };
        if methods.is_empty() {
            return;
        }
        let line = module.tokens.at(open).line;
        let Some(path) = module.path_argument(open) else {
            let place = format!("{}:{line}", module.path);
            let what = format!("{place}: the path of a route is made while the app runs");
            self.project.unread.push(what);
            return;
        };
        let guard = module.guard(open, function);
        let source = Location::line_of(module.path, line);
        for method in methods {
            self.project.graph.declare(Declared {
                router,
                order: open,
                method,
                path: of_python(&path),
                source: source.clone(),
                guard: guard.clone(),
            });
        }
    }

    fn called(&mut self, index: usize) {
        let Some((router, verb, open)) = self.on_router(index) else {
            return;
        };
        match verb.as_str() {
            "include_router" | "register_blueprint" => self.included(router, open),
            "mount" => self.mounted(router, open),
            "add_api_route" | "add_url_rule" => self.declare(router, &verb, open, open..open),
            _ => {}
        }
    }

    /// `app.include_router(users.router, prefix="/users", dependencies=[…])`.
    fn included(&mut self, parent: RouterId, open: usize) {
        let module = self.this();
        let Some(first) = module.tokens.parts(open).into_iter().next() else {
            return;
        };
        let start = if module.tokens.are(first.start, &["router", "="]) {
            first.start + 2
        } else {
            first.start
        };
        let (name, _) = dotted(&module.tokens, start);
        let prefix = module
            .keyword(open, "prefix")
            .or_else(|| module.keyword(open, "url_prefix"));
        let line = module.tokens.at(open).line;
        let place = format!("{}:{line}", module.path);
        let dependencies = module.keyword(open, "dependencies");
        let guard = dependencies.map_or(Guard::None, |range| module.dependencies(range));
        let known = match prefix {
            Some(range) => self.project.text(self.module, range),
            None => Some(String::new()),
        };
        if known.is_none() {
            self.project.unread.push(format!(
                "{place}: the prefix of a router is made while the app runs"
            ));
        }
        let children = self.children(&name, open);
        if children.is_empty() {
            let what = format!("{place}: the router `{name}` was not found");
            self.project.unread.push(what);
        }
        let prefix = of_python(&known.unwrap_or_default());
        for child in children {
            self.project.graph.mount(Mount {
                parent,
                child,
                order: open,
                prefix: prefix.clone(),
                guard: guard.clone(),
            });
        }
    }

    /// The routers of a name, which may be that of a loop: `for router in [users.router, …]:`.
    fn children(&self, name: &str, at: usize) -> Vec<RouterId> {
        const BEFORE: usize = 400;
        if let Some(child) = self.project.router_named(self.module, name, at) {
            return vec![child];
        }
        let tokens = &self.this().tokens;
        let mut before = (at.saturating_sub(BEFORE)..at).rev();
        let list = before.find(|&index| tokens.are(index, &["for", name, "in"]));
        let elements = list.map_or_else(Vec::new, |index| tokens.parts(index + 3));
        let named = elements.into_iter().filter_map(|part| {
            let (name, _) = dotted(tokens, part.start);
            self.project.router_named(self.module, &name, at)
        });
        named.collect()
    }

    /// `app.mount("/sub", other)`.
    fn mounted(&mut self, parent: RouterId, open: usize) {
        let module = self.this();
        let parts = module.tokens.parts(open);
        let [path, other, ..] = parts.as_slice() else {
            return;
        };
        let (name, end) = dotted(&module.tokens, other.start);
        let prefix = self.project.text(self.module, path.clone());
        let child = self
            .project
            .router_named(self.module, &name, open)
            .filter(|_| end >= other.end);
        if let (Some(prefix), Some(child)) = (prefix, child) {
            self.project.graph.mount(Mount {
                parent,
                child,
                order: open,
                prefix,
                guard: Guard::None,
            });
        }
    }

    fn filter(&mut self, router: RouterId, guard: Guard) {
        self.project.graph.filter(Filter {
            router,
            order: 0,
            prefix: String::new(),
            guard,
        });
    }
}

impl Module<'_> {
    /// The methods in `methods=[…]`; GET when there are none.
    fn methods(&self, open: usize) -> Vec<Method> {
        let Some(range) = self.keyword(open, "methods") else {
            return vec![Method::Get];
        };
        let texts = range.filter_map(|index| self.tokens.text(index));
        texts.filter_map(|text| Method::named(&text)).collect()
    }

    /// The path that a decorator names first, or by its key.
    fn path_argument(&self, open: usize) -> Option<String> {
        let first = self.tokens.parts(open).into_iter().next();
        let positional = first.filter(|part| !self.tokens.is(part.start + 1, "="));
        let range = positional
            .or_else(|| self.keyword(open, "path"))
            .or_else(|| self.keyword(open, "rule"))?;
        self.text(&range)
    }

    /// A literal, a constant, or a sum of them.
    pub(super) fn text(&self, range: &Range<usize>) -> Option<String> {
        let mut whole = String::new();
        let mut at = range.start;
        while at < range.end {
            let piece = self.tokens.text(at).or_else(|| {
                let name = self.tokens.name(at)?;
                self.constants.get(name).cloned()
            });
            whole.push_str(&piece?);
            at += 1;
            if self.tokens.is(at, "+") {
                at += 1;
            }
        }
        Some(whole)
    }

    /// What keeps strangers out by the decorators, the parameters and the body of a function.
    fn guard(&self, open: usize, function: Range<usize>) -> Guard {
        let dependencies = self.keyword(open, "dependencies");
        let named = dependencies.map_or(Guard::None, |range| self.dependencies(range));
        if function.is_empty() {
            return both(named, Guard::Unknown);
        }
        let tokens = &self.tokens;
        let def = function.clone().find(|&index| tokens.is(index, "def"));
        let parameters = def.map(|def| def + 2).filter(|&at| tokens.is(at, "("));
        let declared =
            parameters.map_or(Guard::Unknown, |at| self.dependencies(at..tokens.close(at)));
        let decorators = function.start..def.unwrap_or(function.start);
        let decorated = decorators
            .filter(|&index| tokens.is(index.wrapping_sub(1), "@") && tokens.at(index - 1).first)
            .map(|index| dotted(tokens, index).0)
            .find(|name| stands_guard(name.rsplit('.').next().unwrap_or(name)));
        let decorated = decorated.map_or(Guard::None, Guard::Seen);
        let body = parameters.map_or(function.start, |at| tokens.close(at));
        let asked = within(tokens, body..function.end);
        both(both(named, decorated), both(declared, asked))
    }
}
