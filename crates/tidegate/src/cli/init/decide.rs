//! What is known, asked and guessed before anything is written.

use tidegate::init::{self, App, EnvironmentKind, InitError, Project, Wish, likely_kind, places};

use super::super::arguments::GateArguments;
use super::super::output::Output;
use super::ask::Asker;
use super::target::{self, Target};
use super::{Decided, InitArguments, adopting, fault, tell, unless_stopped, usage};

/// Decides what the gate file is made for.
pub(super) fn decide(
    gate: &GateArguments,
    arguments: &InitArguments,
    asker: &mut Asker<'_>,
    output: &Output,
) -> anyhow::Result<Decided> {
    let target = target::read(gate, arguments)?;
    // Nobody answers questions for what cannot be written.
    if target.gate.symlink_metadata().is_ok() {
        let error = InitError::Exists(target.gate);
        return Err(match arguments.adopt {
            true => adopting(&error),
            false => fault(&error),
        });
    }
    // A home folder takes long to walk through.
    let folder = target.folder.clone();
    let project = unless_stopped("init-reader", asker.stop(), move || init::project(&folder))?;
    tell::unread(&project, output);
    let app = app(project, arguments.app.as_deref(), asker)?;
    if let Some(app) = &app {
        tell::found(app, target.url.is_some() || asker.asks(), output);
    }
    let (url, confirmed) = url(&target, app.as_ref(), asker)?;
    let kind = kind(arguments, url.as_deref(), asker)?;
    let production = app.as_ref().and_then(|app| app.production.as_ref());
    let production = production.map(|told| told.value.trim_end_matches('/').to_owned());
    let document = app.as_ref().and_then(|app| app.document.as_ref());
    let document = document.map(|told| told.value.clone());
    let wish = Wish {
        name: name(arguments, app.as_ref(), url.as_deref(), &target),
        production: production.filter(|production| Some(production) != url.as_ref()),
        document: target.document.or(document),
        app,
        url,
        kind,
        ..Wish::default()
    };
    environment(gate.env.as_deref(), &wish)?;
    Ok(Decided {
        wish: init::wish(&target.gate, wish),
        gate: target.gate,
        confirmed,
    })
}

/// Holds the environment that was asked for against those that there will be.
fn environment(wanted: Option<&str>, wish: &Wish) -> anyhow::Result<()> {
    let places = places(wish);
    let names: Vec<&str> = places.iter().map(|place| place.name).collect();
    match wanted {
        Some(wanted) if !names.contains(&wanted) => Err(usage(
            format!("the gate file will have no environment {wanted}"),
            format!("Nothing was written. It will have: {}.", names.join(", ")),
        )),
        _ => Ok(()),
    }
}

/// The app that is meant: the one of this folder, the only one, or the one that is chosen.
fn app(
    project: Project,
    folder: Option<&str>,
    asker: &mut Asker<'_>,
) -> anyhow::Result<Option<App>> {
    let mut apps = project.apps;
    if let Some(folder) = folder {
        let wanted = folder.trim_start_matches("./").trim_end_matches('/');
        let wanted = if wanted == "." { "" } else { wanted };
        let found = apps.iter().position(|app| app.folder == wanted);
        let Some(found) = found else {
            return Err(usage(
                format!("there is no app in the folder {folder}"),
                format!("Known are: {}.", folders(&apps)),
            ));
        };
        return Ok(Some(apps.swap_remove(found)));
    }
    match apps.len() {
        0 | 1 => Ok(apps.pop()),
        count if !asker.asks() => Err(usage(
            format!("there are {count} apps in this project"),
            format!(
                "Nothing was written. A gate file is for one app; say which with `--app FOLDER`: {}.",
                folders(&apps)
            ),
        )),
        _ => {
            let options: Vec<String> = apps.iter().map(tell::app).collect();
            let chosen = asker.choice("Which app is the gate for?", &options)?;
            Ok(Some(apps.swap_remove(chosen)))
        }
    }
}

