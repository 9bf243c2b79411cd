//! The calls on routers: routes, mounts and filters.

use std::ops::Range;

use tidegate_core::span::Location;

use super::super::Guard;
use super::super::Method;
use super::super::graph::{Declared, Filter, Mount, RouterId};
use super::super::guards::{both, named, stands_guard};
use super::super::path::of_express;
use super::handlers::HOOKS;
use super::project::Project;
use super::routers::{Origin, prefix_option};

/// The calls of one module.
pub(super) struct Calls<'p, 't> {
    /// The project that the module belongs to.
    pub(super) project: &'p mut Project<'t>,
    /// The number of the module.
    pub(super) module: usize,
}

/// A call on a router.
struct Call {
    router: RouterId,
    origin: Origin,
    /// The place of the method's name.
    at: usize,
    /// Whether the value is waited for.
    is_awaited: bool,
    arguments: Vec<Range<usize>>,
}

impl<'t> Calls<'_, 't> {
    /// Reads every call.
    pub(super) fn read(&mut self) {
        for index in 0..self.this().tokens.len() {
            if let Some((router, origin, dot)) = self.receiver(index) {
                let is_awaited = self.this().tokens.is(index.wrapping_sub(1), "await");
                self.chain(router, origin, dot, is_awaited);
            }
            self.handed(index);
        }
    }

    fn this(&self) -> &super::Module<'t> {
        &self.project.modules[self.module]
    }

    /// The router that a call is on, and the place of the dot behind it.
    fn receiver(&self, index: usize) -> Option<(RouterId, Origin, usize)> {
        let module = self.this();
        let tokens = &module.tokens;
        if let Some(local) = self.project.made_at(self.module, index) {
            let router = module.routers.get(local)?;
            let id = self.project.id(self.module, local)?;
            return tokens
                .is(router.end, ".")
                .then_some((id, router.origin, router.end));
        }
        let name = tokens.name(index)?;
        if tokens.is(index.wrapping_sub(1), ".") || tokens.is(index.wrapping_sub(1), "?.") {
            return None;
        }
        let (name, dot) = if name == "this" && tokens.is(index + 1, ".") {
            (format!("this.{}", tokens.name(index + 2)?), index + 3)
        } else {
            (name.to_owned(), index + 1)
        };
        if !tokens.is(dot, ".") && !tokens.is(dot, "?.") {
            return None;
        }
        if let Some(local) = module.router(&name, index) {
            let origin = module.routers.get(local)?.origin;
            return Some((self.project.id(self.module, local)?, origin, dot));
        }
        let imported = self.project.imported(self.module, &name);
        Some((*imported.first()?, Origin::Router, dot))
    }

    /// The calls of a chain, each on what the one before gave.
    fn chain(&mut self, router: RouterId, origin: Origin, mut dot: usize, is_awaited: bool) {
        let mut paths: Option<Vec<String>> = None;
        while self.this().tokens.is(dot, ".") || self.this().tokens.is(dot, "?.") {
            let tokens = &self.this().tokens;
            let at = dot + 1;
            let open = tokens.after_types(at + 1);
            if !tokens.is(open, "(") {
                return;
            }
            let arguments = tokens.parts(open);
            dot = tokens.close(open) + 1;
            let name = tokens.name(at).unwrap_or_default();
            let call = Call {
                router,
                origin,
                at,
                is_awaited,
                arguments,
            };
            match name {
                "route" if call.arguments.len() == 1 => paths = self.routed(&call),
                "route" => self.mounted(&call),
                "use" => self.used(&call),
                "register" => self.registered(&call),
                "addHook" => self.hooked(&call),
                "basePath" => self.based(&call),
                "on" => self.on(&call),
                verb => match Method::named(verb) {
                    Some(method) => self.verb(method, &call, paths.as_deref()),
                    // A helper of the project's own, as in `app.lazyUse('/x', router)`.
                    None => self.mounted(&call),
                },
            }
        }
    }

    fn verb(&mut self, method: Method, call: &Call, chained: Option<&[String]>) {
        if let Some(paths) = chained {
            let paths = paths.to_vec();
            self.declare(&[method], &paths, call, &call.arguments);
            return;
        }
        let [path, handlers @ ..] = call.arguments.as_slice() else {
            return;
        };
        // Nobody waits for a route to be declared, but for the answer to a request.
        let is_client = || call.is_awaited || self.is_request(handlers);
        if handlers.is_empty() || (call.origin.is_guess() && is_client()) {
            return;
        }
        if let ([check], Method::Any) = (handlers, method) {
            self.checked(path.clone(), check.clone(), call);
        }
        self.at_paths(&[method], path.clone(), call, handlers);
    }

    /// `app.all('/api/*', requireAuth)`: a lone check hands on to what is declared after it.
    fn checked(&mut self, path: Range<usize>, check: Range<usize>, call: &Call) {
        let module = self.this();
        let tokens = &module.tokens;
        let Some((last, whole)) = named(tokens, check.clone()) else {
            return;
        };
        let open = check.clone().find(|&index| tokens.is(index, "("));
        let mut arguments = open.map(|open| tokens.parts(open)).into_iter().flatten();
        // With a handler among its arguments it is that which answers.
        let is_check = stands_guard(&last) && arguments.all(|one| tokens.text(one.start).is_some());
        if !is_check {
            return;
        }
        for path in module.texts(path).unwrap_or_default() {
            self.filter(call, &path, Guard::Seen(whole.clone()));
        }
    }

    /// Whether what follows a path is rather the options of a request than a handler.
    fn is_request(&self, handlers: &[Range<usize>]) -> bool {
        let tokens = &self.this().tokens;
        let [only] = handlers else {
            return false;
        };
        if !tokens.is(only.start, "{") {
            return tokens.text(only.start).is_some();
        }
        let parts = tokens.parts(only.start);
        !parts.iter().any(|part| tokens.is(part.start, "handler"))
    }

    fn at_paths(
        &mut self,
        methods: &[Method],
        path: Range<usize>,
        call: &Call,
        handlers: &[Range<usize>],
    ) {
        let start = path.start;
        let Some(paths) = self.this().texts(path) else {
            self.unknown(start);
            return;
        };
        let plain = |path: &String| path.is_empty() || path.starts_with(['/', '*', ':', '{']);
        if paths.iter().all(plain) {
            self.declare(methods, &paths, call, handlers);
        }
    }

    /// Says that a path is made while the app runs.
    fn unknown(&mut self, at: usize) {
        let module = self.this();
        let place = format!("{}:{}", module.path, module.tokens.at(at).line);
        self.project.unread.push(format!(
            "{place}: the path of a route is made while the app runs"
        ));
    }

    fn declare(
        &mut self,
        methods: &[Method],
        paths: &[String],
        call: &Call,
        handlers: &[Range<usize>],
    ) {
        let module = self.this();
        let line = module.tokens.at(call.at).line;
        let source = Location::line_of(module.path, line);
        let guard = module.guard(handlers);
        for path in paths {
            for method in methods {
                self.project.graph.declare(Declared {
                    router: call.router,
                    order: call.at,
                    method: *method,
                    path: of_express(path),
                    source: source.clone(),
                    guard: guard.clone(),
                });
            }
        }
    }

    /// `.route('/x')` of Express, or `.route({ method, url, handler })` of Fastify.
    fn routed(&mut self, call: &Call) -> Option<Vec<String>> {
        let argument = call.arguments.first()?.clone();
        let module = self.this();
        if !module.tokens.is(argument.start, "{") {
            let paths = module.texts(argument.clone());
            if paths.is_none() {
                self.unknown(argument.start);
            }
            return paths;
        }
        let tokens = &module.tokens;
        let entries = tokens.parts(argument.start);
        let value = |key: &str| {
            let mut entries = entries.iter();
            let entry = entries.find(|entry| tokens.are(entry.start, &[key, ":"]))?;
            Some(entry.start + 2..entry.end)
        };
        let methods = value("method").and_then(|range| module.texts(range))?;
        let methods: Vec<Method> = methods
            .iter()
            .filter_map(|name| Method::named(name))
            .collect();
        let path = value("url").or_else(|| value("path"))?;
        self.at_paths(&methods, path, call, &[argument]);
        None
    }

    /// `.on('GET', '/x', handler)` of Hono.
    fn on(&mut self, call: &Call) {
        let [methods, path, handlers @ ..] = call.arguments.as_slice() else {
            return;
        };
        let Some(methods) = self.this().texts(methods.clone()) else {
            return;
        };
        let methods: Vec<Method> = methods
            .iter()
            .filter_map(|name| Method::named(name))
            .collect();
        if !methods.is_empty() && !handlers.is_empty() {
            self.at_paths(&methods, path.clone(), call, handlers);
        }
    }

    /// `.route('/x', other)` of Hono.
    fn mounted(&mut self, call: &Call) {
        let [path, other] = call.arguments.as_slice() else {
            return;
        };
        let prefix = self.this().text(path.clone());
        let children = self.project.routers_of(self.module, other.clone());
        if let Some(prefix) = prefix {
            self.mount(call, &prefix, &children, Guard::None);
        } else if !children.is_empty() {
            self.unknown(path.start);
        }
    }

    /// `.use('/x', check, router)` of Express, Koa and Hono.
    fn used(&mut self, call: &Call) {
        let module = self.this();
        let first = call
            .arguments
            .first()
            .and_then(|range| module.texts(range.clone()));
        let (prefixes, rest) = match first {
            Some(prefixes) => (prefixes, call.arguments.get(1..).unwrap_or_default()),
            None => (vec![String::new()], call.arguments.as_slice()),
        };
        let mut children = Vec::new();
        let mut guard = Guard::None;
        for range in rest {
            let found = self.project.routers_of(self.module, range.clone());
            if found.is_empty() {
                guard = both(guard, self.this().filter(range.clone()));
            }
            children.extend(found);
        }
        for prefix in prefixes {
            if children.is_empty() {
                self.filter(call, &prefix, guard.clone());
            } else {
                self.mount(call, &prefix, &children, guard.clone());
            }
        }
    }

    fn filter(&mut self, call: &Call, prefix: &str, guard: Guard) {
        let prefix = of_express(prefix);
        // `/api/*` is for everything below.
        let prefix = prefix.split("{*").next().unwrap_or_default().to_owned();
        self.project.graph.filter(Filter {
            router: call.router,
            order: call.at,
            prefix,
            guard,
        });
    }

    fn mount(&mut self, call: &Call, prefix: &str, children: &[RouterId], guard: Guard) {
        for &child in children {
            self.project.graph.mount(Mount {
                parent: call.router,
                child,
                order: call.at,
                prefix: of_express(prefix),
                guard: guard.clone(),
            });
        }
    }

    /// `.register(plugin, { prefix: '/x' })` of Fastify.
    fn registered(&mut self, call: &Call) {
        let [plugin, ..] = call.arguments.as_slice() else {
            return;
        };
        let children = self.project.routers_of(self.module, plugin.clone());
        let tokens = &self.this().tokens;
        let open = tokens.after_types(call.at + 1);
        let prefix = prefix_option(tokens, open).unwrap_or_default();
        self.mount(call, &prefix, &children, Guard::None);
    }

    /// `.addHook('onRequest', check)` of Fastify.
    fn hooked(&mut self, call: &Call) {
        let [name, hook] = call.arguments.as_slice() else {
            return;
        };
        let module = self.this();
        let name = module.text(name.clone()).unwrap_or_default();
        if HOOKS.contains(&name.as_str()) {
            let guard = module.filter(hook.clone());
            self.filter(
                &Call {
                    at: 0,
                    ..call.copy()
                },
                "",
                guard,
            );
        }
    }

    /// `.basePath('/x')` of Hono, behind the call that makes the app.
    fn based(&mut self, call: &Call) {
        let base = call.arguments.first().cloned();
        let base = base.and_then(|range| self.this().text(range));
        if let (Some(base), Some(router)) = (base, self.project.graph.routers.get_mut(call.router))
        {
            router.prefix = of_express(&base);
        }
    }

    /// A router that is handed to a function, as in `addRoutes(app)`.
    fn handed(&mut self, index: usize) {
        let module = self.this();
        let tokens = &module.tokens;
        if tokens.is(index.wrapping_sub(1), ".") || !tokens.is(index + 1, "(") {
            return;
        }
        let known = |name: &str| {
            module.names.functions.contains_key(name) || module.names.imports.contains_key(name)
        };
        let required = super::names::required(tokens, index).is_some();
        let Some(name) = tokens.name(index).filter(|name| required || known(name)) else {
            return;
        };
        let mut open = index + 1;
        if name == "require" {
            open = tokens.close(open) + 1;
            if tokens.is(open, ".") {
                open += 2;
            }
        }
        if !tokens.is(open, "(") {
            return;
        }
        let lone = tokens
            .parts(open)
            .into_iter()
            .filter(|part| part.len() == 1);
        let handed = lone.filter_map(|part| {
            let local = module.router(tokens.name(part.start)?, part.start)?;
            self.project.id(self.module, local)
        });
        let Some(parent) = handed.into_iter().next() else {
            return;
        };
        let children = self.project.parameters_of(self.module, index..open);
        for child in children {
            self.project.graph.mount(Mount {
                parent,
                child,
                order: index,
                prefix: String::new(),
                guard: Guard::None,
            });
        }
    }
}

impl Call {
    fn copy(&self) -> Self {
        Self {
            router: self.router,
            origin: self.origin,
            at: self.at,
            is_awaited: self.is_awaited,
            arguments: Vec::new(),
        }
    }
}
