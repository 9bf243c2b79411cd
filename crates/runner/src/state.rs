//! Small files that outlive a run: the state's, and the baseline.

use std::io::{self, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use tidegate_core::baseline::Baseline;
use tidegate_core::fingerprint::hex;
use tidegate_core::ports::{SnapshotError, Snapshots, State, StateError};

/// How many random bytes a baseline's salt is made of.
const SALT: usize = 32;

/// The largest snapshot or file of the state that is read, in bytes: 8 MiB.
const LIMIT: u64 = 8 * 1024 * 1024;

/// The file name of the baseline, beside the gate file.
pub const BASELINE_FILE: &str = "tidegate.baseline.json";

/// Files of a folder that is made when the first one is written.
pub struct FolderState {
    folder: PathBuf,
}

impl FolderState {
    /// Names the folder; nothing is touched yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Takes the file of a name away; whether there was one.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub fn remove(&self, name: &str) -> Result<bool, StateError> {
        let path = self.path(name, "removed")?;
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(&path, "removed", &error)),
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
        let path = self.path(name, "read")?;
        read_bounded(&path).map_err(|error| failed(&path, "read", &error))
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<(), StateError> {
        let path = self.path(name, "written")?;
        make_folder(&self.folder)
            .and_then(|()| replace(&path, content))
            .map_err(|error| failed(&path, "written", &error))
    }
}

/// Snapshots below the folder of the gate file.
pub(crate) struct FolderSnapshots {
    root: PathBuf,
}

impl FolderSnapshots {
    /// Names the folder; nothing is touched yet.
    pub(crate) fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, path: &str, action: &'static str) -> Result<PathBuf, SnapshotError> {
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if !path.is_empty() && Path::new(path).components().all(plain) {
            return Ok(self.root.join(path));
        }
        let outside = "it is outside the project folder".to_owned();
        Err(unkept(path, action, outside))
    }
}

impl Snapshots for FolderSnapshots {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        let full = self.path(path, "read")?;
        read_bounded(&full).map_err(|error| unkept(path, "read", error.to_string()))
    }

    fn write(&self, path: &str, content: &[u8]) -> Result<(), SnapshotError> {
        replace(&self.path(path, "written")?, content)
            .map_err(|error| unkept(path, "written", error.to_string()))
    }
}

