//! What the routes of an app tell: its API, where people log in, records, and when it is ready.

use std::collections::BTreeSet;

use tidegate_kinds::reading::{
    Language, Manifest, Source, Way, is_invisible, ways, ways_of_document,
};

use super::names::{and_above, from, last, split};
use super::survey::Survey;
use super::{Api, App, Records, Told, loose};

/// The longest path that is told, in bytes.
const LONGEST: usize = 200;

/// The largest document that is read for routes, in bytes.
const DOCUMENT_LIMIT: usize = 512 * 1024;

/// What the page is called where people log in, the surest first.
const LOGINS: [&str; 6] = ["login", "log-in", "signin", "sign-in", "sign_in", "auth"];

/// What the route is called that takes a login.
const TAKES_LOGINS: [&str; 8] = [
    "login",
    "log-in",
    "signin",
    "sign-in",
    "access-token",
    "token",
    "session",
    "sessions",
];

/// Routes that say whether an app is up.
const ALIVE: [&str; 9] = [
    "health",
    "healthz",
    "healthcheck",
    "livez",
    "readyz",
    "live",
    "ready",
    "ping",
    "status",
];

/// The most sorts of records that are held against each other.
const RECORD_LIMIT: usize = 200;

/// Words in code that declares routes by calls.
const CALLS: [&str; 9] = [
    "express",
    "fastify",
    "hono",
    "Hono",
    "koa",
    "Router(",
    ".route(",
    ".use(",
    "export default function",
];

/// Words in code that declares routes by decorators.
const DECORATORS: [&str; 5] = [
    "APIRouter",
    "FastAPI",
    "Flask",
    "Blueprint",
    "include_router",
];

/// Packages of frameworks that declare routes by calls.
const SERVERS: [&str; 5] = ["express", "fastify", "koa", "hono", "@hono/zod-openapi"];

/// Adds what routes tell to the apps, and lets go of the source code.
pub(super) fn tell(survey: &mut Survey<'_>, apps: &mut [App]) {
    if apps.is_empty() {
        return;
    }
    let folders: Vec<String> = apps.iter().map(|app| app.folder.clone()).collect();
    for app in apps.iter_mut() {
        let told = app.login_page.take();
        app.login_page = told
            .or_else(|| in_files(survey, &app.folder))
            .or_else(|| in_code(survey, &app.folder));
    }
    let mut of_apps: Vec<Vec<Way>> = vec![Vec::new(); apps.len()];
    let read = ways(survey.files, telling(survey));
    for way in read.into_iter().filter(is_sayable) {
        let owner = owner(&way.file, &folders);
        if let Some(list) = owner.and_then(|owner| of_apps.get_mut(owner)) {
            list.push(way);
        }
    }
    for (app, mut ways) in apps.iter_mut().zip(of_apps) {
        if !ways.iter().any(is_of_api) {
            ways.extend(documented(survey, app));
        }
        complete(app, &ways);
    }
}

/// Which app a file belongs to: the nearest above it, or the only one.
fn owner(file: &str, folders: &[String]) -> Option<usize> {
    let mut above = and_above(split(file).0);
    let nearest = above.find_map(|folder| folders.iter().position(|app| app == folder));
    nearest.or_else(|| (folders.len() == 1).then_some(0))
}

/// The routes of a document that is small enough to be read for them.
fn documented(survey: &Survey<'_>, app: &App) -> Vec<Way> {
    let Some(document) = &app.document else {
        return Vec::new();
    };
    let small = survey
        .text(&document.value)
        .is_some_and(|text| text.len() <= DOCUMENT_LIMIT);
    let read = small.then(|| ways_of_document(survey.files, &document.value));
    read.unwrap_or_default()
        .into_iter()
        .filter(is_sayable)
        .collect()
}

/// Whether a path can stand in a gate file and in a sentence.
fn is_sayable(way: &Way) -> bool {
    let odd = |letter: char| {
        letter.is_whitespace() || is_invisible(letter) || "?#\"'\\$".contains(letter)
    };
    way.path.starts_with('/') && way.path.len() <= LONGEST && !way.path.contains(odd)
}

/// The source code that may declare routes: to take all of it apart would take long.
fn telling(survey: &mut Survey<'_>) -> Vec<Source> {
    let needs = |manifest: &Manifest| {
        manifest
            .dependencies
            .iter()
            .any(|one| SERVERS.contains(&one.name.as_str()))
    };
    let by_calls = survey.manifests.values().any(needs);
    let mut sources = std::mem::take(&mut survey.sources);
    sources.retain(|source| match source.language {
        Language::Python => DECORATORS.iter().any(|word| source.text.contains(word)),
        Language::JavaScript => {
            is_of_next(&source.path)
                || (by_calls && CALLS.iter().any(|word| source.text.contains(word)))
        }
    });
    sources
}

