//! What a project is, read from its files alone.

use tidegate_core::ports::Files;

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
pub fn read(_files: &dyn Files) -> Project {
    Project::default()
}
