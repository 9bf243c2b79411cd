//! The modules of a project and how they refer to each other.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::super::graph::{Graph, Router, RouterId, routers_left_out};
use super::super::path::folders_above;
use super::super::{Guard, Route};
use super::calls::Calls;
use super::module::Module;
use super::names::{Export, Import, required};
use super::routers::Origin;

/// How often an export is followed from module to module.
const FOLLOW_LIMIT: usize = 8;

/// What may be left out of a path at its end, in the order that it is looked for.
const ENDINGS: [&str; 8] = [".ts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ".mts", ".cts"];

/// The modules of a project.
#[derive(Debug, Default)]
pub(in super::super) struct Project<'t> {
    /// The modules in the order of their paths.
    pub(super) modules: Vec<Module<'t>>,
    paths: HashMap<&'t str, usize>,
    /// The module that is meant by a path without its end, with how early that is looked for.
    stems: HashMap<&'t str, (usize, usize)>,
    /// The numbers of the routers of each module.
    ids: Vec<Vec<RouterId>>,
    /// Where each module makes routers.
    made: Vec<HashMap<usize, usize>>,
    /// What was gathered.
    pub(super) graph: Graph,
    parameters: BTreeSet<RouterId>,
    /// What could not be read.
    pub(in super::super) unread: Vec<String>,
}

