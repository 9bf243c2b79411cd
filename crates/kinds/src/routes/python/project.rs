//! The modules of a project and how they refer to each other.

use std::collections::HashMap;
use std::ops::Range;

use super::super::graph::{Graph, Router, RouterId, routers_left_out};
use super::super::path::{folders_above, of_python};
use super::super::{Guard, Route};
use super::calls::Calls;
use super::module::{Import, Module, dotted};

/// How often a name is followed from module to module.
const FOLLOW_LIMIT: usize = 6;

/// The modules of a project.
#[derive(Debug, Default)]
pub(in super::super) struct Project<'t> {
    /// The modules in the order of their paths.
    pub(super) modules: Vec<Module<'t>>,
    paths: HashMap<&'t str, usize>,
    ids: Vec<Vec<RouterId>>,
    /// What was gathered.
    pub(super) graph: Graph,
    /// What could not be read.
    pub(in super::super) unread: Vec<String>,
}

impl<'t> Project<'t> {
    /// Takes modules that were read.
    pub(in super::super) fn new(modules: Vec<Module<'t>>) -> Self {
        let mut project = Self::default();
        let paths = modules.iter().enumerate();
        project.paths = paths.map(|(index, module)| (module.path, index)).collect();
        project.modules = modules;
        // Annotations of one module stand for dependencies of another.
        project.share_aliases();
        for index in 0..project.modules.len() {
            let ids = if project.modules[index].routers.is_empty() {
                Vec::new()
            } else {
                project.modules[index].open();
                let ids = project.routers_of(index);
                project.modules[index].close();
                ids
            };
            project.ids.push(ids);
        }
        project
    }

    fn routers_of(&mut self, module: usize) -> Vec<RouterId> {
        let locals = self.modules.get(module).map_or(0, |one| one.routers.len());
        let ids = (0..locals).filter_map(|local| {
            let this = self.modules.get(module)?;
            let router = this.routers.get(local)?;
            let (open, is_app) = (router.open, router.is_app);
            let prefix = this
                .keyword(open, "prefix")
                .or_else(|| this.keyword(open, "url_prefix"));
            let dependencies = this.keyword(open, "dependencies");
            let guard = dependencies.map_or(Guard::None, |range| this.dependencies(range));
            let prefix = prefix.and_then(|range| self.text(module, range));
            Some(self.graph.router(Router {
                prefix: of_python(&prefix.unwrap_or_default()),
                guard,
                is_app,
            }))
        });
        ids.collect()
    }

    fn share_aliases(&mut self) {
        let mut found: Vec<(usize, String, Guard)> = Vec::new();
        for (index, module) in self.modules.iter().enumerate() {
            for (local, import) in &module.imports {
                let name = import.name.as_deref().unwrap_or_default();
                let from = self
                    .resolve(module.path, &import.from)
                    .and_then(|at| self.modules.get(at));
                if let Some(guard) = from.and_then(|from| from.aliases.get(name)) {
                    found.push((index, local.clone(), guard.clone()));
                }
            }
        }
        for (index, local, guard) in found {
            if let Some(module) = self.modules.get_mut(index) {
                module.aliases.insert(local, guard);
            }
        }
    }

