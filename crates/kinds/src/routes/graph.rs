//! Routers that are mounted on others: where each route ends up.

use std::collections::BTreeSet;

use tidegate_core::span::Location;

use super::guards::both;
use super::path::joined;
use super::{Guard, Method, Route};

/// The most routes of the modules of a language.
pub(super) const ROUTE_LIMIT: usize = 10_000;

/// How deep routers are mounted in one another.
const DEPTH_LIMIT: usize = 12;

/// How many places of routers are looked at: mounts of mounts multiply.
const PLACE_LIMIT: usize = 20_000;

/// The most checks that routers run for all.
const FILTER_LIMIT: usize = 500;

/// The most mounts.
const MOUNT_LIMIT: usize = 5_000;

/// The most routers of a module.
pub(super) const ROUTER_LIMIT: usize = 300;

/// The number of a router in the graph.
pub(super) type RouterId = usize;

/// Something that routes are declared on.
#[derive(Debug, Clone)]
pub(super) struct Router {
    /// What its own declaration puts before its paths.
    pub(super) prefix: String,
    /// What keeps strangers out of all of it.
    pub(super) guard: Guard,
    /// Whether it answers by itself, and not only where it is mounted.
    pub(super) is_app: bool,
}

/// A check that a router runs for everything declared after it.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    /// The router.
    pub(super) router: RouterId,
    /// The place of the declaration among those of its file.
    pub(super) order: usize,
    /// The paths it is for begin with this one.
    pub(super) prefix: String,
    /// What keeps strangers out.
    pub(super) guard: Guard,
}

/// A router that is mounted on another.
#[derive(Debug, Clone)]
pub(super) struct Mount {
    /// The one that it is mounted on.
    pub(super) parent: RouterId,
    /// The one that is mounted.
    pub(super) child: RouterId,
    /// The place of the declaration among those of its file.
    pub(super) order: usize,
    /// What stands before its paths.
    pub(super) prefix: String,
    /// What keeps strangers out of all of it there.
    pub(super) guard: Guard,
}

/// A route as it is declared on a router.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    /// The router.
    pub(super) router: RouterId,
    /// The place of the declaration among those of its file.
    pub(super) order: usize,
    /// The method.
    pub(super) method: Method,
    /// The path below the router.
    pub(super) path: String,
    /// Where it is declared.
    pub(super) source: Location,
    /// What keeps strangers out of it.
    pub(super) guard: Guard,
}

/// Routers, what is declared on them and how they are mounted.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The routers by their number.
    pub(super) routers: Vec<Router>,
    /// The checks that routers run.
    pub(super) filters: Vec<Filter>,
    /// Which are mounted where.
    pub(super) mounts: Vec<Mount>,
    /// The routes.
    pub(super) declared: Vec<Declared>,
    /// What is beyond a limit, each in a phrase.
    pub(super) left_out: BTreeSet<String>,
}

/// A place where a router ends up.
struct Site {
    prefix: String,
    guard: Guard,
}

/// The way from an app down to a router, and what was found on all ways.
#[derive(Default)]
struct Walk {
    way: Vec<RouterId>,
    places: usize,
    placed: BTreeSet<RouterId>,
    routes: Vec<Route>,
    left_out: BTreeSet<String>,
}

impl Walk {
    /// Whether nothing more is looked at, which is told.
    fn is_over(&mut self) -> bool {
        let message = if self.routes.len() >= ROUTE_LIMIT {
            format!("routes after the first {ROUTE_LIMIT} were left out")
        } else if self.places > PLACE_LIMIT {
            format!("routers after the first {PLACE_LIMIT} places of routers were left out")
        } else {
            return false;
        };
        self.left_out.insert(message);
        true
    }

    /// Whether routers are too deep in one another for one more, which is told.
    fn is_deep(&mut self) -> bool {
        let is_deep = self.way.len() > DEPTH_LIMIT;
        if is_deep {
            let message = format!("routers in more than {DEPTH_LIMIT} others were left out");
            self.left_out.insert(message);
        }
        is_deep
    }
}

impl Graph {
    /// Adds a router.
    pub(super) fn router(&mut self, router: Router) -> RouterId {
        self.routers.push(router);
        self.routers.len() - 1
    }

    /// Declares a route.
    pub(super) fn declare(&mut self, declared: Declared) {
        let what = "routes";
        push(
            &mut self.declared,
            declared,
            ROUTE_LIMIT,
            what,
            &mut self.left_out,
        );
    }

    /// Adds a check that keeps somebody out.
    pub(super) fn filter(&mut self, filter: Filter) {
        if filter.guard != Guard::None {
            let what = "checks that routers run for all";
            push(
                &mut self.filters,
                filter,
                FILTER_LIMIT,
                what,
                &mut self.left_out,
            );
        }
    }