/// Whether Next.js makes a route of a file of this name, or guards routes by it. Of pages only those where
/// people log in are asked for.
fn is_of_next(path: &str) -> bool {
    let (folder, name) = split(path);
    let stem = name.split('.').next().unwrap_or(name);
    let mut steps = folder.split('/');
    let is_login = |step: &str| LOGINS.contains(&step);
    match stem {
        "middleware" | "proxy" | "route" => true,
        "page" => folder
            .split('/')
            .rfind(|step| !step.starts_with('('))
            .is_some_and(is_login),
        _ if steps.any(|step| step == "pages") => {
            steps.next() == Some("api")
                || is_login(stem)
                || (stem == "index" && is_login(last(folder)))
        }
        _ => false,
    }
}

/// Whether a route belongs to an API: it is no page, and not the way in.
fn is_of_api(way: &Way) -> bool {
    let name = last(&way.file);
    let is_page = name.starts_with("page.")
        || (way.file.split('/').any(|step| step == "pages") && !way.path.starts_with("/api"));
    !is_page && way.path != "/" && !matches!(way.method, "HEAD" | "OPTIONS")
}

fn reads(way: &Way) -> bool {
    matches!(way.method, "GET" | "ANY")
}

fn complete(app: &mut App, ways: &[Way]) {
    let of_api: Vec<&Way> = ways.iter().filter(|way| is_of_api(way)).collect();
    app.api = api(&of_api);
    app.records = records(&of_api);
    app.login_route = login_route(&of_api);
    if app.login_page.is_none() {
        let pages = ways
            .iter()
            .filter(|way| way.method == "GET" && !is_of_api(way) && !way.path.contains('{'));
        let named = pages.filter_map(|way| Some((position(&LOGINS, &way.path)?, way)));
        let page = named.min_by_key(|(at, way)| (*at, way.path.len()));
        app.login_page = page
            .map(|(_, way)| Told::new(way.path.clone(), &way.file, "it is the page of that path"));
    }
    let document = app.served_document.as_ref().map(|told| told.value.clone());
    if let Some(serve) = app
        .serve
        .as_mut()
        .filter(|serve| serve.value.ready.is_empty())
    {
        serve.value.ready = ready(ways, document);
    }
}

/// A path that answers once an app is ready: its home page, else one that is made for that.
fn ready(ways: &[Way], document: Option<String>) -> String {
    let plain = |way: &&Way| reads(way) && !way.path.contains('{') && !way.guarded;
    let has_home = ways.iter().any(|way| reads(way) && way.path == "/");
    if has_home {
        return "/".to_owned();
    }
    let alive = ways
        .iter()
        .filter(plain)
        .find(|way| position(&ALIVE, &way.path).is_some());
    let path = alive.map(|way| way.path.clone()).or(document);
    path.unwrap_or_else(|| "/".to_owned())
}

/// Where the last step of a path stands in a list.
fn position(names: &[&str], path: &str) -> Option<usize> {
    let step = last(path.trim_end_matches('/'));
    names.iter().position(|name| *name == step)
}

fn api(ways: &[&Way]) -> Option<Told<Api>> {
    let first = ways.first()?;
    let is_data = |way: &&&Way| {
        reads(way)
            && !way.path.contains('{')
            && position(&ALIVE, &way.path).is_none()
            && !is_about_logins(&way.path)
    };
    let read = ways.iter().filter(is_data);
    let read = read.min_by_key(|way| {
        (
            way.guarded,
            !way.path.contains("api"),
            way.path.len(),
            &way.path,
        )
    });
    let api = Api {
        routes: ways.len(),
        read: read.map(|way| way.path.clone()),
        open: read.is_some_and(|way| !way.guarded),
    };
    let file = read.map_or(&first.file, |way| &way.file);
    let because = match ways.len() {
        1 => "its code declares a route".to_owned(),
        count => format!("it declares one of {count} routes"),
    };
    Some(Told::new(api, file, because))
}

fn is_about_logins(path: &str) -> bool {
    let words = [
        "auth", "login", "logout", "token", "session", "password", "register", "signup", "webhook",
        "csrf", "callback",
    ];
    words
        .iter()
        .any(|word| path.to_ascii_lowercase().contains(word))
}

fn login_route(ways: &[&Way]) -> Option<Told<String>> {
    let takes = ways
        .iter()
        .filter(|way| matches!(way.method, "POST" | "ANY") && !way.path.contains('{'));
    let named = takes.filter_map(|way| Some((position(&TAKES_LOGINS, &way.path)?, way)));
    let (_, way) = named.min_by_key(|(at, way)| (*at, way.path.len()))?;
    Some(Told::new(
        way.path.clone(),
        &way.file,
        "it takes a POST at that path",
    ))
}