/// The content of a plain file of a bounded size, if there is one.
fn read_bounded(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match std::fs::metadata(path) {
        Ok(found) if found.is_file() => std::fs::File::open(path)?,
        Ok(_) => return Err(io::Error::other("it is no file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut content = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut content)?;
    if content.len() as u64 > LIMIT {
        return Err(io::Error::other("it is larger than 8 MiB"));
    }
    Ok(Some(content))
}

fn unkept(path: &str, action: &'static str, reason: String) -> SnapshotError {
    SnapshotError {
        path: path.to_owned(),
        action,
        reason,
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
///
/// # Errors
/// When the folder is not writable, or the disk is full.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let staged = staged(path, content)?;
    staged.persist(path).map_err(|error| error.error)
}

/// Writes a new file whole or not at all; one that is there stays as it is.
///
/// # Errors
/// When there is one already, the folder is not writable, or the disk is full.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let staged = staged(path, content)?;
    staged.persist_noclobber(path).map_err(|error| error.error)
}

/// Writes a file beside a path, with the mode of what is there, so that nothing but its place is missing; it
/// is removed unless it gets there.
///
/// # Errors
/// When the folder is not writable, or the disk is full.
pub fn staged(path: &Path, content: &[u8]) -> io::Result<tempfile::TempPath> {
    let folder = path.parent().filter(|parent| *parent != Path::new(""));
    let mut file = beside(folder.unwrap_or(Path::new(".")))?;
    file.write_all(content)?;
    keep_mode(path, file.as_file())?;
    file.as_file().sync_all()?;
    Ok(file.into_temp_path())
}

/// A temporary file that others may read as the umask lets them: what is written is committed.
#[cfg(unix)]
fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    let usual = std::fs::Permissions::from_mode(0o666);
    tempfile::Builder::new()
        .permissions(usual)
        .tempfile_in(folder)
}

#[cfg(not(unix))]
fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::NamedTempFile::new_in(folder)
}

/// Gives a file the mode of the one whose place it takes.
#[cfg(unix)]
fn keep_mode(replaced: &Path, file: &std::fs::File) -> io::Result<()> {
    match std::fs::metadata(replaced) {
        Ok(known) if known.is_file() => file.set_permissions(known.permissions()),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn keep_mode(_replaced: &Path, _file: &std::fs::File) -> io::Result<()> {
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
/// When the file cannot be read, is no baseline, is of a later version, or has a damaged salt.
pub fn read_baseline(path: &Path) -> Result<Baseline, StateError> {
    match read_optional(path)? {
        Some(content) => baseline_of(&content, path),
        None => Ok(Baseline::default()),
    }
}

/// Reads the content of a baseline's file, wherever it comes from.
///
/// # Errors
/// When it is no baseline, is of a later version, or has a damaged salt.
pub fn baseline_of(content: &[u8], path: &Path) -> Result<Baseline, StateError> {
    let baseline: Baseline =
        serde_json::from_slice(content).map_err(|error| failed(path, "read", &error))?;
    let known = Baseline::default().version;
    if baseline.version != known {
        let reason = format!("it has version {}, not {known}", baseline.version);
        return Err(failed(path, "read", &reason));
    }
    if baseline.salt.as_deref().is_some_and(|salt| !is_salt(salt)) {
        let reason = format!("its salt is not {} hexadecimal digits", SALT * 2);
        return Err(failed(path, "read", &reason));
    }
    Ok(baseline)
}

fn is_salt(text: &str) -> bool {
    text.len() == SALT * 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Makes a salt for the baseline at a path from the randomness of the operating system; nothing is
/// written.
///
/// # Errors
/// When the system has no randomness to give: a salt that can be guessed guards nothing.
pub fn make_salt(path: &Path) -> Result<String, StateError> {
    let mut bytes = [0; SALT];
    getrandom::fill(&mut bytes).map_err(|error| failed(path, "salted", &error))?;
    Ok(hex(&bytes))
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

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(state.remove("a.json").unwrap() && !state.remove("a.json").unwrap());
        assert_eq!(state.read("a.json").unwrap(), None);
        state
            .write("large", &vec![b' '; usize::try_from(LIMIT).unwrap() + 1])
            .unwrap();
        assert!(state.read("large").unwrap_err().reason.contains("8 MiB"));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_has_the_usual_mode_and_a_replaced_one_keeps_its_own() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| {
            let found = std::fs::metadata(folder.path().join(name)).unwrap();
            found.permissions().mode() & 0o777
        };
        std::fs::write(folder.path().join("usual"), b"").unwrap();
        let snapshots = FolderSnapshots::new(folder.path());
        snapshots.write("contract.json", b"{}").unwrap();
        assert_eq!(mode("contract.json"), mode("usual"));
        let path = folder.path().join("contract.json");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        snapshots.write("contract.json", b"[]").unwrap();
        assert_eq!(mode("contract.json"), 0o640);
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
    fn a_snapshot_is_a_small_plain_file_below_the_gate_files_folder() {
        let folder = tempfile::tempdir().unwrap();
        let snapshots = FolderSnapshots::new(folder.path());
        assert_eq!(snapshots.read("contract.json").unwrap(), None);
        snapshots.write("./contract.json", b"{}").unwrap();
        assert_eq!(snapshots.read("contract.json").unwrap().unwrap(), b"{}");
        for path in ["../a", "a/../../b", "", "/etc/hostname"] {
            assert!(snapshots.write(path, b"x").is_err(), "{path:?}");
            assert!(snapshots.read(path).is_err(), "{path:?}");
        }
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let error = snapshots.read("sub").unwrap_err().to_string();
        assert_eq!(error, "the snapshot sub could not be read: it is no file");
        let large = vec![b' '; usize::try_from(LIMIT).unwrap() + 1];
        snapshots.write("large", &large).unwrap();
        assert!(
            snapshots
                .read("large")
                .unwrap_err()
                .reason
                .contains("8 MiB")
        );
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

    #[test]
    fn a_salt_is_new_each_time_and_a_damaged_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(BASELINE_FILE);
        let made = [make_salt(&path).unwrap(), make_salt(&path).unwrap()];
        assert_ne!(made[0], made[1]);
        assert!(!path.exists());
        let with = |salt: &str| Baseline {
            salt: Some(salt.to_owned()),
            ..Baseline::default()
        };
        write_baseline(&path, &with(&made[0])).unwrap();
        assert_eq!(read_baseline(&path).unwrap(), with(&made[0]));
        for damaged in ["", &made[0][1..], &format!("{}g", &made[0][1..])] {
            write_baseline(&path, &with(damaged)).unwrap();
            let error = read_baseline(&path).unwrap_err().to_string();
            assert!(
                error.contains("its salt is not 64 hexadecimal digits"),
                "{error}"
            );
        }
    }
}
