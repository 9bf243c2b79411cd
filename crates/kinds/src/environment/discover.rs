//! Which files hold the variables of which environment when nobody says so.

use tidegate_core::ports::{Files, FilesError};

use super::model::Role;
use super::sources::Format;

/// The most files that are taken.
const FILE_LIMIT: usize = 200;

/// A file whose purpose its name tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guess {
    /// Its path relative to the gate file's folder.
    pub(super) path: String,
    /// The folder it is in; empty for the gate file's own.
    pub(super) folder: String,
    /// Whose variables it holds.
    pub(super) applies: Applies,
    /// How it is written.
    pub(super) format: Format,
    /// Whether it wins over a file without `local` in its name.
    pub(super) local: bool,
}

/// Whose variables a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Applies {
    /// Those of every environment, unless another file says otherwise.
    Everywhere,
    /// Those of the environment of this name.
    To(String),
    /// None: it lists the names that are expected.
    Example,
}

/// The files below the gate file's folder that hold variables, the weakest first.
///
/// # Errors
/// When a folder cannot be read.
pub(super) fn discover(files: &dyn Files) -> Result<Vec<Guess>, FilesError> {
    let globs = [
        "**/.env",
        "**/.env.*",
        "**/docker-compose*.y*ml",
        "**/compose*.y*ml",
        "**/vercel.json",
        "**/netlify.toml",
        "**/fly*.toml",
        "**/render.y*ml",
        "**/{k8s,kubernetes,kustomize}/**/*.y*ml",
    ];
    let found = files.list(&globs.map(str::to_owned))?;
    let mut guesses: Vec<Guess> = found
        .iter()
        .filter_map(|path| guess(path))
        .take(FILE_LIMIT)
        .collect();
    guesses.sort_by_key(|guess| (guess.local, guess.path.clone()));
    Ok(guesses)
}

/// What the name of a file says that it holds.
pub(super) fn guess(path: &str) -> Option<Guess> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (format, applies, local) = purpose(folder, name)?;
    Some(Guess {
        path: path.to_owned(),
        folder: folder.to_owned(),
        applies,
        format,
        local,
    })
}

fn purpose(folder: &str, name: &str) -> Option<(Format, Applies, bool)> {
    if name == ".env" {
        return Some((Format::EnvFile, Applies::Everywhere, false));
    }
    if let Some(rest) = name.strip_prefix(".env.") {
        return env_file(rest);
    }
    let yaml = name
        .strip_suffix(".yml")
        .or_else(|| name.strip_suffix(".yaml"));
    if let Some(stem) = yaml {
        let compose = stem
            .strip_prefix("docker-compose")
            .or_else(|| stem.strip_prefix("compose"));
        return match (compose, stem) {
            (Some(rest), _) if rest.is_empty() || rest.starts_with(['.', '-']) => {
                let word = rest.trim_start_matches(['.', '-']);
                let applies = named(word).unwrap_or(Applies::To("local".into()));
                Some((Format::Compose(None), applies, word == "override"))
            }
            (_, "render") => Some((Format::Render, Applies::To("production".into()), false)),
            _ => in_cluster(folder, stem),
        };
    }
    match name {
        "vercel.json" => Some((Format::Vercel, Applies::Everywhere, false)),
        "netlify.toml" => Some((Format::Netlify, Applies::Everywhere, false)),
        "fly.toml" => Some((Format::Fly, Applies::To("production".into()), false)),
        _ => {
            let word = name.strip_prefix("fly.")?.strip_suffix(".toml")?;
            Some((Format::Fly, named(word)?, false))
        }
    }
}

fn env_file(rest: &str) -> Option<(Format, Applies, bool)> {
    let mut parts: Vec<&str> = rest.split('.').collect();
    let examples = ["example", "sample", "template", "dist"];
    if parts.iter().any(|part| examples.contains(part)) {
        return Some((Format::EnvFile, Applies::Example, false));
    }
    let local = parts.len() > 1 && parts.last() == Some(&"local");
    if local {
        parts.pop();
    }
    match parts.as_slice() {
        [
            "vault" | "keys" | "me" | "schema" | "previous" | "bak" | "swp" | "age" | "gpg" | "enc",
        ] => None,
        [word] if !word.is_empty() => {
            let applies = named(word).unwrap_or(Applies::To((*word).to_owned()));
            Some((Format::EnvFile, applies, local))
        }
        _ => None,
    }
}

/// Manifests name their environment in a folder or in the file.
fn in_cluster(folder: &str, stem: &str) -> Option<(Format, Applies, bool)> {
    let known = ["k8s", "kubernetes", "kustomize"];
    if !folder.split('/').any(|part| known.contains(&part)) {
        return None;
    }
    let words = folder.split('/').chain([stem]).rev();
    let applies = words
        .filter_map(named)
        .next()
        .unwrap_or(Applies::Everywhere);
    Some((Format::Kubernetes, applies, false))
}

/// The environment that a word of a file's name means, by its usual name.
fn named(word: &str) -> Option<Applies> {
    let usual = match Role::of_name(word) {
        Role::Production => "production",
        Role::Staging => "staging",
        Role::Preview => "preview",
        Role::Local if word.starts_with("test") || word == "ci" => "test",
        Role::Local => "local",
        Role::Unsaid => return None,
    };
    Some(Applies::To(usual.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applies(path: &str) -> Option<Applies> {
        guess(path).map(|guess| guess.applies)
    }

    fn to(name: &str) -> Option<Applies> {
        Some(Applies::To(name.into()))
    }

    #[test]
    fn names_of_files_tell_the_environment() {
        assert_eq!(applies(".env"), Some(Applies::Everywhere));
        assert_eq!(applies("web/.env.production"), to("production"));
        assert_eq!(applies(".env.prod"), to("production"));
        assert_eq!(applies(".env.local"), to("local"));
        assert_eq!(applies(".env.development"), to("local"));
        assert_eq!(applies(".env.acme"), to("acme"));
        assert_eq!(applies(".env.example"), Some(Applies::Example));
        assert_eq!(applies(".env.production.sample"), Some(Applies::Example));
        assert_eq!(applies(".env.vault"), None);
        assert_eq!(applies("docker-compose.yml"), to("local"));
        assert_eq!(applies("compose.prod.yaml"), to("production"));
        assert_eq!(applies("composer.yml"), None);
        assert_eq!(applies("fly.staging.toml"), to("staging"));
        assert_eq!(
            applies("k8s/overlays/production/config.yaml"),
            to("production")
        );
        assert_eq!(applies("k8s/base/config.yaml"), Some(Applies::Everywhere));
        assert_eq!(applies("docs/config.yaml"), None);
    }

    #[test]
    fn a_local_file_wins_over_the_one_beside_it() {
        let guess = guess(".env.production.local").unwrap();
        assert_eq!(
            (guess.applies, guess.local),
            (Applies::To("production".into()), true)
        );
    }
}