impl<'t> Project<'t> {
    /// Takes modules that were read.
    pub(in super::super) fn new(modules: Vec<Module<'t>>) -> Self {
        let mut project = Self::default();
        for (index, module) in modules.iter().enumerate() {
            project.paths.insert(module.path, index);
            for (early, stem) in stems(module.path) {
                let known = project.stems.entry(stem).or_insert((early, index));
                *known = (*known).min((early, index));
            }
            let mut ids = Vec::new();
            let mut made = HashMap::new();
            for (local, router) in module.routers.iter().enumerate() {
                let is_parameter = matches!(router.origin, Origin::Typed | Origin::Named);
                let id = project.graph.router(Router {
                    prefix: router.prefix.clone(),
                    guard: Guard::None,
                    is_app: matches!(router.origin, Origin::App | Origin::Made),
                });
                if is_parameter {
                    project.parameters.insert(id);
                } else {
                    made.insert(router.at, local);
                }
                ids.push(id);
            }
            project.ids.push(ids);
            project.made.push(made);
        }
        project.modules = modules;
        project
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

    /// The router that is made at a place of a module.
    pub(super) fn made_at(&self, module: usize, index: usize) -> Option<usize> {
        self.made.get(module)?.get(&index).copied()
    }

    /// The number of a router of a module.
    pub(super) fn id(&self, module: usize, local: usize) -> Option<RouterId> {
        self.ids.get(module)?.get(local).copied()
    }

    /// The routers that an imported name stands for.
    pub(super) fn imported(&self, module: usize, name: &str) -> Vec<RouterId> {
        let import = self
            .modules
            .get(module)
            .and_then(|one| one.names.imports.get(name));
        import.map_or_else(Vec::new, |import| {
            self.of_import(module, import, FOLLOW_LIMIT)
        })
    }

    /// The routers that an expression stands for.
    pub(super) fn routers_of(&self, module: usize, range: Range<usize>) -> Vec<RouterId> {
        let Some(this) = self.modules.get(module) else {
            return Vec::new();
        };
        let tokens = &this.tokens;
        let mut at = range.start;
        while matches!(tokens.name(at), Some("await" | "new")) {
            at += 1;
        }
        if tokens.is(at, "[") {
            let parts = tokens.parts(at).into_iter();
            // Lists in lists are no routers.
            let plain = parts.filter(|part| !tokens.is(part.start, "["));
            return plain
                .flat_map(|part| self.routers_of(module, part))
                .collect();
        }
        if let Some(from) = required(tokens, at).or_else(|| dynamic(this, at)) {
            let after = tokens.close(at + 1) + 1;
            let member = tokens
                .is(after, ".")
                .then(|| tokens.name(after + 1))
                .flatten();
            let name = member.map(str::to_owned);
            return self.of_import(module, &Import { from, name }, FOLLOW_LIMIT);
        }
        if this.is_function(&range) {
            return self.first_in(module, &range);
        }
        let Some(name) = tokens.name(at) else {
            return Vec::new();
        };
        if name == "this" && tokens.is(at + 1, ".") {
            let field = format!("this.{}", tokens.name(at + 2).unwrap_or_default());
            let local = this
                .router(&field, at)
                .and_then(|local| self.id(module, local));
            return local.into_iter().collect();
        }
        if let Some(local) = this.router(name, at) {
            return self.id(module, local).into_iter().collect();
        }
        let member = tokens
            .is(at + 1, ".")
            .then(|| tokens.name(at + 2))
            .flatten();
        self.named(module, name, member, FOLLOW_LIMIT)
    }

    /// The routers that a name of a module stands for, or a member of it.
    fn named(&self, module: usize, name: &str, member: Option<&str>, left: usize) -> Vec<RouterId> {
        let Some(this) = self.modules.get(module) else {
            return Vec::new();
        };
        if let Some(import) = this.names.imports.get(name) {
            let whole = import.name.is_none() || import.name.as_deref() == Some("default");
            if let Some(member) = member.filter(|_| whole) {
                let from = import.from.clone();
                let name = Some(member.to_owned());
                let found = self.of_import(module, &Import { from, name }, left);
                if !found.is_empty() {
                    return found;
                }
            }
            return self.of_import(module, import, left);
        }
        let range = this.names.functions.get(name);
        range.map_or_else(Vec::new, |range| self.first_in(module, range))
    }

    /// The routers of a function: those it makes, else those it is handed.
    fn first_in(&self, module: usize, range: &Range<usize>) -> Vec<RouterId> {
        let Some(this) = self.modules.get(module) else {
            return Vec::new();
        };
        let found = this.routers_in(range);
        let ids = |parameters: bool| -> Vec<RouterId> {
            let ids = found.iter().filter_map(|&local| self.id(module, local));
            ids.filter(|id| self.parameters.contains(id) == parameters)
                .collect()
        };
        // The first parameter belongs to the function itself, the others to functions inside.
        let handed = ids(true).into_iter().next();
        match handed {
            Some(id) => vec![id],
            None => ids(false),
        }
    }

    /// The parameters of the function that an expression calls.
    pub(super) fn parameters_of(&self, module: usize, callee: Range<usize>) -> Vec<RouterId> {
        let mut found = self.routers_of(module, callee);
        found.retain(|id| self.parameters.contains(id));
        found
    }

    fn of_import(&self, module: usize, import: &Import, left: usize) -> Vec<RouterId> {
        let from = self.modules.get(module).map_or("", |one| one.path);
        let Some(target) = self.resolve(from, &import.from).filter(|_| left > 0) else {
            return Vec::new();
        };
        self.exported(
            target,
            import.name.as_deref().unwrap_or("default"),
            left - 1,
        )
    }

    /// The routers that a module exports by a name.
    fn exported(&self, module: usize, name: &str, left: usize) -> Vec<RouterId> {
        let Some(this) = self.modules.get(module) else {
            return Vec::new();
        };
        match this.names.exports.get(name) {
            Some(Export::Local(local)) => {
                let outermost = this.router(local, 0).or_else(|| {
                    let by_name = |router: &super::routers::Local| router.names.contains(local);
                    this.routers.iter().position(by_name)
                });
                match outermost.and_then(|local| self.id(module, local)) {
                    Some(id) => vec![id],
                    None => self.named(module, local, None, left),
                }
            }
            Some(Export::From(import)) => self.of_import(module, import, left),
            Some(Export::At(range)) => self.first_in(module, range),
            None => {
                let passed = this.names.passed_on.iter().map(|from| Import {
                    from: from.clone(),
                    name: Some(name.to_owned()),
                });
                // Modules that pass on whole modules multiply.
                let left = left.saturating_sub(2);
                let mut found = passed
                    .take(50)
                    .map(|import| self.of_import(module, &import, left));
                found.find(|found| !found.is_empty()).unwrap_or_default()
            }
        }
    }

    /// The module that a specifier means.
    fn resolve(&self, from: &str, specifier: &str) -> Option<usize> {
        let mut above = folders_above(from);
        if specifier.starts_with('.') {
            let path = crate::base::joined(above.next()?, specifier)?;
            return self.at_path(&path);
        }
        // `@/x` and `~/x` mean the folder of the sources by custom.
        let rest = specifier
            .strip_prefix("@/")
            .or_else(|| specifier.strip_prefix("~/"))?;
        let mut places = above.flat_map(|folder| {
            let middles = ["src/", "", "app/"].into_iter();
            middles.map(move |middle| crate::base::joined(folder, &format!("{middle}{rest}")))
        });
        places.find_map(|path| self.at_path(&path?))
    }

    fn at_path(&self, path: &str) -> Option<usize> {
        if let Some(found) = self.paths.get(path) {
            return Some(*found);
        }
        // TypeScript writes the name that the compiled file has.
        let stem = ["js", "mjs", "cjs", "jsx"].iter().find_map(|ending| {
            let stem = path.strip_suffix(ending)?;
            stem.strip_suffix('.')
        });
        let mut known = [Some(path), stem].into_iter().flatten();
        known.find_map(|path| self.stems.get(path).map(|(_, module)| *module))
    }
}

/// The paths that mean a module without its end, each with how early that is looked for: a file comes before
/// a folder whose `index` it is.
fn stems(path: &str) -> impl Iterator<Item = (usize, &str)> {
    let cut = ENDINGS.iter().enumerate();
    cut.filter_map(move |(place, ending)| Some((place * 2, path.strip_suffix(ending)?)))
        .flat_map(|(place, stem)| {
            let folder = stem
                .strip_suffix("/index")
                .map(|folder| (place + 1, folder));
            std::iter::once((place, stem)).chain(folder)
        })
}

/// The module of an `import('…')` here.
fn dynamic(module: &Module<'_>, at: usize) -> Option<String> {
    let tokens = &module.tokens;
    let is = tokens.is(at, "import") && tokens.is(at + 1, "(");
    tokens.text(at + 2).filter(|_| is)
}
