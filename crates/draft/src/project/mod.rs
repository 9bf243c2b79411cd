//! What a project is, read from its files alone.
//!
//! One walk lists the files, the manifests and the source code are read once, and everything that is told
//! names the file that tells it. Nothing is run and nothing is guessed beyond what a file says.

mod commands;
mod hosts;
mod javascript;
mod loose;
mod names;
mod part;
mod php;
mod production;
mod python;
mod ruby;
mod shape;
mod survey;
mod technologies;
mod variables;
mod ways;

use tidegate_core::ports::Files;
use tidegate_kinds::draft::holds_secret;
use tidegate_kinds::reading::is_invisible;

pub(crate) use names::{is_variable, kebab, within};
use part::Part;
use shape::Shape;
use survey::Survey;

/// The port of the first app; the next has the next. Not one that development servers take, so that a
/// developer's own never stands in for the build.
const FIRST_PORT: u16 = 4300;

/// The most apps that are told.
const APP_LIMIT: usize = 50;

/// How many faults are told one by one.
const TOLD_LIMIT: usize = 20;

/// What is known of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// What can be deployed, the likeliest first; a monorepo has several, and of a folder that tells
    /// nothing there is none.
    pub apps: Vec<App>,
    /// What could not be read, each in a phrase that begins with the place.
    pub unread: Vec<String>,
}

/// One app of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct App {
    /// Its folder relative to the project's, with forward slashes; empty for the project's own.
    pub folder: String,
    /// Its name in kebab-case, from its manifest or its folder.
    pub name: String,
    /// What it is built with, the most telling first.
    pub technologies: Vec<Told<Technology>>,
    /// Where it is deployed.
    pub hosts: Vec<Told<Host>>,
    /// What installs its dependencies.
    pub manager: Option<Told<Manager>>,
    /// What installs them, exactly as they are locked where they are; run in the folder of the file that
    /// tells it, or in the app's, as in `npm ci`.
    pub install: Option<Told<String>>,
    /// What builds it, run in its folder, as in `npm run build`.
    pub build: Option<Told<String>>,
    /// How its production build is started on this machine; `None` where that is not known.
    pub serve: Option<Told<Serve>>,
    /// The path of its first page, where another one tells that it is ready.
    pub home: Option<String>,
    /// The folders that a build writes what visitors get into, relative to the project's.
    pub output: Vec<String>,
    /// The OpenAPI document, relative to the project's folder.
    pub document: Option<Told<String>>,
    /// The path at which the app itself serves its OpenAPI document, such as `/openapi.json`.
    pub served_document: Option<Told<String>>,
    /// What is known of the routes of its API; `None` where none were read.
    pub api: Option<Told<Api>>,
    /// The path of the page where people log in.
    pub login_page: Option<Told<String>>,
    /// The path that takes a login, sent with POST.
    pub login_route: Option<Told<String>>,
    /// Routes that list and create the same records.
    pub records: Option<Told<Records>>,
    /// Whether every path is answered with the same page.
    pub single_page: bool,
    /// The variables that its code and its samples name, without values.
    pub variables: Vec<Told<Variable>>,
    /// The address of production, where a file tells it.
    pub production: Option<Told<String>>,
}

/// Something that was found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    /// What was found.
    pub value: T,
    /// The file that tells it, relative to the project's folder.
    pub file: String,
    /// How it tells, as the end of a sentence: `next is a dependency`.
    pub because: String,
}

impl<T> Told<T> {
    fn new(value: T, file: &str, because: impl Into<String>) -> Self {
        Self {
            value,
            file: file.to_owned(),
            because: because.into(),
        }
    }
}

/// How a production build is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serve {
    /// What the shell is given in the app's folder; the port stands in it or in the environment.
    pub command: String,
    /// The port that it listens on, on 127.0.0.1.
    pub port: u16,
    /// Variables that it needs, beside those that the app needs itself.
    pub environment: Vec<(String, String)>,
    /// A path that answers 2xx once it is ready.
    pub ready: String,
}

/// What is known of the routes of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// How many routes were read.
    pub routes: usize,
    /// The path of one that is read with GET and without anything to fill in, rather one without a guard.
    pub read: Option<String>,
    /// Whether nothing seems to keep strangers out of that one.
    pub open: bool,
}

/// Routes of one sort of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Records {
    /// The path that lists them with GET and creates one with POST.
    pub list: String,
    /// The path of one of them, with `{id}` for what varies.
    pub item: Option<String>,
    /// Whether DELETE removes one at that path.
    pub removes: bool,
}

/// A variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Whether a build puts its value into what visitors get.
    pub public: bool,
}

