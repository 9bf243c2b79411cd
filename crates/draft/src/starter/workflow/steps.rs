//! The steps that build an app on a runner.

use std::fmt::Write as _;

use tidegate_kinds::draft::quoted;

use super::super::Wish;
use crate::project::{App, Manager, is_variable, within};

/// The names of files that say which version of a language a project wants; looked for in the folder of
/// the gate file and in that of the app.
pub const VERSION_FILES: &[&str] = &[".nvmrc", ".node-version", ".python-version"];

/// A language that is set up before packages are installed.
struct Language {
    name: &'static str,
    action: &'static str,
    /// The files that name its version, the first that is there counts.
    files: &'static [&'static str],
    /// The version where no file names one.
    usual: &'static str,
}

const NODE: Language = Language {
    name: "node",
    action: "actions/setup-node@2028fbc5c25fe9cf00d9f06a71cc4710d4507903 # v6.0.0",
    files: &[".nvmrc", ".node-version"],
    usual: "22",
};

const PYTHON: Language = Language {
    name: "python",
    action: "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0",
    files: &[".python-version"],
    usual: "3.13",
};

/// What a manager of packages needs on a runner: its language, and the commands that bring itself. The
/// runners have npm, pip, Ruby with Bundler, and PHP with Composer.
fn needs(manager: Manager) -> (Option<Language>, &'static [&'static str]) {
    match manager {
        Manager::Npm => (Some(NODE), &[]),
        Manager::Pnpm | Manager::Yarn => (Some(NODE), &["corepack enable"]),
        Manager::Bun => (Some(NODE), &["npm install --global bun@1"]),
        Manager::Pip => (Some(PYTHON), &[]),
        Manager::Uv => (Some(PYTHON), &["pip install uv"]),
        Manager::Poetry => (Some(PYTHON), &["pip install poetry"]),
        Manager::Pipenv => (Some(PYTHON), &["pip install pipenv"]),
        Manager::Bundler | Manager::Composer => (None, &[]),
    }
}

/// Writes what stands before the gate: the language, the packages and the build.
pub(super) fn build(text: &mut String, wish: &Wish) {
    let Some(app) = &wish.app else {
        return;
    };
    install(text, wish, app);
    if let Some(build) = &app.build {
        text.push_str("      - name: Build\n");
        folder(text, wish, &app.folder);
        // Writing to a text does not fail.
        let _ = writeln!(text, "        run: {}", quoted(&build.value));
        variables(text, app);
    }
}

fn install(text: &mut String, wish: &Wish, app: &App) {
    let Some((manager, install)) = app.manager.as_ref().zip(app.install.as_ref()) else {
        return;
    };
    let (language, before) = needs(manager.value);
    if let Some(language) = language {
        version(text, wish, app, &language);
    }
    text.push_str("      - name: Install packages\n");
    let place = install.file.rsplit_once('/').map_or("", |(place, _)| place);
    folder(text, wish, place);
    if before.is_empty() {
        let _ = writeln!(text, "        run: {}", quoted(&install.value));
        return;
    }
    text.push_str("        run: |\n");
    for command in before.iter().copied().chain([install.value.as_str()]) {
        let _ = writeln!(text, "          {command}");
    }
}

/// Sets a language up, in the version that a file of the project names.
fn version(text: &mut String, wish: &Wish, app: &App, language: &Language) {
    let Language {
        name,
        action,
        files,
        usual,
    } = language;
    let places = [app.folder.as_str(), ""];
    let mut paths = places
        .iter()
        .flat_map(|place| files.iter().map(move |file| within(place, file)));
    let told = match paths.find(|path| wish.versions.contains(path)) {
        Some(path) => format!(
            "{name}-version-file: {}",
            quoted(&within(&wish.folder, &path))
        ),
        None => format!("{name}-version: \"{usual}\""),
    };
    let _ = writeln!(
        text,
        "      - uses: {action}\n        with:\n          {told}"
    );
}

/// Where a step runs, unless that is the repository's root.
fn folder(text: &mut String, wish: &Wish, place: &str) {
    let path = within(&wish.folder, place);
    if !path.is_empty() {
        let _ = writeln!(text, "        working-directory: {}", quoted(&path));
    }
}

/// The most variables that are listed for a build.
const LISTED: usize = 12;

/// The variables that the build puts into what visitors get, for somebody to switch on: an empty one
/// would hide the value of a file.
fn variables(text: &mut String, app: &App) {
    let public = app.variables.iter().filter(|one| one.value.public);
    let names = public.map(|one| one.value.name.as_str());
    // They stand there unquoted, and an app may be described by others than its reader.
    let names: Vec<&str> = names.filter(|name| is_variable(name)).collect();
    if names.is_empty() {
        return;
    }
    text.push_str(
        "        # Where no file of the repository has them, make these variables under Settings, Secrets\n        \
         # and variables, Actions, Variables, and take the `# ` away:\n        # env:\n",
    );
    for name in names.into_iter().take(LISTED) {
        let _ = writeln!(text, "        #   {name}: ${{{{ vars.{name} }}}}");
    }
}
