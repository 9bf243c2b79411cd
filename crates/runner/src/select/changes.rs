//! What the change touches, as paths that the gate file's globs can be held against.

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::SelectError;
use crate::setup::Setup;

/// The changed files relative to the gate file's folder; `None` when the base is not known.
pub(super) fn changed(
    setup: &Setup,
    notes: &mut Vec<String>,
) -> Result<Option<Vec<String>>, SelectError> {
    let options = &setup.options;
    if options.changed_since.is_none() && options.changed_files.is_none() {
        if uses_changes(setup) {
            notes.push(
                "what changed is not known, so `covers` and `when: changed` did not count; \
                 name the base with `--changed-since`"
                    .into(),
            );
        }
        return Ok(None);
    }
    let repository = setup.repository.as_ref().ok_or(SelectError::NoRepository)?;
    let root = real(repository.root());
    let gate = real(&setup.gate.root);
    let touched = match &options.changed_since {
        Some(base) => {
            let files = repository.changed_files(base, None)?.into_iter();
            let paths = files.flat_map(|file| [Some(file.path), file.renamed_from]);
            paths.flatten().collect()
        }
        None => options.changed_files.clone().unwrap_or_default(),
    };
    let mut paths: Vec<String> = touched
        .iter()
        .map(|path| relative(&gate, &root.join(path)))
        .collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(Some(paths))
}

fn uses_changes(setup: &Setup) -> bool {
    setup
        .gate
        .checks
        .iter()
        .any(|entry| !(entry.common.covers.is_empty() && entry.common.when.changed.is_empty()))
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The way from a folder to a path, with forward slashes.
fn relative(from: &Path, to: &Path) -> String {
    let (mut from, mut to) = (from.components().peekable(), to.components().peekable());
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let up = from.map(|_| "..".into());
    let down = to.map(|component: Component<'_>| component.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// The way from a folder down to one below it, with forward slashes; `None` when it does not lie
/// there.
pub fn below(folder: &Path, other: &Path) -> Option<String> {
    let way = relative(&real(folder), &real(other));
    (!way.starts_with("..")).then_some(way)
}

/// The first of the paths that any of the globs fits.
pub(super) fn hit<'p>(
    globs: &[String],
    paths: &'p [String],
) -> Result<Option<&'p str>, SelectError> {
    if globs.is_empty() || paths.is_empty() {
        return Ok(None);
    }
    let set = compile(globs)?;
    Ok(paths
        .iter()
        .find(|path| set.is_match(path))
        .map(String::as_str))
}

fn compile(globs: &[String]) -> Result<GlobSet, SelectError> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let fault = |error: globset::Error| SelectError::Glob {
            glob: glob.clone(),
            reason: error.kind().to_string(),
        };
        let built = GlobBuilder::new(glob)
            .literal_separator(true)
            .build()
            .map_err(fault)?;
        set.add(built);
    }
    set.build().map_err(|error| SelectError::Glob {
        glob: globs.join(", "),
        reason: error.kind().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_the_folder_of_the_gate_file() {
        let from = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(from("/repo", "/repo/src/a.rs"), "src/a.rs");
        assert_eq!(from("/repo/apps/x", "/repo/apps/x/a.rs"), "a.rs");
        assert_eq!(from("/repo/apps/x", "/repo/lib/a.rs"), "../../lib/a.rs");
    }

    #[test]
    fn a_single_star_stays_in_its_folder() {
        let paths = ["src/deep/a.ts".to_owned()];
        assert_eq!(hit(&["src/*.ts".into()], &paths).unwrap(), None);
        assert_eq!(
            hit(&["src/**/*.ts".into()], &paths).unwrap(),
            Some("src/deep/a.ts")
        );
        assert!(hit(&["src/[".into()], &paths).is_err());
    }
}