    /// Mounts a router on another one.
    pub(super) fn mount(&mut self, mount: Mount) {
        if mount.parent != mount.child {
            let what = "mounts of routers";
            push(
                &mut self.mounts,
                mount,
                MOUNT_LIMIT,
                what,
                &mut self.left_out,
            );
        }
    }

    /// The routes as clients see them.
    pub(super) fn routes(&mut self) -> Vec<Route> {
        let mounted: BTreeSet<RouterId> = self.mounts.iter().map(|mount| mount.child).collect();
        let index = Index::new(self);
        let mut walk = Walk::default();
        let ids = || 0..self.routers.len();
        for id in ids().filter(|id| !mounted.contains(id)) {
            self.begin(id, &index, &mut walk);
        }
        // Of routers that are mounted in a circle, an app is where it begins.
        let is_app = |id: &RouterId| self.routers.get(*id).is_some_and(|one| one.is_app);
        for id in ids().filter(is_app).chain(ids()) {
            if !walk.placed.contains(&id) {
                self.begin(id, &index, &mut walk);
            }
        }
        self.left_out.append(&mut walk.left_out);
        walk.routes
    }

    fn begin(&self, id: RouterId, index: &Index, walk: &mut Walk) {
        // A router that nothing mounts may stand behind more than what was read.
        let is_app = self.routers.get(id).is_some_and(|router| router.is_app);
        let guard = if is_app { Guard::None } else { Guard::Unknown };
        let site = Site {
            prefix: String::new(),
            guard,
        };
        walk.way = vec![id];
        self.place(id, &site, index, walk);
    }

    fn place(&self, id: RouterId, site: &Site, index: &Index, walk: &mut Walk) {
        walk.places += 1;
        walk.placed.insert(id);
        let Some(router) = self.routers.get(id) else {
            return;
        };
        let base = joined(&site.prefix, &router.prefix);
        let outer = both(site.guard.clone(), router.guard.clone());
        for declared in index.declared(id).filter_map(|at| self.declared.get(at)) {
            if walk.is_over() {
                return;
            }
            let filtered = self.filtered(id, declared.order, &declared.path, index);
            let inner = both(filtered, declared.guard.clone());
            walk.routes.push(Route {
                path: joined(&base, &declared.path),
                method: declared.method,
                source: declared.source.clone(),
                guard: both(outer.clone(), inner),
            });
        }
        for mount in index.mounts(id).filter_map(|at| self.mounts.get(at)) {
            let circle = walk.way.contains(&mount.child);
            if circle || walk.is_deep() || walk.is_over() {
                continue;
            }
            let filtered = self.filtered(id, mount.order, &mount.prefix, index);
            let site = Site {
                prefix: joined(&base, &mount.prefix),
                guard: both(outer.clone(), both(filtered, mount.guard.clone())),
            };
            walk.way.push(mount.child);
            self.place(mount.child, &site, index, walk);
            walk.way.pop();
        }
    }

    /// What the router's own checks do for something that is declared after them.
    fn filtered(&self, id: RouterId, order: usize, path: &str, index: &Index) -> Guard {
        let filters = index.filters(id).filter_map(|at| self.filters.get(at));
        let relevant =
            filters.filter(|filter| filter.order < order && begins(path, &filter.prefix));
        relevant.fold(Guard::None, |guard, filter| {
            both(guard, filter.guard.clone())
        })
    }
}

/// What is told of the module at this path when it may have more routers than are taken.
pub(super) fn routers_left_out(path: &str, count: usize) -> Option<String> {
    let message = || format!("{path}: routers after the first {ROUTER_LIMIT} were left out");
    (count >= ROUTER_LIMIT).then(message)
}

/// Adds to a list up to its limit; what is beyond it is told.
fn push<T>(list: &mut Vec<T>, one: T, limit: usize, what: &str, left_out: &mut BTreeSet<String>) {
    if list.len() < limit {
        list.push(one);
    } else {
        left_out.insert(format!("{what} after the first {limit} were left out"));
    }
}

