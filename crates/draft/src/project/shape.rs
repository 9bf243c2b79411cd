//! What sort of app a part is, and what follows from it.

use std::collections::BTreeSet;

use super::part::Part;
use super::{App, Serve, Technology, Told};
use super::{commands, javascript, php, python, ruby};

/// What sort of app a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    Laravel,
    Rails,
    Django(python::Django),
    Next,
    Remix,
    SvelteKit,
    /// A program of Node.js that answers requests.
    Server,
    FastApi(python::FastApi),
    Vite,
    /// A framework for pages that is none of those.
    Pages(&'static javascript::Pages),
    /// Something that a start script, a `Procfile` or a `Dockerfile` starts.
    Started,
}

impl Shape {
    /// What a part is; nothing when it is no app, such as a library.
    pub(super) fn of(part: &Part<'_, '_>) -> Option<Self> {
        if php::is_laravel(part) {
            return Some(Self::Laravel);
        }
        if ruby::is_rails(part) {
            return Some(Self::Rails);
        }
        if let Some(django) = python::Django::of(part) {
            return Some(Self::Django(django));
        }
        if let Some(shape) = javascript::framework(part) {
            return Some(shape);
        }
        if javascript::is_server(part) {
            return Some(Self::Server);
        }
        if let Some(app) = python::FastApi::of(part) {
            return Some(Self::FastApi(app));
        }
        if javascript::is_vite(part) {
            return Some(Self::Vite);
        }
        if let Some(pages) = javascript::Pages::of(part) {
            return Some(Self::Pages(pages));
        }
        (!javascript::is_workspace(part) && started(part).is_some()).then_some(Self::Started)
    }

    /// Whether it is known what it is built with.
    pub(super) fn is_framework(&self) -> bool {
        *self != Self::Started
    }

    /// The technology that it is.
    pub(super) fn technology(&self) -> Option<Technology> {
        Some(match self {
            Self::Laravel => Technology::Laravel,
            Self::Rails => Technology::Rails,
            Self::Django(_) => Technology::Django,
            Self::Next => Technology::Next,
            Self::Remix => Technology::Remix,
            Self::SvelteKit => Technology::SvelteKit,
            Self::FastApi(_) => Technology::FastApi,
            Self::Vite => Technology::Vite,
            Self::Server | Self::Pages(_) | Self::Started => return None,
        })
    }

    /// Orders apps: what visitors see first, then what answers them, then what is only started.
    pub(super) fn rank(&self, part: &Part<'_, '_>) -> (u8, u8) {
        let sort = match self {
            Self::Laravel
            | Self::Rails
            | Self::Django(_)
            | Self::Next
            | Self::Remix
            | Self::SvelteKit => 0,
            Self::Vite | Self::Pages(_) => 1,
            Self::Server | Self::FastApi(_) => 2,
            Self::Started => 3,
        };
        let name = super::names::last(&part.folder);
        let beside = [
            "docs",
            "doc",
            "documentation",
            "storybook",
            "blog",
            "landing",
            "marketing",
            "admin",
            "playground",
            "demo",
        ];
        let main = [
            "", "web", "app", "portal", "frontend", "client", "site", "www",
        ];
        let named = match name {
            _ if main.contains(&name) => 0,
            _ if beside.contains(&name) => 2,
            _ => 1,
        };
        match named {
            2 => (sort + 1, 2),
            named => (sort, named),
        }
    }

    /// Adds how it is built and started, and what comes out of that.
    pub(super) fn complete(
        &self,
        part: &Part<'_, '_>,
        port: u16,
        names: &BTreeSet<String>,
        app: &mut App,
    ) {
        app.build = commands::build(part);
        match self {
            Self::Laravel => php::complete(part, port, app),
            Self::Rails => ruby::complete(part, port, app),
            Self::Django(django) => django.complete(part, port, app),
            Self::FastApi(found) => found.complete(part, port, app),
            Self::Next => javascript::next::complete(part, port, app),
            Self::Remix => javascript::remix::complete(part, port, app),
            Self::SvelteKit => javascript::svelte::complete(part, port, app),
            Self::Vite => javascript::vite::complete(part, port, app),
            Self::Pages(pages) => pages.complete(part, port, app),
            Self::Server => javascript::server::complete(part, port, names, app),
            Self::Started => {
                app.serve = started(part).and_then(|how| how.serve(part, port, names));
            }
        }
        let output = std::mem::take(&mut app.output);
        let output = output.into_iter().map(|folder| part.path(&folder));
        app.output = output.collect();
    }
}

/// How something without a known framework is started.
enum Start {
    Script,
    Procfile(Told<String>),
    Dockerfile,
}

fn started(part: &Part<'_, '_>) -> Option<Start> {
    if let Some((path, text)) = part.first(&["Procfile"]) {
        let mut lines = text.lines();
        let command = lines.find_map(|line| line.trim().strip_prefix("web:").map(str::trim));
        let command = command.filter(|command| !command.is_empty() && command.len() < 1000);
        if let Some(command) = command {
            let told = Told::new(command.to_owned(), &path, "its line web: starts the app");
            return Some(Start::Procfile(told));
        }
    }
    if javascript::server::production_start(part).is_some() {
        return Some(Start::Script);
    }
    part.has("Dockerfile").then_some(Start::Dockerfile)
}

impl Start {
    fn serve(
        self,
        part: &Part<'_, '_>,
        port: u16,
        names: &BTreeSet<String>,
    ) -> Option<Told<Serve>> {
        match self {
            Self::Script => javascript::server::serve(part, port, names),
            Self::Procfile(told) => {
                let serve = Serve {
                    command: told.value,
                    port,
                    environment: vec![("PORT".to_owned(), port.to_string())],
                    ready: "/".to_owned(),
                };
                Some(Told::new(serve, &told.file, told.because))
            }
            Self::Dockerfile => None,
        }
    }
}
