//! Whether the judged change brings the reference that it would be held against.

use tidegate_core::check::{CheckError, Context};
use tidegate_core::meta::Port;
use tidegate_core::ports::{ChangedFile, PortError, RepositoryError};

use crate::blocking;

/// The folder of a state, beside the gate file.
const FOLDER: &str = ".tidegate";

/// Why a stored reference is not used: a commit of the judged change brings or alters it, so that the change
/// would choose what it is held against; or that cannot be known. Nothing where no base is known, as on
/// somebody's own machine, or where there is no repository.
///
/// # Errors
/// When the port is not granted.
pub(super) async fn suspicion(context: &Context, name: &str) -> Result<Option<String>, CheckError> {
    let Some(base) = context.base().map(str::to_owned) else {
        return Ok(None);
    };
    let repository = match context.repository() {
        Ok(repository) => repository.clone(),
        Err(PortError::Absent(Port::Repository)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let tasks = context.tasks();
    // With a head the working tree is left out: there lies what a cache brought.
    let changed = blocking::run(&**tasks, move |_| {
        repository.changed_files(&base, Some("HEAD"))
    });
    Ok(told(changed.await, name))
}

fn told(changed: Result<Vec<ChangedFile>, RepositoryError>, name: &str) -> Option<String> {
    match changed {
        Ok(files) => files.iter().any(|file| is_of(&file.path, name)).then(|| {
            "a commit of the change that is judged brings it, and no change chooses what it is held against. Keep the folder `.tidegate` out of the repository, and let the CI carry it in its cache.".to_owned()
        }),
        Err(error) => Some(format!(
            "it cannot be known whether the change that is judged brings it: {error}. {}",
            error.help()
        )),
    }
}

/// Whether a path is that of the reference, or of its folder, which a change may make a link.
fn is_of(path: &str, name: &str) -> bool {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let is_folder = |path: &str| path == FOLDER || path.ends_with(&format!("/{FOLDER}"));
    is_folder(path) || (file == name && is_folder(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspected(paths: &[&str]) -> bool {
        let files = paths.iter().map(|path| ChangedFile {
            path: (*path).to_owned(),
            renamed_from: None,
            removed: false,
        });
        told(Ok(files.collect()), "latency-reference-preview.json").is_some()
    }

    #[test]
    fn a_reference_that_the_change_brings_is_not_used() {
        assert!(suspected(&[
            "a",
            ".tidegate/latency-reference-preview.json"
        ]));
        assert!(suspected(&[
            "apps/portal/.tidegate/latency-reference-preview.json"
        ]));
        assert!(suspected(&["apps/portal/.tidegate"]));
        assert!(!suspected(&[]));
        assert!(!suspected(&[
            ".tidegate/latency-reference-staging.json",
            "latency-reference-preview.json",
            "x.tidegate/latency-reference-preview.json",
            "tidegate.yaml"
        ]));
    }

    #[test]
    fn nor_is_one_of_which_that_is_not_known() {
        let revision = "origin/main".to_owned();
        let told = told(Err(RepositoryError::Shallow { revision }), "x").unwrap();
        assert!(
            told.contains("cannot be known") && told.contains("shallow"),
            "{told}"
        );
    }
}
