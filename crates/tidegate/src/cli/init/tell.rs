//! What a person is told: what was found and why, what is written, and what comes next.

use std::path::Path;

use tidegate::Verdict;
use tidegate::init::{
    Address, App, Effect, EnvironmentKind, Host, Manager, Place, Plan, Project, Technology, Told,
    Watch, checks, folder_of, places, watch,
};
use tidegate_core::words::count;

use super::super::output::Output;
use super::verdict::{Ran, Seen, in_folder};
use super::{Decided, shown, typed};

/// The most places that are told to be unreadable.
const UNREAD: usize = 5;

/// How a folder is called.
pub(super) fn folder(folder: &Path) -> String {
    match folder == Path::new(".") {
        true => "this folder".to_owned(),
        false => shown(folder),
    }
}

/// Says what could not be read.
pub(super) fn unread(project: &Project, output: &Output) {
    for place in project.unread.iter().take(UNREAD) {
        output.say(&format!("Not read: {place}"));
    }
    if project.unread.len() > UNREAD {
        let more = project.unread.len() - UNREAD;
        output.say(&format!("Not read: {} more", count(more as u64, "place")));
    }
}

/// An app in one line.
pub(super) fn app(app: &App) -> String {
    let place = match app.folder.as_str() {
        "" => "in this folder".to_owned(),
        folder => format!("in {folder}"),
    };
    let titles = app.technologies.iter().map(|told| told.value.title());
    let titles = titles.collect::<Vec<_>>().join(", ");
    let titles = if titles.is_empty() {
        String::new()
    } else {
        format!(" ({titles})")
    };
    format!("{}{titles}, {place}", app.name)
}

/// Says what was found of an app, and which file tells it; what to do about an app that cannot be started
/// here, unless there is an address to look at.
pub(super) fn found(app: &App, has_address: bool, output: &Output) {
    output.say(&format!("Found: {}", self::app(app)));
    let mut rows: Vec<(String, String)> = Vec::new();
    let why = |file: &str, because: &str| format!("{file}: {because}");
    let technology = |told: &Told<Technology>| {
        let title = told.value.title().to_owned();
        (title, why(&told.file, &told.because))
    };
    let host = |told: &Told<Host>| {
        let title = format!("hosted at {}", told.value.title());
        (title, why(&told.file, &told.because))
    };
    rows.extend(app.technologies.iter().map(technology));
    rows.extend(app.hosts.iter().map(host));
    let named = |what: &str, told: &Option<Told<String>>| {
        let told = told.as_ref()?;
        let what = format!("{what} {}", told.value);
        Some((what, why(&told.file, &told.because)))
    };
    rows.extend(named("built with", &app.build));
    if let Some(told) = &app.serve {
        let what = format!(
            "started with {} on port {}",
            told.value.command, told.value.port
        );
        rows.push((what, why(&told.file, &told.because)));
    }
    rows.extend(named("interface in", &app.document));
    rows.extend(named("production at", &app.production));
    for (what, why) in rows {
        output.say(&format!("  {what}  ({why})"));
    }
    if app.technologies.is_empty() {
        output.say("  No framework that Tidegate knows: the checks look at the site from outside.");
    }
    if app.serve.is_none() {
        let remedy = match has_address {
            true => "",
            false => ": give the address of a deploy with --url",
        };
        output.say(&format!(
            "  How it is started on this machine is not known{remedy}."
        ));
    }
}

/// Says what will be written.
pub(super) fn plan(decided: &Decided, plan: &Plan, output: &Output) {
    for note in &plan.notes {
        output.say(note);
    }
    output.say("These files are written:");
    for change in plan.changes.iter().rev() {
        let what = match change.effect {
            Effect::Added(lines) => format!("{} at its end", count(lines as u64, "line")),
            Effect::New if change.path == decided.gate => gate(decided),
            Effect::New if change.path.extension().is_some_and(|end| end == "yml") => {
                format!("new; {}", workflow(decided))
            }
            Effect::New => "new".to_owned(),
        };
        output.say(&format!("  {}: {what}", shown(&change.path)));
    }
}

fn gate(decided: &Decided) -> String {
    let checks = checks(&decided.wish);
    let ids: Vec<&str> = checks.iter().map(|check| check.id).collect();
    let places = places(&decided.wish);
    let places: Vec<&str> = places.iter().map(|place| place.name).collect();
    format!(
        "new; {} that need no account ({}), for {}",
        count(checks.len() as u64, "check"),
        ids.join(", "),
        places.join(", ")
    )
}