/// The most apps that an error lists.
const LISTED: usize = 12;

fn folders(apps: &[App]) -> String {
    if apps.is_empty() {
        return "none".to_owned();
    }
    let folder = |app: &App| match app.folder.as_str() {
        "" => ".".to_owned(),
        folder => folder.to_owned(),
    };
    let listed = apps.iter().take(LISTED);
    let mut listed: Vec<String> = listed.map(folder).collect();
    if apps.len() > LISTED {
        listed.push(format!("and {} more", apps.len() - LISTED));
    }
    listed.join(", ")
}

/// The address, and whether somebody named it.
fn url(
    target: &Target,
    app: Option<&App>,
    asker: &mut Asker<'_>,
) -> anyhow::Result<(Option<String>, bool)> {
    if let Some(url) = &target.url {
        return Ok((Some(url.clone()), true));
    }
    if asker.asks() {
        let known = app.and_then(|app| app.production.as_ref());
        let default = known.map_or("", |told| told.value.trim_end_matches('/'));
        let question = "Address of the deployed portal, such as https://portal.example";
        let url = asker.text(question, default, |answer| match answer {
            "" | "none" | "no" => Ok(None),
            text => match init::address(text) {
                Ok(url) => Ok(Some(url)),
                Err(error) => Err(format!("That cannot be used: {error}. {}", error.help())),
            },
        })?;
        if url.is_some() || app.is_some() {
            return Ok((url, true));
        }
    }
    if app.is_none() && target.document.is_none() {
        return Err(usage(
            format!(
                "there is no project that Tidegate knows in {}, and no address to look at",
                tell::folder(&target.folder)
            ),
            "Nothing was written. Give the address of a deploy, as in `tidegate init https://portal.example` (the flag `--url`), or the folder of a project.",
        ));
    }
    Ok((None, false))
}

/// What sort of place the address is.
fn kind(
    arguments: &InitArguments,
    url: Option<&str>,
    asker: &mut Asker<'_>,
) -> anyhow::Result<Option<EnvironmentKind>> {
    if let Some(kind) = arguments.kind {
        return Ok(Some(kind.into()));
    }
    let Some(url) = url else {
        return Ok(None);
    };
    let likely = likely_kind(url);
    if likely != EnvironmentKind::Production || !asker.asks() {
        return Ok(Some(likely));
    }
    let kinds = [
        EnvironmentKind::Production,
        EnvironmentKind::Preview,
        EnvironmentKind::Staging,
    ];
    let options = [
        "production: your clients use it, so it is only looked at",
        "preview: made for one change, so checks may create and remove things there",
        "staging: a copy of production, so checks may create and remove things there",
    ];
    let chosen = asker.choice(&format!("What is {url}?"), &options.map(str::to_owned))?;
    Ok(kinds.get(chosen).copied())
}

/// The portal's name: the one that was given, the app's, the folder's, or that of the host.
fn name(
    arguments: &InitArguments,
    app: Option<&App>,
    url: Option<&str>,
    target: &Target,
) -> String {
    let of_host = || {
        let remote = url.filter(|url| likely_kind(url) != EnvironmentKind::Local);
        let rest = remote?.split_once("://")?.1;
        let host = rest.split(['/', ':', '[']).next()?;
        let host = host.strip_prefix("www.").unwrap_or(host);
        Some(host.to_owned()).filter(|host| !host.is_empty())
    };
    let of_folder = || {
        let real = target.folder.canonicalize().ok()?;
        Some(real.file_name()?.to_string_lossy().into_owned())
    };
    // What has no name of its own is called app.
    let of_app = app
        .map(|app| app.name.clone())
        .filter(|name| !name.is_empty() && name != "app");
    let known = arguments.name.clone().or(of_app);
    let known = match app {
        Some(_) => known.or_else(of_folder),
        None => known.or_else(of_host).or_else(of_folder),
    };
    init::portal_name(&known.unwrap_or_default())
}
