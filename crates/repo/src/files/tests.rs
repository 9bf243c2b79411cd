mod walking;

use std::fs;

use super::*;

fn folder() -> (tempfile::TempDir, LocalFiles) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("project");
    for path in ["src/deep", ".git", "node_modules/x", "target"] {
        fs::create_dir_all(root.join(path)).unwrap();
    }
    for path in [
        "a.ts",
        "src/b.ts",
        "src/deep/c.ts",
        ".git/d.ts",
        "node_modules/x/e.ts",
        "target/f.ts",
    ] {
        fs::write(root.join(path), path).unwrap();
    }
    fs::write(folder.path().join("outside.ts"), "secret").unwrap();
    let files = LocalFiles::new(&root);
    (folder, files)
}

#[test]
fn a_folder_is_named_as_one() {
    let (_folder, files) = folder();
    let error = files.read("src", 10).unwrap_err();
    assert_eq!(
        error.to_string(),
        "src could not be read: it is a folder",
        "{error:?}"
    );
    assert!(error.help().contains("not a folder"));
}

#[test]
fn a_file_is_read_up_to_the_limit_and_not_beyond() {
    let (_folder, files) = folder();
    assert_eq!(files.read("src/b.ts", 8).unwrap(), b"src/b.ts");
    assert_eq!(files.read("./src/b.ts", 8).unwrap(), b"src/b.ts");
    let error = files.read("src/b.ts", 7).unwrap_err();
    assert!(matches!(error, FilesError::TooLarge { limit: 7, .. }));
}

#[test]
fn nothing_leads_out_of_the_root() {
    let (folder, files) = folder();
    let absolute = folder.path().join("outside.ts");
    for path in [
        "../outside.ts",
        "src/../../outside.ts",
        "src/../a.ts",
        "",
        absolute.to_str().unwrap(),
    ] {
        let error = files.read(path, 100).unwrap_err();
        assert!(
            matches!(error, FilesError::Outside { .. }),
            "{path}: {error}"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_root_only() {
    use std::os::unix::fs::symlink;
    let (folder, files) = folder();
    let root = folder.path().join("project");
    symlink(folder.path(), root.join("up")).unwrap();
    symlink(folder.path().join("outside.ts"), root.join("out.ts")).unwrap();
    symlink(root.join("a.ts"), root.join("in.ts")).unwrap();
    for path in ["out.ts", "up/outside.ts"] {
        let error = files.read(path, 100).unwrap_err();
        assert!(
            matches!(error, FilesError::Outside { .. }),
            "{path}: {error}"
        );
        assert!(files.modified(path).is_err());
    }
    assert_eq!(files.read("in.ts", 100).unwrap(), b"a.ts");
    assert_eq!(files.list(&["*.ts".into()]).unwrap(), ["a.ts", "in.ts"]);
}

#[test]
fn a_listing_is_sorted_and_leaves_foreign_folders_out() {
    let (_folder, files) = folder();
    let list = |glob: &str| files.list(&[glob.into()]);
    assert_eq!(
        list("**/*.ts").unwrap(),
        ["a.ts", "src/b.ts", "src/deep/c.ts"]
    );
    assert_eq!(list("src/*.ts").unwrap(), ["src/b.ts"]);
    assert!(matches!(list("src/["), Err(FilesError::Glob { .. })));
}

#[cfg(unix)]
#[test]
fn a_folder_of_somebody_else_does_not_end_a_listing() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, files) = folder();
    let closed = files.root.join("src/deep");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser may look into every folder.
    let mut expected = vec!["src/b.ts"];
    expected.extend(fs::read_dir(&closed).is_ok().then_some("src/deep/c.ts"));
    assert_eq!(files.list(&["src/**/*.ts".into()]).unwrap(), expected);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_age_of_a_file_is_told_and_a_missing_one_has_none() {
    let (_folder, files) = folder();
    assert!(files.modified("a.ts").unwrap().unwrap() > Duration::from_secs(1_000_000_000));
    assert_eq!(files.modified("nowhere.ts").unwrap(), None);
    assert!(matches!(
        files.read("nowhere.ts", 1),
        Err(FilesError::Missing { .. })
    ));
}

#[test]
fn what_was_installed_is_not_listed() {
    let (_folder, files) = folder();
    for path in [".venv/lib/a.py", "env/lib/site-packages/b.py", "app/c.py"] {
        let path = files.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    assert_eq!(files.list(&["**/*.py".to_owned()]).unwrap(), ["app/c.py"]);
}