    /// Reads the calls of every module, and lets others look at it while it is open.
    pub(in super::super) fn routes(&mut self, look: &mut dyn FnMut(&Module<'t>)) -> Vec<Route> {
        for module in 0..self.modules.len() {
            self.modules[module].open();
            Calls {
                project: self,
                module,
            }
            .read();
            let this = &self.modules[module];
            look(this);
            self.unread.extend(this.tokens.left_out(this.path));
            self.unread
                .extend(routers_left_out(this.path, this.routers.len()));
            self.modules[module].close();
        }
        let routes = self.graph.routes();
        self.unread.extend(std::mem::take(&mut self.graph.left_out));
        routes
    }

    /// The router that a dotted name stands for.
    pub(super) fn router_named(&self, module: usize, name: &str, at: usize) -> Option<RouterId> {
        let this = self.modules.get(module)?;
        if let Some(local) = this.router(name, at) {
            return self.id(module, local);
        }
        self.imported(module, name, FOLLOW_LIMIT)
    }

    fn id(&self, module: usize, local: usize) -> Option<RouterId> {
        self.ids.get(module)?.get(local).copied()
    }

    /// The router that a name stands for in another module.
    fn imported(&self, module: usize, name: &str, left: usize) -> Option<RouterId> {
        let this = self.modules.get(module).filter(|_| left > 0)?;
        if let Some(import) = this.imports.get(name) {
            let target = self.resolve(this.path, &import.from)?;
            let wanted = import.name.as_deref()?;
            return self.exported(target, wanted, left - 1);
        }
        // `users.router` of `from .routers import users`, or of `import app.routers.users`.
        let (owner, member) = name.rsplit_once('.')?;
        let target = self.module_named(module, owner)?;
        self.exported(target, member, left - 1)
    }

    fn exported(&self, module: usize, name: &str, left: usize) -> Option<RouterId> {
        let this = self.modules.get(module)?;
        match this.router(name, usize::MAX) {
            Some(local) => self.id(module, local),
            None => self.imported(module, name, left),
        }
    }

    /// The module that a name stands for.
    fn module_named(&self, module: usize, name: &str) -> Option<usize> {
        let this = self.modules.get(module)?;
        let Some(import) = this.imports.get(name) else {
            let (owner, rest) = name.split_once('.')?;
            let import = this.imports.get(owner)?;
            let from = match &import.name {
                Some(inner) => format!("{}.{inner}.{rest}", import.from),
                None => format!("{}.{rest}", import.from),
            };
            return self.resolve(this.path, &from);
        };
        match &import.name {
            Some(inner) if import.from.ends_with('.') => {
                self.resolve(this.path, &format!("{}{inner}", import.from))
            }
            Some(inner) => self
                .resolve(this.path, &format!("{}.{inner}", import.from))
                .or_else(|| self.resolve(this.path, &import.from)),
            None => self.resolve(this.path, &import.from),
        }
    }

    /// The text that an expression is, settings of other modules included.
    pub(super) fn text(&self, module: usize, range: Range<usize>) -> Option<String> {
        let this = self.modules.get(module)?;
        if let Some(text) = this.text(&range) {
            return Some(text);
        }
        let (name, end) = dotted(&this.tokens, range.start);
        if end < range.end {
            return None;
        }
        let (owner, member) = name.rsplit_once('.').unwrap_or(("", name.as_str()));
        if owner.is_empty() {
            let Import { from, name } = this.imports.get(member)?;
            let target = self.modules.get(self.resolve(this.path, from)?)?;
            return target.constants.get(name.as_deref()?).cloned();
        }
        let from = &this.imports.get(owner)?.from;
        let target = self
            .resolve(this.path, from)
            .or_else(|| self.module_named(module, owner));
        self.modules.get(target?)?.constants.get(member).cloned()
    }

    /// The module that a dotted name means, seen from a file.
    fn resolve(&self, from: &str, name: &str) -> Option<usize> {
        let mut above = folders_above(from);
        let rest = name.trim_start_matches('.');
        let dots = name.len() - rest.len();
        let path = rest.replace('.', "/");
        if dots > 0 {
            let up = "../".repeat(dots.min(20) - 1);
            let whole = crate::base::joined(above.next()?, &format!("{up}{path}"))?;
            return self.at_path(&whole);
        }
        above.find_map(|folder| self.at_path(&crate::base::joined(folder, &path)?))
    }

    fn at_path(&self, path: &str) -> Option<usize> {
        let known = |path: &str| self.paths.get(path.trim_start_matches('/')).copied();
        known(&format!("{path}.py")).or_else(|| known(&format!("{path}/__init__.py")))
    }
}
