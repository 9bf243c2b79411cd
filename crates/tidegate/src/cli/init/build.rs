//! Building the app, so that there is something to start.

use std::path::Path;

use tidegate::Stop;
use tidegate::init::App;

use super::super::output::Output;
use super::Interrupted;

/// Whether what a build writes is there; nothing where nobody knows what it writes.
pub(super) fn is_built(folder: &Path, app: &App) -> Option<bool> {
    let mut outputs = app.output.iter();
    let is_filled = |path: &String| {
        let entries = std::fs::read_dir(folder.join(path));
        entries.is_ok_and(|mut entries| entries.next().is_some())
    };
    match (app.build.is_some(), app.output.is_empty()) {
        // What is not built has nothing to miss.
        (false, _) => Some(true),
        (true, true) => None,
        (true, false) => Some(outputs.any(is_filled)),
    }
}

/// Runs the project's own build; its words go to standard error. Says how it ended when it failed.
///
/// # Errors
/// After Ctrl-C.
pub(super) fn build(
    folder: &Path,
    app: &App,
    command: &str,
    stop: &Stop,
    output: &Output,
) -> anyhow::Result<Result<(), String>> {
    output.say(&format!("Building: {command}"));
    let ended = tidegate_runner::shown(command, &folder.join(&app.folder), stop);
    match ended {
        Ok(None) => Err(Interrupted.into()),
        Ok(Some(status)) if status.success() => Ok(Ok(())),
        Ok(Some(status)) => Ok(Err(format!("it ended with {status}"))),
        Err(error) => Ok(Err(format!("it cannot be started: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use tidegate::init::Told;

    use super::*;

    #[test]
    fn a_build_is_there_when_its_folder_holds_something() {
        let folder = tempfile::tempdir().unwrap();
        let is_built = |app: &App| is_built(folder.path(), app);
        let mut app = App::default();
        assert_eq!(is_built(&app), Some(true));
        app.build = Some(Told {
            value: "npm run build".to_owned(),
            file: "package.json".to_owned(),
            because: "it has a script build".to_owned(),
        });
        assert_eq!(is_built(&app), None);
        app.output = vec!["dist".to_owned()];
        assert_eq!(is_built(&app), Some(false));
        std::fs::create_dir(folder.path().join("dist")).unwrap();
        assert_eq!(is_built(&app), Some(false));
        std::fs::write(folder.path().join("dist/index.html"), "").unwrap();
        assert_eq!(is_built(&app), Some(true));
    }
}
