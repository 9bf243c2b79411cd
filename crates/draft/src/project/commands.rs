//! What installs packages, and the words by which it runs things.

use super::names::{and_above, from, is_below, is_word, split, up, within};
use super::part::Part;
use super::{Manager, Told};

/// How a manager of packages runs things.
pub(super) struct Words {
    manager: Manager,
}

impl Words {
    /// The words of a manager; those of npm for one that knows no JavaScript.
    pub(super) fn of(manager: Manager) -> Self {
        Self { manager }
    }

    /// Runs a script of `package.json`.
    pub(super) fn run(&self, script: &str) -> String {
        match self.manager {
            Manager::Pnpm => format!("pnpm run {script}"),
            Manager::Yarn => format!("yarn run {script}"),
            Manager::Bun => format!("bun run {script}"),
            _ => format!("npm run {script}"),
        }
    }

    /// Runs a program that a package brings.
    pub(super) fn program(&self, command: &str) -> String {
        match self.manager {
            Manager::Pnpm => format!("pnpm exec {command}"),
            Manager::Yarn => format!("yarn run {command}"),
            Manager::Bun => format!("bunx {command}"),
            _ => format!("npx {command}"),
        }
    }

    /// Runs a program of a package that the project does not have.
    pub(super) fn fetched(&self, command: &str) -> String {
        match self.manager {
            Manager::Pnpm => format!("pnpm dlx {command}"),
            Manager::Bun => format!("bunx {command}"),
            _ => format!("npx --yes {command}"),
        }
    }
}

/// The files that tell a manager, each with it.
const LOCKS: [(&str, Manager); 10] = [
    ("pnpm-lock.yaml", Manager::Pnpm),
    ("yarn.lock", Manager::Yarn),
    ("package-lock.json", Manager::Npm),
    ("npm-shrinkwrap.json", Manager::Npm),
    // Behind npm: builders of apps leave both, and npm is on every machine with Node.js.
    ("bun.lock", Manager::Bun),
    ("bun.lockb", Manager::Bun),
    ("uv.lock", Manager::Uv),
    ("poetry.lock", Manager::Poetry),
    ("Pipfile.lock", Manager::Pipenv),
    ("Pipfile", Manager::Pipenv),
];

/// What manages the packages of a part: those of its server where it has two sorts.
pub(super) fn manager(part: &Part<'_, '_>) -> Option<Told<Manager>> {
    if let Some(needed) = part.needs_any(&["laravel/framework"]) {
        return Some(Told::new(
            Manager::Composer,
            needed.file,
            "Composer reads it",
        ));
    }
    if let Some(needed) = part.needs_any(&["gem:rails"]) {
        return Some(Told::new(Manager::Bundler, needed.file, "Bundler reads it"));
    }
    if part.has("manage.py") || (part.package().is_none() && python_manifest(part).is_some()) {
        return of_python(part);
    }
    part.package()?;
    of_javascript(part)
}

/// What manages the packages of JavaScript.
pub(super) fn of_javascript(part: &Part<'_, '_>) -> Option<Told<Manager>> {
    for folder in and_above(&part.folder) {
        let package = within(folder, "package.json");
        let field = part.survey.manifests.get(&package);
        let field = field.and_then(|manifest| manifest.body.get("packageManager")?.as_str());
        let named = field.and_then(|field| match field.split('@').next()? {
            "npm" => Some(Manager::Npm),
            "pnpm" => Some(Manager::Pnpm),
            "yarn" => Some(Manager::Yarn),
            "bun" => Some(Manager::Bun),
            _ => None,
        });
        if let Some(manager) = named {
            return Some(Told::new(manager, &package, "packageManager names it"));
        }
        if let Some(told) = locked(part, folder, is_javascript) {
            return Some(told);
        }
    }
    let because = "there is no lock file, and npm comes with Node.js";
    Some(Told::new(Manager::Npm, &part.path("package.json"), because))
}

fn is_javascript(manager: Manager) -> bool {
    matches!(
        manager,
        Manager::Npm | Manager::Pnpm | Manager::Yarn | Manager::Bun
    )
}

fn locked(part: &Part<'_, '_>, folder: &str, fits: fn(Manager) -> bool) -> Option<Told<Manager>> {
    LOCKS
        .iter()
        .filter(|(_, manager)| fits(*manager))
        .find_map(|(name, manager)| {
            let path = part.survey.first_of(folder, &[name])?;
            Some(Told::new(*manager, &path, "it is the manager's own file"))
        })
}

fn python_manifest(part: &Part<'_, '_>) -> Option<String> {
    part.nearest(&["pyproject.toml", "requirements.txt", "Pipfile"])
}

/// What manages the packages of Python.
pub(super) fn of_python(part: &Part<'_, '_>) -> Option<Told<Manager>> {
    for folder in and_above(&part.folder) {
        if let Some(told) = locked(part, folder, |manager| !is_javascript(manager)) {
            return Some(told);
        }
    }
    let manifest = python_manifest(part)?;
    let body = part
        .survey
        .manifests
        .get(&manifest)
        .map(|manifest| &manifest.body);
    let poetry = body.is_some_and(|body| body.pointer("/tool/poetry").is_some());
    Some(match poetry {
        true => Told::new(Manager::Poetry, &manifest, "it has a part for Poetry"),
        false => Told::new(Manager::Pip, &manifest, "pip reads it"),
    })
}