fn workflow(decided: &Decided) -> &'static str {
    match watch(&decided.wish) {
        Watch::Deployments(Host::Netlify) => "GitHub Actions looks at each preview of Netlify",
        Watch::Deployments(_) => "GitHub Actions looks at each preview of Vercel",
        Watch::Changes => "GitHub Actions builds, starts and looks at each change",
        Watch::Address => "GitHub Actions looks after each push and once a day",
        Watch::ByHand => "GitHub Actions looks when you start it and give an address",
    }
}

/// Says what was written.
pub(super) fn written(plan: &Plan, output: &Output) {
    output.say(&format!(
        "Written: {}.",
        count(plan.changes.len() as u64, "file")
    ));
}

/// How the gate is run by hand.
pub(super) fn run_command(decided: &Decided, environment: Option<&str>) -> String {
    let mut command = "tidegate run".to_owned();
    let path = shown(&decided.gate);
    if path != tidegate::init::GATE_FILE {
        command.push_str(&format!(" --gate {}", typed(&path)));
    }
    if let Some(environment) = environment.filter(|_| places(&decided.wish).len() > 1) {
        command.push_str(&format!(" --env {environment}"));
    }
    command
}

/// Says how the run ended and what to do next: three steps.
pub(super) fn next(decided: &Decided, plan: &Plan, seen: &Seen, output: &Output) {
    if let Some(said) = said(decided, seen) {
        output.say(&said);
    }
    output.say("Next:");
    let steps = [first(decided, seen), commit(plan, seen), accounts(decided)];
    for (number, step) in steps.iter().enumerate() {
        output.say(&format!("  {}. {step}", number + 1));
    }
}

/// Whether what blocked is accepted now, and nothing is left that stops a deploy.
fn lets_out(ran: &Ran) -> bool {
    let adopted = ran
        .adopted
        .as_ref()
        .filter(|_| ran.verdict == Verdict::Block);
    adopted.is_some_and(|adopted| {
        let stops = adopted.unresolved.iter().any(|check| check.stops);
        !stops && adopted.expired == 0 && adopted.about_the_gate == 0
    })
}

/// The verdict in a sentence.
fn said(decided: &Decided, seen: &Seen) -> Option<String> {
    Some(match seen {
        Seen::Skipped { .. } => return None,
        Seen::Nowhere => "Nothing was run: no address is known yet.".to_owned(),
        Seen::Unbuilt { command, failed } => match failed {
            Some(why) => format!("Nothing was run: `{command}` did not build the app, {why}."),
            None => format!("Nothing was run: the app is not built yet ({command})."),
        },
        Seen::Ran(ran) => match (ran.verdict, ran.kept_by.as_deref()) {
            (_, Some("preflight/sign-in-wall")) => {
                "Verdict: not known. A sign-in page stands before the portal, so that no check began.".to_owned()
            }
            (_, Some("preflight/unreachable" | "preflight/tls")) => {
                "Verdict: not known. The address did not answer, so that no check began.".to_owned()
            }
            (_, Some("preflight/start")) => {
                "Verdict: not known. The app did not start, so that no check began; its last words stand above.".to_owned()
            }
            _ if lets_out(ran) => {
                "Verdict: block today. What was found is accepted, so that from now on only what is new stops a deploy.".to_owned()
            }
            (Verdict::Allow, _) => format!(
                "Verdict: allow. Nothing that was looked at would stop {} from going out.",
                decided.wish.name
            ),
            (Verdict::AllowWithWarnings, _) => {
                "Verdict: allow, with warnings. The report above names them.".to_owned()
            }
            (Verdict::Block, _) => {
                "Verdict: block. The report above says what is wrong and how to mend it.".to_owned()
            }
            (Verdict::Inconclusive, _) => {
                "Verdict: inconclusive. The report above says what could not be proven.".to_owned()
            }
        },
    })
}

fn first(decided: &Decided, seen: &Seen) -> String {
    match seen {
        Seen::Ran(ran) => after(decided, ran),
        Seen::Unbuilt { command, failed } => {
            let run = run_command(decided, starting(decided));
            built_first(decided, command, failed.is_some(), &run)
        }
        Seen::Skipped {
            place: Some(place),
            build,
        } if is_usable(place) => {
            let run = run_command(decided, Some(place.name));
            let missing = install(decided).filter(|_| place.starts && lacks_packages(decided));
            match (build, missing) {
                (Some(command), _) => built_first(decided, command, false, &run),
                (None, Some(install)) => {
                    format!("Install its packages with `{install}`, then type `{run}`.")
                }
                (None, None) => format!("Type `{run}`."),
            }
        }
        Seen::Skipped { .. } | Seen::Nowhere => {
            let places = places(&decided.wish);
            let usable = places.iter().find(|place| is_usable(place));
            match usable {
                Some(place) => format!("Type `{}`.", run_command(decided, Some(place.name))),
                None => format!(
                    "Type `{} --url ADDRESS` with the address of a preview.",
                    run_command(decided, Some("preview"))
                ),
            }
        }
    }
}

