//! The folder of compiled plugins.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::Origin;
use super::*;

fn wasm() -> Vec<u8> {
    Guest::answering(&guest::outcome()).component()
}

/// Loads with a new engine, as another run does, and runs it.
fn load_from(folder: &Path) -> (Origin, Vec<String>) {
    let loaded = Engine::new(Some(folder.to_owned()))
        .load(&wasm())
        .expect("it loads");
    assert_eq!(
        run_loaded(&loaded, ample(), Nothing).result,
        Ok(guest::outcome())
    );
    (loaded.origin(), loaded.notes().to_vec())
}

/// A folder in which the plugin is kept, and the file.
fn filled() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("made/plugins");
    assert_eq!(load_from(&folder), (Origin::Compiled, Vec::new()));
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1);
    (parent, folder, files[0].clone())
}

#[test]
fn what_was_compiled_is_kept() {
    let (_parent, folder, file) = filled();
    assert_eq!(load_from(&folder), (Origin::Cache, Vec::new()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    }
    fs::remove_file(file).unwrap();
    assert_eq!(load_from(&folder).0, Origin::Compiled);
}

/// Damages the file, and looks that it is noticed, removed and written anew.
#[track_caller]
fn noticed(damage: impl FnOnce(&Path), about: &str) {
    let (_parent, folder, file) = filled();
    damage(&file);
    let (origin, notes) = load_from(&folder);
    assert_eq!(origin, Origin::Compiled);
    assert!(notes[0].contains(about), "{notes:?}");
    assert_eq!(load_from(&folder), (Origin::Cache, Vec::new()));
}

#[test]
fn flipped_bytes_are_noticed() {
    for place in [0, 100, 5_000, -60, -20] {
        noticed(
            |file| {
                let mut content = fs::read(file).unwrap();
                let place = match usize::try_from(place) {
                    Ok(place) => place,
                    Err(_) => content.len() - usize::try_from(-place).unwrap(),
                };
                content[place] ^= 1;
                fs::write(file, content).unwrap();
            },
            "its content is damaged",
        );
    }
}

#[test]
fn a_file_that_was_cut_off_is_noticed() {
    for kept in [0, 10, 1_000] {
        noticed(
            |file| {
                let content = fs::read(file).unwrap();
                fs::write(file, &content[..kept]).unwrap();
            },
            "cut off",
        );
    }
}

#[test]
fn foreign_content_is_noticed() {
    noticed(
        |file| fs::write(file, vec![7; 10_000]).unwrap(),
        "another program's",
    );
    noticed(
        |file| {
            // Another plugin's code under this one's name.
            let folder = file.parent().unwrap();
            let other = Guest::new("unreachable").component();
            Engine::new(Some(folder.to_owned())).load(&other).unwrap();
            let mut files = fs::read_dir(folder)
                .unwrap()
                .map(|other| other.unwrap().path());
            let other = files.find(|other| other != file).unwrap();
            fs::rename(other, file).unwrap();
        },
        "its content is damaged",
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed() {
    noticed(
        |file| {
            let aside = file.with_extension("aside");
            fs::rename(file, &aside).unwrap();
            std::os::unix::fs::symlink(aside, file).unwrap();
        },
        "a link",
    );
    let (parent, folder, _) = filled();
    let link = parent.path().join("link");
    std::os::unix::fs::symlink(folder, &link).unwrap();
    let (origin, notes) = load_from(&link);
    assert_eq!(origin, Origin::Compiled);
    assert!(notes[0].contains("it is a link"), "{notes:?}");
}

#[cfg(unix)]
#[test]
fn what_others_can_write_is_not_used() {
    use std::os::unix::fs::PermissionsExt;

    let open = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    noticed(|file| open(file, 0o622), "others can write it");
    let (_parent, folder, _) = filled();
    open(&folder, 0o777);
    let (origin, notes) = load_from(&folder);
    assert_eq!(origin, Origin::Compiled);
    assert!(notes[0].contains("others can write it"), "{notes:?}");
    open(&folder, 0o700);
    open(folder.parent().unwrap(), 0o777);
    let (origin, notes) = load_from(&folder);
    assert_eq!(origin, Origin::Compiled);
    assert!(notes[0].contains("everybody can write"), "{notes:?}");
}

#[test]
fn a_folder_that_cannot_be_made_is_a_note() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (origin, notes) = load_from(&file.path().join("plugins"));
    assert_eq!(origin, Origin::Compiled);
    assert!(
        notes[0].contains("each run compiles them anew"),
        "{notes:?}"
    );
}