/// Whether a path begins with the segments of a prefix.
fn begins(path: &str, prefix: &str) -> bool {
    let rest = joined("", path);
    let prefix = joined("", prefix);
    prefix == "/"
        || rest
            .strip_prefix(&prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What belongs to each router.
struct Index {
    declared: Vec<Vec<usize>>,
    mounts: Vec<Vec<usize>>,
    filters: Vec<Vec<usize>>,
}

impl Index {
    fn new(graph: &Graph) -> Self {
        let count = graph.routers.len();
        let by = |ids: &mut dyn Iterator<Item = RouterId>| {
            let mut lists = vec![Vec::new(); count];
            for (at, id) in ids.enumerate() {
                if let Some(list) = lists.get_mut(id) {
                    list.push(at);
                }
            }
            lists
        };
        Self {
            declared: by(&mut graph.declared.iter().map(|one| one.router)),
            mounts: by(&mut graph.mounts.iter().map(|one| one.parent)),
            filters: by(&mut graph.filters.iter().map(|one| one.router)),
        }
    }

    fn declared(&self, id: RouterId) -> impl Iterator<Item = usize> {
        of(&self.declared, id)
    }

    fn mounts(&self, id: RouterId) -> impl Iterator<Item = usize> {
        of(&self.mounts, id)
    }

    fn filters(&self, id: RouterId) -> impl Iterator<Item = usize> {
        of(&self.filters, id)
    }
}

fn of(lists: &[Vec<usize>], id: RouterId) -> impl Iterator<Item = usize> {
    lists.get(id).into_iter().flatten().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(is_app: bool) -> Router {
        Router {
            prefix: String::new(),
            guard: Guard::None,
            is_app,
        }
    }

    fn mount(parent: RouterId, child: RouterId, prefix: &str) -> Mount {
        Mount {
            parent,
            child,
            order: 5,
            prefix: prefix.into(),
            guard: Guard::None,
        }
    }

    fn declared(router: RouterId, path: &str) -> Declared {
        Declared {
            router,
            order: 3,
            method: Method::Get,
            path: path.into(),
            source: Location::line_of("a.ts", 1),
            guard: Guard::None,
        }
    }

    #[test]
    fn a_router_that_is_mounted_twice_has_its_routes_twice_and_circles_end() {
        let mut graph = Graph {
            routers: vec![router(true), router(false)],
            mounts: vec![
                mount(0, 1, "/a"),
                mount(0, 1, "b/"),
                mount(1, 1, "/c"),
                mount(1, 0, "/d"),
            ],
            declared: vec![declared(1, "/x")],
            ..Graph::default()
        };
        let names: Vec<String> = graph.routes().iter().map(Route::name).collect();
        assert_eq!(names, ["GET /a/x", "GET /b/x"]);
    }

    #[test]
    fn a_check_is_for_what_is_declared_after_it_below_its_path() {
        let filter = |order, prefix: &str| Filter {
            router: 0,
            order,
            prefix: prefix.into(),
            guard: Guard::Seen("requireAuth".into()),
        };
        let guard = |filter: Filter| {
            let mut graph = Graph {
                routers: vec![router(true)],
                filters: vec![filter],
                declared: vec![declared(0, "/api/x")],
                ..Graph::default()
            };
            graph.routes()[0].guard.clone()
        };
        assert_eq!(guard(filter(1, "/")), Guard::Seen("requireAuth".into()));
        assert_eq!(guard(filter(1, "/api")), Guard::Seen("requireAuth".into()));
        assert_eq!(guard(filter(1, "/ap")), Guard::None);
        assert_eq!(guard(filter(9, "/")), Guard::None);
    }

    #[test]
    fn what_is_beyond_a_limit_is_told() {
        let told = |graph: &mut Graph| {
            graph.routes();
            graph.left_out.iter().cloned().collect::<Vec<_>>()
        };
        let deep = DEPTH_LIMIT + 2;
        let mut chain = Graph::default();
        for id in 0..=deep {
            chain.router(router(id == 0));
            chain.declare(declared(id, "/x"));
        }
        (0..deep).for_each(|id| chain.mount(mount(id, id + 1, "/a")));
        assert_eq!(
            told(&mut chain),
            ["routers in more than 12 others were left out"]
        );
        let mut wide = Graph::default();
        wide.router(router(true));
        wide.router(router(false));
        for order in 0..=MOUNT_LIMIT {
            wide.mount(mount(0, 1, "/a"));
            wide.filter(Filter {
                router: 0,
                order,
                prefix: String::new(),
                guard: Guard::Unknown,
            });
        }
        assert_eq!(
            told(&mut wide),
            [
                "checks that routers run for all after the first 500 were left out",
                "mounts of routers after the first 5000 were left out"
            ]
        );
        // Each is mounted three times on the one before, so that the places of the last are many.
        let mut doubled = Graph::default();
        (0..=DEPTH_LIMIT).for_each(|id| {
            doubled.router(router(id == 0));
        });
        for id in 0..DEPTH_LIMIT {
            for prefix in ["/a", "/b", "/c"] {
                doubled.mount(mount(id, id + 1, prefix));
            }
        }
        assert_eq!(
            told(&mut doubled),
            ["routers after the first 20000 places of routers were left out"]
        );
    }
}
