//! Small files that outlive a run: the state's, and the baseline.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tidegate_core::baseline::Baseline;
use tidegate_core::fingerprint::hex;
use tidegate_core::ports::{State, StateError};

/// The file name of the baseline, beside the gate file.
pub const BASELINE_FILE: &str = "tidegate.baseline.json";

/// Files of a folder that is made when the first one is written.
pub(crate) struct FolderState {
    folder: PathBuf,
}

impl FolderState {
    /// Names the folder; nothing is touched yet.
    pub(crate) fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    fn path(&self, name: &str, action: &'static str) -> Result<PathBuf, StateError> {
        let path = self.folder.join(name);
        let plain = !name.starts_with('.')
            && !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if plain {
            return Ok(path);
        }
        Err(StateError {
            path,
            action,
            reason: "its name has other characters than letters, digits, `.`, `_` and `-`".into(),
        })
    }
}

impl State for FolderState {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StateError> {
        read_optional(&self.path(name, "read")?)
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<(), StateError> {
        let path = self.path(name, "written")?;
        make_folder(&self.folder)
            .and_then(|()| replace(&path, content))
            .map_err(|error| failed(&path, "written", &error))
    }
}

/// Makes the state's folder, and tells git to leave it alone.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    replace(&folder.join(".gitignore"), b"*\n")
}

/// Puts a whole file in the place of another: a reader sees the old or the new one.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|parent| *parent != Path::new(""));
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn read_optional(path: &Path) -> Result<Option<Vec<u8>>, StateError> {
    match std::fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, "read", &error)),
    }
}

fn failed(path: &Path, action: &'static str, reason: &dyn std::fmt::Display) -> StateError {
    StateError {
        path: path.to_owned(),
        action,
        reason: reason.to_string(),
    }
}

/// Reads a baseline; an empty one when there is no file.
///
/// # Errors
/// When the file cannot be read, is no baseline, or is of a later version.
pub fn read_baseline(path: &Path) -> Result<Baseline, StateError> {
    let Some(content) = read_optional(path)? else {
        return Ok(Baseline::default());
    };
    let baseline: Baseline =
        serde_json::from_slice(&content).map_err(|error| failed(path, "read", &error))?;
    let known = Baseline::default().version;
    if baseline.version != known {
        let reason = format!("it has version {}, not {known}", baseline.version);
        return Err(failed(path, "read", &reason));
    }
    Ok(baseline)
}

/// Writes a baseline in one step, as JSON that is made to be reviewed.
///
/// # Errors
/// When the folder is not writable.
pub fn write_baseline(path: &Path, baseline: &Baseline) -> Result<(), StateError> {
    let mut content =
        serde_json::to_vec_pretty(baseline).map_err(|error| failed(path, "written", &error))?;
    content.push(b'\n');
    replace(path, &content).map_err(|error| failed(path, "written", &error))
}

/// Gives a baseline a salt unless it has one. Findings of secrets that were made without it are other
/// ones with it, so this is done before the run whose findings are accepted.
///
/// # Errors
/// When the file cannot be read or written, or the system has no randomness.
pub fn salt_baseline(path: &Path) -> Result<(), StateError> {
    let mut baseline = read_baseline(path)?;
    if baseline.salt.is_some() {
        return Ok(());
    }
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|error| failed(path, "written", &error))?;
    baseline.salt = Some(hex(&salt));
    write_baseline(path, &baseline)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_gets_one_salt_and_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(BASELINE_FILE);
        salt_baseline(&path).unwrap();
        let salted = read_baseline(&path).unwrap();
        assert_eq!(salted.salt.as_deref().map(str::len), Some(64));
        salt_baseline(&path).unwrap();
        assert_eq!(read_baseline(&path).unwrap(), salted);
    }

    #[test]
    fn a_file_is_replaced_whole_and_git_ignores_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let state = FolderState::new(folder.path().join(".tidegate"));
        assert_eq!(state.read("a.json").unwrap(), None);
        state.write("a.json", b"1").unwrap();
        state.write("a.json", b"22").unwrap();
        assert_eq!(state.read("a.json").unwrap().unwrap(), b"22");
        let ignored = std::fs::read(folder.path().join(".tidegate/.gitignore")).unwrap();
        assert_eq!(ignored, b"*\n");
        let files = std::fs::read_dir(folder.path().join(".tidegate")).unwrap();
        assert_eq!(files.count(), 2, "no temporary file stays behind");
    }

    #[test]
    fn a_name_cannot_lead_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let state = FolderState::new(folder.path().join("state"));
        for name in ["../a", "a/b", "", ".gitignore", "/etc/passwd", "a\0"] {
            assert!(state.write(name, b"x").is_err(), "{name:?}");
            assert!(state.read(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn two_writers_never_leave_a_mixed_file() {
        let folder = tempfile::tempdir().unwrap();
        let contents = [vec![b'a'; 100_000], vec![b'b'; 50_000]];
        std::thread::scope(|scope| {
            for content in &contents {
                let state = FolderState::new(folder.path());
                scope.spawn(move || (0..20).for_each(|_| state.write("x", content).unwrap()));
            }
        });
        let last = FolderState::new(folder.path()).read("x").unwrap().unwrap();
        assert!(contents.contains(&last));
    }

    #[test]
    fn a_baseline_survives_a_round_and_a_damaged_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(BASELINE_FILE);
        assert_eq!(read_baseline(&path).unwrap(), Baseline::default());
        write_baseline(&path, &Baseline::default()).unwrap();
        assert_eq!(read_baseline(&path).unwrap(), Baseline::default());
        std::fs::write(&path, r#"{"version":9,"findings":[]}"#).unwrap();
        let error = read_baseline(&path).unwrap_err();
        assert!(error.to_string().contains("version 9"), "{error}");
        std::fs::write(&path, "nonsense").unwrap();
        assert!(read_baseline(&path).is_err());
    }
}