/// What installs the packages of a part as they are locked: those of its server, then those of its pages.
pub(super) fn install(part: &Part<'_, '_>) -> Option<Told<String>> {
    let told = manager(part)?;
    let mut command = install_by(part, &told);
    if !is_javascript(told.value) && part.package().is_some() {
        let of_pages = of_javascript(part)?;
        command.push_str(" && ");
        command.push_str(&install_by(part, &of_pages));
    }
    Some(Told::new(command, &told.file, told.because))
}

fn install_by(part: &Part<'_, '_>, told: &Told<Manager>) -> String {
    let (folder, name) = split(&told.file);
    let mut locks = LOCKS
        .iter()
        .filter(|(lock, manager)| *manager == told.value && *lock != "Pipfile");
    let locked = locks.any(|(lock, _)| part.survey.first_of(folder, &[lock]).is_some());
    let command = match (told.value, locked) {
        (Manager::Npm, true) => "npm ci",
        (Manager::Npm, false) => "npm install",
        (Manager::Pnpm, true) => "pnpm install --frozen-lockfile",
        (Manager::Pnpm, false) => "pnpm install",
        // Yarn 1 and its successors both know this one.
        (Manager::Yarn, true) => "yarn install --frozen-lockfile",
        (Manager::Yarn, false) => "yarn install",
        (Manager::Bun, true) => "bun install --frozen-lockfile",
        (Manager::Bun, false) => "bun install",
        (Manager::Pip, _) => return install_by_pip(part, folder, name),
        (Manager::Uv, _) => "uv sync --frozen",
        (Manager::Poetry, _) => "poetry install --no-interaction",
        (Manager::Pipenv, true) => "pipenv sync",
        (Manager::Pipenv, false) => "pipenv install",
        (Manager::Bundler, _) => "bundle install",
        (Manager::Composer, _) => "composer install --no-interaction",
    };
    command.to_owned()
}

/// What pip installs in the folder of a manifest. Whoever lacks the virtual environment that the app is
/// started from, as runners do, makes it.
fn install_by_pip(part: &Part<'_, '_>, folder: &str, manifest: &str) -> String {
    let what = match manifest {
        "requirements.txt" => "-r requirements.txt",
        _ => ".",
    };
    let Some((above, name)) = environment(part) else {
        return format!("pip install {what}");
    };
    // Both are folders above the part's, or its own.
    let place = match is_below(folder, above) {
        true => format!("{}{name}", up(folder, above)),
        false => within(from(folder, above), name),
    };
    match is_word(&place) {
        true => format!("python3 -m venv {place} && {place}/bin/pip install {what}"),
        false => format!("pip install {what}"),
    }
}

/// The virtual environment of a part: the nearest folder that has one, and its name there.
fn environment<'p>(part: &'p Part<'_, '_>) -> Option<(&'p str, &'static str)> {
    and_above(&part.folder).find_map(|folder| {
        let mut usual = [".venv", "venv"].into_iter();
        let name = usual.find(|name| part.survey.is_environment(&within(folder, name)))?;
        Some((folder, name))
    })
}

/// How programs of Python are run.
pub(super) struct Python {
    /// What stands before a program.
    before: String,
    /// What Python itself is called.
    python: String,
}

impl Python {
    /// The way of a part: its manager's, else its virtual environment's, else that of the machine.
    pub(super) fn of(part: &Part<'_, '_>) -> Self {
        let manager = of_python(part).map(|told| told.value);
        let before = match manager {
            Some(Manager::Uv) => "uv run ",
            Some(Manager::Poetry) => "poetry run ",
            Some(Manager::Pipenv) => "pipenv run ",
            _ => "",
        };
        if !before.is_empty() {
            return Self {
                before: before.to_owned(),
                python: format!("{before}python"),
            };
        }
        if let Some((folder, name)) = environment(part) {
            let way = up(&part.folder, folder);
            return Self {
                before: format!("{way}{name}/bin/"),
                python: format!("{way}{name}/bin/python"),
            };
        }
        // Machines without a virtual environment often know Python by this name alone.
        Self {
            before: "python3 -m ".to_owned(),
            python: "python3".to_owned(),
        }
    }

    /// Runs a program that a package brings.
    pub(super) fn program(&self, command: &str) -> String {
        format!("{}{command}", self.before)
    }

    /// Runs a file.
    pub(super) fn file(&self, command: &str) -> String {
        format!("{} {command}", self.python)
    }
}

/// What builds a part by its script, or by its workspace, which builds what it needs, too.
pub(super) fn build(part: &Part<'_, '_>) -> Option<Told<String>> {
    part.script("build")?;
    let words = Words::of(of_javascript(part)?.value);
    let file = part.path("package.json");
    let workspace = part.nearest(&["turbo.json", "turbo.jsonc"]);
    if let (Some(workspace), Some(name)) =
        (workspace, part.package_name().filter(|name| is_word(name)))
        && !part.folder.is_empty()
        && split(&workspace).0 != part.folder
    {
        let command = words.program(&format!("turbo run build --filter={name}"));
        return Some(Told::new(
            command,
            &workspace,
            "Turborepo builds what it needs, too",
        ));
    }
    Some(Told::new(
        words.run("build"),
        &file,
        "it has a script build",
    ))
}