/// A path with GET and POST, rather one whose records can be read and removed one by one.
fn records(ways: &[&Way]) -> Option<Told<Records>> {
    let lists = ways.iter().filter(|way| {
        way.method == "GET" && !way.path.contains('{') && !is_about_logins(&way.path)
    });
    let posts = ways.iter().filter(|way| way.method == "POST");
    let posts: BTreeSet<&str> = posts.map(|way| way.path.as_str()).collect();
    let created = lists.filter(|list| posts.contains(list.path.as_str()));
    let created = created.take(RECORD_LIMIT);
    let found = created.map(|list| {
        let is_item = |way: &&&Way| {
            let rest = way
                .path
                .strip_prefix(&list.path)
                .and_then(|rest| rest.strip_prefix("/{"));
            rest.is_some_and(|rest| {
                let ends = |end: usize| end + 1 == rest.len();
                !rest.starts_with('*') && rest.find('}').is_some_and(ends)
            })
        };
        let items: Vec<&&Way> = ways.iter().filter(is_item).collect();
        let records = Records {
            list: list.path.clone(),
            item: items
                .iter()
                .find(|way| way.method == "GET")
                .or(items.first())
                .map(|_| format!("{}/{{id}}", list.path)),
            removes: items.iter().any(|way| way.method == "DELETE"),
        };
        (records, list)
    });
    let best = found.min_by_key(|(records, list)| {
        (
            records.item.is_none(),
            !records.removes,
            records.list.len(),
            list.path.clone(),
        )
    });
    best.map(|(records, list)| {
        Told::new(
            records,
            &list.file,
            "it lists with GET and creates with POST",
        )
    })
}

/// A page where people log in, by the name of its file in frameworks that make paths of them.
fn in_files(survey: &Survey<'_>, folder: &str) -> Option<Told<String>> {
    let pages = survey.below(folder).filter_map(|path| {
        let seen = from(folder, path);
        let routed = seen.strip_prefix("src/routes/").and_then(of_svelte);
        let routed = routed.or_else(|| seen.strip_prefix("app/routes/").and_then(of_remix));
        let routed = routed.or_else(|| of_pages(seen))?;
        Some((position(&LOGINS, &routed)?, routed, path))
    });
    let (_, page, path) = pages.min_by_key(|(at, page, _)| (*at, page.len()))?;
    let told = Told::new(page, path, "it is the page of that path");
    Some(told).filter(|told| told.value.len() <= LONGEST)
}

/// `(auth)/login/+page.svelte`
fn of_svelte(path: &str) -> Option<String> {
    let folder = path.strip_suffix("/+page.svelte")?;
    let steps = folder.split('/').filter(|step| !step.starts_with('('));
    proper(steps)
}

/// `_auth.login.tsx`, `login/route.tsx`
fn of_remix(path: &str) -> Option<String> {
    let stem = ["tsx", "jsx", "ts", "js"]
        .iter()
        .find_map(|ending| path.strip_suffix(&format!(".{ending}")))?;
    let stem = stem.strip_suffix("/route").unwrap_or(stem);
    let steps = stem.split(['.', '/']).filter(|step| !step.starts_with('_'));
    proper(steps)
}

/// `pages/login.vue`, `src/pages/login.astro`
fn of_pages(path: &str) -> Option<String> {
    let rest = path
        .strip_prefix("src/")
        .or(path.strip_prefix("app/"))
        .unwrap_or(path);
    let rest = rest.strip_prefix("pages/")?;
    let stem = rest.strip_suffix(".vue").or(rest.strip_suffix(".astro"))?;
    proper(stem.strip_suffix("/index").unwrap_or(stem).split('/'))
}

fn proper<'s>(steps: impl Iterator<Item = &'s str>) -> Option<String> {
    let steps: Vec<&str> = steps.collect();
    let is_plain = |step: &&str| {
        step.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
    };
    (!steps.is_empty() && steps.iter().all(is_plain)).then(|| format!("/{}", steps.join("/")))
}

/// A page where people log in, by the routes of a router in the browser: `path="/login"`.
fn in_code(survey: &Survey<'_>, folder: &str) -> Option<Told<String>> {
    const BEFORE: [&str; 5] = ["path=", "path={", "path: ", "route(", "path:"];
    let below = survey.below(folder).filter_map(|path| survey.source(path));
    let code = below.filter(|source| source.language == Language::JavaScript);
    let named = code.filter(|source| {
        let text = &source.text;
        let has_login = text.contains("login") || text.contains("sign") || text.contains("auth");
        has_login && (text.contains("path") || text.contains("route("))
    });
    let found = named.flat_map(|source| {
        BEFORE.iter().flat_map(move |before| {
            source
                .text
                .match_indices(before)
                .filter_map(move |(at, _)| {
                    let behind = source.text.get(at + before.len()..)?;
                    let path = loose::literal(behind)?;
                    let path = proper(path.trim_matches('/').split('/'))?;
                    Some((position(&LOGINS, &path)?, path, source))
                })
        })
    });
    let (_, path, source) = found.min_by_key(|(at, path, _)| (*at, path.len()))?;
    Some(Told::new(path, &source.path, "its router has that path"))
}
