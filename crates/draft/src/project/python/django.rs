//! Django

use std::rc::Rc;

use super::super::commands::Python;
use super::super::names::{is_word, kebab, last, plain, split, within};
use super::super::part::Part;
use super::super::{App, Serve, Told, loose};
use super::modules::file;

/// A project of Django.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Django {
    /// The module of its settings.
    settings: String,
    /// The files of its settings, the one that is used first.
    files: Vec<String>,
    /// The package that the settings are in, or are a part of.
    package: String,
}

impl Django {
    /// The project of a part, whose `manage.py` tells its settings.
    pub(in super::super) fn of(part: &Part<'_, '_>) -> Option<Self> {
        let (_, manage) = part.first(&["manage.py"])?;
        let settings = setting(&manage)?;
        let first = file(part.survey, &part.folder, &settings)?;
        let package = settings.split('.').next()?.to_owned();
        let mut files = vec![first.clone()];
        let folder = split(&first).0.to_owned();
        // Settings that are a folder of files share what is in `base.py`.
        if last(&folder) == "settings" {
            let below: Vec<&str> = part
                .survey
                .below(&folder)
                .filter(|path| split(path).0 == folder)
                .collect();
            let of_production = |path: &&str| last(path).starts_with("prod");
            let (production, others): (Vec<&str>, Vec<&str>) =
                below.into_iter().partition(of_production);
            files.splice(0..0, production.into_iter().map(str::to_owned));
            files.extend(
                others
                    .into_iter()
                    .filter(|path| path.ends_with(".py"))
                    .map(str::to_owned),
            );
        }
        Some(Self {
            settings,
            files,
            package,
        })
    }

    /// The settings with their files.
    pub(in super::super) fn texts(&self, part: &Part<'_, '_>) -> Vec<(String, Rc<str>)> {
        let texts = self
            .files
            .iter()
            .filter_map(|file| Some((file.clone(), part.survey.text(file)?)));
        texts.collect()
    }

    /// How it is built and started.
    pub(in super::super) fn complete(&self, part: &Part<'_, '_>, port: u16, app: &mut App) {
        let python = Python::of(part);
        let texts = self.texts(part);
        let collected = texts
            .iter()
            .find(|(_, text)| loose::values(text, "STATIC_ROOT").next().is_some());
        if let Some((path, text)) = collected {
            app.output.extend(static_root(text));
            let command = python.file("manage.py collectstatic --noinput");
            let command = match app.build.take() {
                Some(script) => format!("{} && {command}", script.value),
                None => command,
            };
            app.build = Some(Told::new(
                command,
                path,
                "STATIC_ROOT says where its static files go",
            ));
        }
        app.serve = Some(self.serve(part, port, &python));
        app.login_page = self.login(part);
        // Its package is often all that has a name.
        let usual = [
            "config", "core", "project", "settings", "backend", "server", "django",
        ];
        if app.name == "app" && !usual.contains(&&*self.package) {
            app.name = kebab(&self.package).unwrap_or_else(|| std::mem::take(&mut app.name));
        }
    }

    fn serve(&self, part: &Part<'_, '_>, port: u16, python: &Python) -> Told<Serve> {
        let module = |name: &str| {
            let path = part.path(&within(&self.package, &format!("{name}.py")));
            (part.survey.has(&path) && is_word(&self.package))
                .then(|| format!("{}.{name}:application", self.package))
        };
        let by_gunicorn = part.python_needs(&["gunicorn"]).zip(module("wsgi"));
        let by_uvicorn = part.python_needs(&["uvicorn"]).zip(module("asgi"));
        let (command, file, because) = if let Some((needed, module)) = by_gunicorn {
            let command = format!("gunicorn {module} --bind 127.0.0.1:{port}");
            (
                python.program(&command),
                needed.file.to_owned(),
                "gunicorn is a dependency",
            )
        } else if let Some((needed, module)) = by_uvicorn {
            let command = format!("uvicorn {module} --host 127.0.0.1 --port {port}");
            (
                python.program(&command),
                needed.file.to_owned(),
                "uvicorn is a dependency",
            )
        } else {
            let command = format!("manage.py runserver 127.0.0.1:{port} --noreload");
            let because = "no server for production is a dependency, so that Django's own is used";
            (python.file(&command), part.path("manage.py"), because)
        };
        let serve = Serve {
            command,
            port,
            environment: Vec::new(),
            ready: self.ready(part),
        };
        Told::new(serve, &file, because)
    }

