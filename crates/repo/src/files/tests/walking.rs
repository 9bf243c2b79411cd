//! Walks, and files opened on the way.

use super::*;

/// `path size` of each file, or the error in its place.
fn walked(files: &LocalFiles, below: &str) -> Vec<String> {
    let mut told = Vec::new();
    let walked = files.walk(below, &mut |found| {
        told.push(match found {
            Ok(found) => format!("{} {}", found.path, found.size),
            Err(error) => error.to_string(),
        });
        ControlFlow::Continue(())
    });
    walked.unwrap();
    told
}

fn opened(files: &LocalFiles, path: &str) -> Result<String, FilesError> {
    let mut text = String::new();
    files.open(path)?.read_to_string(&mut text).unwrap();
    Ok(text)
}

#[test]
fn a_walk_tells_every_file_but_those_of_git_in_the_order_of_the_names() {
    let (_folder, files) = folder();
    assert_eq!(
        walked(&files, ""),
        [
            "a.ts 4",
            "node_modules/x/e.ts 19",
            "src/b.ts 8",
            "src/deep/c.ts 13",
            "target/f.ts 11"
        ]
    );
    for below in ["src", "./src", "src/"] {
        assert_eq!(walked(&files, below), ["src/b.ts 8", "src/deep/c.ts 13"]);
    }
}

#[test]
fn a_walk_ends_when_it_is_told_to() {
    let (_folder, files) = folder();
    let mut told = 0;
    let walked = files.walk("", &mut |_| {
        told += 1;
        ControlFlow::Break(())
    });
    walked.unwrap();
    assert_eq!(told, 1);
}

#[test]
fn a_walk_starts_at_a_folder_inside_the_root() {
    let (_folder, files) = folder();
    let walk = |below| files.walk(below, &mut |_| ControlFlow::Continue(()));
    for below in ["..", "src/..", "/"] {
        let error = walk(below).unwrap_err();
        assert!(matches!(error, FilesError::Outside { .. }), "{below}");
    }
    let error = walk("nowhere").unwrap_err();
    assert!(matches!(error, FilesError::Missing { .. }), "{error}");
    let error = walk("a.ts").unwrap_err();
    assert!(matches!(error, FilesError::Unreadable { .. }), "{error}");
}

#[test]
fn what_vanishes_meanwhile_is_told_in_its_place_and_the_walk_goes_on() {
    let (folder, files) = folder();
    let gone = folder.path().join("project/src");
    let mut told = Vec::new();
    let walked = files.walk("", &mut |found| {
        let _ = fs::remove_dir_all(&gone);
        told.push(found.map(|found| found.path));
        ControlFlow::Continue(())
    });
    walked.unwrap();
    let missing = FilesError::Missing { path: "src".into() };
    assert_eq!(
        told,
        [
            Ok("a.ts".into()),
            Ok("node_modules/x/e.ts".into()),
            Err(missing),
            Ok("target/f.ts".into())
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_walk_follows_links_to_files_inside_the_root_only() {
    use std::os::unix::fs::symlink;
    let (folder, files) = folder();
    let root = folder.path().join("project");
    for (target, link) in [
        ("..", "up"),
        (".", "here"),
        ("src", "same"),
        ("../outside.ts", "out.ts"),
        ("src/b.ts", "in.ts"),
        ("loop", "loop"),
        ("nowhere", "dangling"),
    ] {
        symlink(target, root.join("src").join(link)).unwrap();
    }
    symlink("b.ts", root.join("src/to-b.ts")).unwrap();
    assert_eq!(
        walked(&files, "src"),
        ["src/b.ts 8", "src/deep/c.ts 13", "src/to-b.ts 8"]
    );
    assert_eq!(opened(&files, "src/to-b.ts").unwrap(), "src/b.ts");
}

#[cfg(unix)]
#[test]
fn only_plain_files_inside_the_root_are_opened() {
    use std::os::unix::fs::symlink;
    let (folder, files) = folder();
    let root = folder.path().join("project");
    symlink(folder.path(), root.join("up")).unwrap();
    symlink("/dev/zero", root.join("zero")).unwrap();
    let pipe = root.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    assert_eq!(opened(&files, "src/b.ts").unwrap(), "src/b.ts");
    for path in ["up/outside.ts", "zero", "../outside.ts", "", "/dev/zero"] {
        let error = files.open(path).err().unwrap();
        assert!(matches!(error, FilesError::Outside { .. }), "{path}");
    }
    for path in ["pipe", "src", "."] {
        let error = files.open(path).err().unwrap();
        assert!(matches!(error, FilesError::Unreadable { .. }), "{path}");
        let error = files.read(path, 10).unwrap_err();
        assert!(matches!(error, FilesError::Unreadable { .. }), "{path}");
    }
    let error = files.open("nowhere.ts").err().unwrap();
    assert!(matches!(error, FilesError::Missing { .. }), "{error}");
    let paths = walked(&files, "");
    assert!(!paths.iter().any(|path| path.starts_with("pipe")));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_told_lossily_and_can_be_opened() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let (folder, files) = folder();
    let root = folder.path().join("project");
    let odd = root.join(OsStr::from_bytes(b"src/d\xff"));
    fs::create_dir(&odd).unwrap();
    fs::write(odd.join(OsStr::from_bytes(b"e\xfe.ts")), "odd").unwrap();
    fs::write(odd.join("\u{fffd}.ts"), "as told").unwrap();
    assert_eq!(
        walked(&files, "src").get(1..).unwrap(),
        [
            "src/deep/c.ts 13",
            "src/d\u{fffd}/e\u{fffd}.ts 3",
            "src/d\u{fffd}/\u{fffd}.ts 7"
        ]
    );
    let open = |path: &str| opened(&files, path);
    assert_eq!(open("src/d\u{fffd}/e\u{fffd}.ts").unwrap(), "odd");
    assert_eq!(open("src/d\u{fffd}/\u{fffd}.ts").unwrap(), "as told");
    let error = open("src/f\u{fffd}/e.ts").unwrap_err();
    assert!(matches!(error, FilesError::Missing { .. }), "{error}");
}
