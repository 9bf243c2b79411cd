//! The user's own folder for what can be had again: downloaded and compiled components.

use std::path::PathBuf;

/// The variable that names another folder.
const VARIABLE: &str = "TIDEGATE_CACHE";

/// The folder: `TIDEGATE_CACHE`, else the one that the system gives each user for such files
/// (<https://specifications.freedesktop.org/basedir-spec/latest/>); nothing when the system says none.
pub fn folder() -> Option<PathBuf> {
    of(&|name| std::env::var_os(name).map(PathBuf::from))
}

fn of(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name: &str| variable(name).filter(|path| path.is_absolute());
    if let Some(chosen) = variable(VARIABLE).filter(|path| !path.as_os_str().is_empty()) {
        return Some(chosen);
    }
    let usual = if cfg!(windows) {
        absolute("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        absolute("HOME").map(|home| home.join("Library/Caches"))
    } else {
        absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))
    };
    usual.map(|usual| usual.join("tidegate"))
}

/// Where downloaded components lie; without a folder of the user's, one for this process alone.
pub(super) fn downloads() -> PathBuf {
    let own = || std::env::temp_dir().join(format!("tidegate-{}", std::process::id()));
    folder().unwrap_or_else(own).join("components")
}

/// Where compiled components lie.
pub(super) fn compiled() -> Option<PathBuf> {
    folder().map(|folder| folder.join("compiled"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_the_chosen_one_or_the_systems() {
        let given = |known: &'static [(&str, &str)]| {
            of(&|name| {
                let mut known = known.iter();
                known
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| PathBuf::from(value))
            })
        };
        let chosen = given(&[("TIDEGATE_CACHE", "here"), ("HOME", "/home/mia")]);
        assert_eq!(chosen, Some(PathBuf::from("here")));
        assert_eq!(given(&[]), None);
        assert_eq!(given(&[("HOME", "relative"), ("TIDEGATE_CACHE", "")]), None);
        if cfg!(target_os = "linux") {
            let usual = given(&[("HOME", "/home/mia")]);
            assert_eq!(usual, Some(PathBuf::from("/home/mia/.cache/tidegate")));
            let other = given(&[("HOME", "/home/mia"), ("XDG_CACHE_HOME", "/cache")]);
            assert_eq!(other, Some(PathBuf::from("/cache/tidegate")));
        }
    }
}