    /// The home page where the project has one, else the login of its administration.
    fn ready(&self, part: &Part<'_, '_>) -> String {
        let home = ["path(\"\"", "path('',", "re_path(r\"^$\"", "re_path(r'^$'"];
        match self.addresses(part) {
            Some((_, text)) if home.iter().any(|home| begins_line(&text, home)) => "/".to_owned(),
            Some((_, text)) => admin(&text).unwrap_or_else(|| "/".to_owned()),
            None => "/".to_owned(),
        }
    }

    /// The file that says which address leads where.
    fn addresses(&self, part: &Part<'_, '_>) -> Option<(String, Rc<str>)> {
        let texts = self.texts(part);
        let mut named = texts
            .iter()
            .filter_map(|(_, text)| loose::text_of(text, "ROOT_URLCONF"));
        let path = file(part.survey, &part.folder, &named.next()?)?;
        let text = part.survey.text(&path)?;
        Some((path, text))
    }

    /// The page where people log in: that of Django's own accounts, else that of its administration.
    fn login(&self, part: &Part<'_, '_>) -> Option<Told<String>> {
        let (path, text) = self.addresses(part)?;
        let accounts = text
            .lines()
            .find(|line| line.contains("django.contrib.auth.urls"));
        if let Some(below) = accounts.and_then(first_path) {
            return Some(Told::new(
                format!("/{below}login/"),
                &path,
                "it has the pages of django.contrib.auth",
            ));
        }
        Some(Told::new(
            admin(&text)?,
            &path,
            "it has the administration of Django",
        ))
    }

    /// The module of the settings.
    pub(in super::super) fn module(&self) -> &str {
        &self.settings
    }
}

/// The settings that `manage.py` names.
fn setting(manage: &str) -> Option<String> {
    let (_, behind) = manage.split_once("DJANGO_SETTINGS_MODULE")?;
    let (_, behind) = behind.split_once([',', '=', ']'])?;
    let name = loose::literal(behind.trim_start_matches(['=', ' ', '\n', '\r', '\t']))?;
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_.".contains(letter);
    name.chars().all(is_name).then_some(name)
}

/// The folder in `STATIC_ROOT = BASE_DIR / "staticfiles"`, `os.path.join(BASE_DIR, "static")` or a text.
fn static_root(text: &str) -> Option<String> {
    let value = loose::values(text, "STATIC_ROOT").next()?;
    let line = value.lines().next()?;
    let quote = line.find(['"', '\''])?;
    let folder = plain(&loose::literal(line.get(quote..)?)?)?;
    (!folder.is_empty() && is_word(&folder)).then_some(folder)
}

/// The login of the administration, where an address leads to it.
fn admin(text: &str) -> Option<String> {
    let line = text
        .lines()
        .find(|line| line.contains("admin.site.urls") && !line.trim_start().starts_with('#'))?;
    Some(format!("/{}login/", first_path(line)?))
}

/// The path in `path("admin/", …)`.
fn first_path(line: &str) -> Option<String> {
    let quote = line.find(['"', '\''])?;
    let path = loose::literal(line.get(quote..)?)?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_/".contains(letter);
    (path.ends_with('/') && path.chars().all(is_plain)).then_some(path)
}

/// Whether a line begins so; what `startproject` explains in a text does not.
fn begins_line(text: &str, code: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with(code))
}