/// To build before a run, and to install the packages before that where they may be missing.
fn built_first(decided: &Decided, command: &str, failed: bool, run: &str) -> String {
    let install = install(decided).filter(|_| failed || lacks_packages(decided));
    let before = install.map_or_else(String::new, |install| format!("`{install}` and "));
    format!("Build it with {before}`{command}`, then type `{run}`.")
}

/// Whether no folder has the packages of an app in JavaScript.
fn lacks_packages(decided: &Decided) -> bool {
    let Some(app) = &decided.wish.app else {
        return false;
    };
    let is_javascript = app.manager.as_ref().is_some_and(|told| {
        matches!(
            told.value,
            Manager::Npm | Manager::Pnpm | Manager::Yarn | Manager::Bun
        )
    });
    let own = folder_of(&decided.gate).join(&app.folder).canonicalize();
    is_javascript
        && own.is_ok_and(|own| {
            let mut above = own.ancestors();
            !above.any(|folder| folder.join("node_modules").is_dir())
        })
}

/// Whether a run needs to be told nothing more about an environment.
fn is_usable(place: &Place) -> bool {
    place.starts || matches!(place.address, Address::Known(_))
}

/// The environment that the gate starts.
fn starting(decided: &Decided) -> Option<&'static str> {
    let places = places(&decided.wish);
    let found = places.iter().find(|place| place.starts);
    found.map(|place| place.name)
}

/// What installs the packages of the app, as it is typed in the folder of the gate file.
fn install(decided: &Decided) -> Option<String> {
    let app = decided.wish.app.as_ref()?;
    let install = app.install.as_ref()?;
    let folder = install
        .file
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    Some(in_folder(folder, &install.value))
}

/// What builds the app, as it is typed in the folder of the gate file.
fn build(decided: &Decided) -> Option<String> {
    let app = decided.wish.app.as_ref()?;
    Some(in_folder(&app.folder, &app.build.as_ref()?.value))
}

/// What to do after a run.
fn after(decided: &Decided, ran: &Ran) -> String {
    let run = run_command(decided, Some(&ran.environment));
    match (ran.verdict, ran.kept_by.as_deref()) {
        (_, Some("preflight/sign-in-wall")) => format!(
            "Let the gate pass the sign-in page as the report says (`{}` has the header, switched off), then type `{run}`.",
            shown(&decided.gate)
        ),
        (_, Some("preflight/start")) => match (install(decided), build(decided)) {
            (Some(install), Some(build)) => format!(
                "Where its packages or its build are missing, type `{install}` and `{build}`; then type `{run}`."
            ),
            (Some(install), None) => {
                format!("Where its packages are missing, type `{install}`; then type `{run}`.")
            }
            (None, _) => format!("Do what the report says, then type `{run}`."),
        },
        (_, Some(_)) => format!("Do what the report says, then type `{run}`."),
        _ if lets_out(ran) => {
            format!(
                "Mend what was accepted within its 30 days; `tidegate baseline show` lists it, and `{run}` tells what is new."
            )
        }
        (Verdict::Block, _) => {
            format!("Mend what stops the deploy, the worst first, then type `{run}`.")
        }
        (Verdict::Inconclusive, _) => {
            format!("Do what the report says to get a clear answer, then type `{run}`.")
        }
        (Verdict::Allow | Verdict::AllowWithWarnings, _) => {
            format!("Type `{run}` before each deploy, or let the workflow do it.")
        }
    }
}

fn commit(plan: &Plan, seen: &Seen) -> String {
    let changes = plan.changes.iter().rev();
    let mut paths: Vec<String> = changes.map(|change| typed(&shown(&change.path))).collect();
    if let Seen::Ran(ran) = seen
        && let Some(baseline) = &ran.baseline
    {
        paths.push(typed(&shown(baseline)));
    }
    format!("Commit what was written: git add {}", paths.join(" "))
}

fn accounts(decided: &Decided) -> String {
    let has_room = places(&decided.wish)
        .iter()
        .any(|place| place.kind != EnvironmentKind::Production);
    let place = match has_room {
        true => "",
        false => " and an environment that may be written to",
    };
    format!(
        "Make two test accounts of two clients{place}, and switch on the checks with accounts at the end of {}.",
        shown(&decided.gate)
    )
}