/// A framework, a service or a builder of apps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Technology {
    /// Next.js
    Next,
    /// Remix, or React Router 7 as a framework
    Remix,
    /// SvelteKit
    SvelteKit,
    /// Vite without a framework of its own above it
    Vite,
    /// Express
    Express,
    /// FastAPI
    FastApi,
    /// Django
    Django,
    /// Ruby on Rails
    Rails,
    /// Laravel
    Laravel,
    /// Supabase
    Supabase,
    /// Firebase
    Firebase,
    /// Stripe
    Stripe,
    /// Made with Lovable
    Lovable,
    /// Made with Bolt
    Bolt,
}

/// Who hosts an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// Vercel
    Vercel,
    /// Netlify
    Netlify,
    /// Render
    Render,
    /// Fly.io
    Fly,
}

/// What installs the dependencies of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manager {
    /// npm
    Npm,
    /// pnpm
    Pnpm,
    /// Yarn
    Yarn,
    /// Bun
    Bun,
    /// pip
    Pip,
    /// uv
    Uv,
    /// Poetry
    Poetry,
    /// Pipenv
    Pipenv,
    /// Bundler
    Bundler,
    /// Composer
    Composer,
}

/// Reads what a project is from its files.
pub fn read(files: &dyn Files) -> Project {
    let mut survey = Survey::of(files);
    let mut apps = found(&survey);
    ways::tell(&mut survey, &mut apps);
    let mut unread = survey.into_unread();
    let untold = unread.len().saturating_sub(TOLD_LIMIT);
    if untold > 0 {
        unread.truncate(TOLD_LIMIT);
        unread.push(format!("{untold} more places could not be read"));
    }
    // Names of files are shown on terminals and in logs.
    for told in &mut unread {
        *told = told.replace(is_invisible, "\u{fffd}");
    }
    Project { apps, unread }
}

/// The apps of a project, the likeliest first, without what their routes tell.
fn found(survey: &Survey<'_>) -> Vec<App> {
    let parts = Part::all(survey);
    let mut shaped: Vec<(Part<'_, '_>, Shape)> = Vec::new();
    for part in parts {
        if let Some(shape) = Shape::of(&part) {
            shaped.push((part, shape));
        }
    }
    // What only starts something is the frame around the apps below it.
    let folders: Vec<String> = shaped.iter().map(|(part, _)| part.folder.clone()).collect();
    let is_frame = |part: &Part<'_, '_>, shape: &Shape| {
        let below =
            |folder: &String| *folder != part.folder && names::is_below(folder, &part.folder);
        !shape.is_framework() && folders.iter().any(below)
    };
    shaped.retain(|(part, shape)| !is_frame(part, shape));
    shaped.sort_by_cached_key(|(part, shape)| (shape.rank(part), part.folder.clone()));
    if shaped.len() > APP_LIMIT {
        let more = shaped.len() - APP_LIMIT;
        survey.tell(format!(
            "{more} apps were left out after the first {APP_LIMIT}"
        ));
        shaped.truncate(APP_LIMIT);
    }
    let folders: Vec<String> = shaped.iter().map(|(part, _)| part.folder.clone()).collect();
    let ports = FIRST_PORT..;
    let apps = shaped.iter().zip(ports);
    let apps = apps.map(|((part, shape), port)| app(part, shape, port, &folders));
    apps.collect()
}

fn app(part: &Part<'_, '_>, shape: &Shape, port: u16, folders: &[String]) -> App {
    let variables = variables::of(part, folders);
    let mut app = App {
        folder: part.folder.clone(),
        name: part.name(),
        technologies: technologies::of(part, shape, folders.len() == 1),
        hosts: hosts::of(part, folders),
        manager: part.manager(),
        install: part.install(),
        document: part.document(folders),
        production: production::of(part, shape, folders),
        variables: variables.told,
        ..App::default()
    };
    shape.complete(part, port, &variables.names, &mut app);
    for file in without_secrets(&mut app) {
        part.survey.tell(format!(
            "{file}: a command or an address with a password or a key in it, which belongs in the environment"
        ));
    }
    app
}

/// Takes commands and addresses away that hold a secret, and tells the files they are from: what is written is committed.
fn without_secrets(app: &mut App) -> Vec<String> {
    let holds = |told: &mut Told<String>| holds_secret(&told.value);
    let texts = [&mut app.install, &mut app.build, &mut app.production];
    let texts = texts.into_iter().filter_map(|told| told.take_if(holds));
    let mut files: Vec<String> = texts.map(|told| told.file).collect();
    let serve = app.serve.take_if(|told| holds_secret(&told.value.command));
    files.extend(serve.map(|told| told.file));
    files
}

#[cfg(test)]
mod tests;
