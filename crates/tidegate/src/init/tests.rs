use std::cell::Cell;
use std::path::Path;

use super::*;

fn wish() -> Wish {
    Wish {
        name: "acme".to_owned(),
        url: Some("https://portal.example".to_owned()),
        ..Wish::default()
    }
}

/// Every file below a folder with its content, and every folder.
fn state(folder: &Path) -> Vec<(String, Option<Vec<u8>>)> {
    let mut all = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let content = path.is_file().then(|| fs::read(&path).unwrap());
            if path.is_dir() {
                open.push(path.clone());
            }
            all.push((path.display().to_string(), content));
        }
    }
    all.sort();
    all
}

fn prepared(folder: &Path) -> Plan {
    prepare(&folder.join("tidegate.yaml"), &wish(), true).unwrap()
}

fn added(folder: &Path, name: &str) -> String {
    let plan = prepared(folder);
    plan.write(&|| false).unwrap();
    String::from_utf8(fs::read(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn a_stop_between_any_two_files_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".gitignore"), "node_modules\r\n").unwrap();
    fs::write(folder.path().join(".env.example"), "A=1").unwrap();
    let before = state(folder.path());
    let plan = prepared(folder.path());
    assert_eq!(plan.changes.len(), 4);
    for stopped_at in 0..=plan.changes.len() {
        let asked = Cell::new(0);
        let stopped = || asked.replace(asked.get() + 1) == stopped_at;
        assert!(matches!(plan.write(&stopped), Err(InitError::Stopped)));
        assert_eq!(state(folder.path()), before, "{stopped_at}");
    }
    plan.write(&|| false).unwrap();
    assert_eq!(state(folder.path()).len(), 6);
}

#[test]
fn a_file_that_cannot_be_written_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    // The folder of workflows cannot be made.
    fs::write(folder.path().join(".github"), "a file").unwrap();
    let before = state(folder.path());
    let error = prepared(folder.path()).write(&|| false).unwrap_err();
    assert!(matches!(error, InitError::Unwritable { .. }), "{error}");
    assert!(error.to_string().contains("tidegate.yml"), "{error}");
    assert_eq!(state(folder.path()), before);
}

#[test]
fn what_appears_or_changes_meanwhile_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let ignore = folder.path().join(".gitignore");
    fs::write(&ignore, "a\n").unwrap();
    let plan = prepared(folder.path());
    fs::write(&ignore, "somebody else's\n").unwrap();
    let before = state(folder.path());
    assert!(matches!(plan.write(&|| false), Err(InitError::Changed(_))));
    assert_eq!(state(folder.path()), before);

    let plan = prepared(folder.path());
    fs::write(folder.path().join("tidegate.yaml"), "mine").unwrap();
    let before = state(folder.path());
    assert!(matches!(plan.write(&|| false), Err(InitError::Changed(_))));
    assert_eq!(state(folder.path()), before);
}

#[test]
fn what_somebody_changed_after_it_was_written_is_told_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let plan = prepared(folder.path());
    let sample = folder.path().join(".env.example");
    let asked = Cell::new(0);
    let stopped = || {
        if asked.replace(asked.get() + 1) == 3 {
            fs::write(&sample, "edited").unwrap();
            return true;
        }
        false
    };
    let Err(InitError::Left { left, .. }) = plan.write(&stopped) else {
        panic!("it must say what is left");
    };
    assert_eq!(left, std::slice::from_ref(&sample));
    assert_eq!(fs::read(&sample).unwrap(), b"edited");
    assert!(!folder.path().join(".github").exists());
}

#[test]
fn lines_are_added_with_the_ends_that_a_file_has_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".gitignore"), "dist").unwrap();
    fs::write(
        folder.path().join(".env.example"),
        "A=1\r\n# ANNA_EMAIL=anna@test.example\r\n",
    )
    .unwrap();
    let sample = added(folder.path(), ".env.example");
    assert!(sample.starts_with("A=1\r\n# ANNA_EMAIL=anna@test.example\r\n\r\n# For the gate"));
    assert_eq!(sample.matches("ANNA_EMAIL").count(), 1);
    assert_eq!(sample.matches('\n').count(), sample.matches("\r\n").count());
    let ignored = fs::read_to_string(folder.path().join(".gitignore")).unwrap();
    assert_eq!(ignored, "dist\n.tidegate/\n");

    fs::remove_file(folder.path().join("tidegate.yaml")).unwrap();
    let again = prepared(folder.path());
    let names: Vec<_> = again
        .changes
        .iter()
        .map(|change| change.path.file_name().unwrap().to_string_lossy())
        .collect();
    assert_eq!(names, ["tidegate-acme.yml", "tidegate.yaml"]);
    assert_eq!(again.notes.len(), 1, "{:?}", again.notes);
}

#[test]
fn a_folder_full_of_workflows_gets_none_more() {
    let folder = tempfile::tempdir().unwrap();
    let workflows = folder.path().join(".github/workflows");
    fs::create_dir_all(&workflows).unwrap();
    let numbered = (2..20).map(|number| format!("tidegate-{number}.yml"));
    for name in numbered.chain(["tidegate.yml".to_owned(), "tidegate-acme.yml".to_owned()]) {
        fs::write(workflows.join(name), "name: theirs\n").unwrap();
    }
    let plan = prepared(folder.path());
    assert_eq!(plan.changes.len(), 3);
    assert_eq!(
        plan.notes,
        ["No workflow is written: .github/workflows has 20 of Tidegate already."]
    );
}

#[test]
fn the_names_of_variables_are_kept_where_git_would_leave_them_out() {
    for (ignored, after) in [
        (".env*\n", ".env*\n.tidegate/\n!.env.example\n"),
        (
            ".env*\n!.env.example\n",
            ".env*\n!.env.example\n.tidegate/\n",
        ),
        (
            ".env\n/.tidegate\n.env.*\n",
            ".env\n/.tidegate\n.env.*\n!.env.example\n",
        ),
        (".env\n", ".env\n.tidegate/\n"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".gitignore"), ignored).unwrap();
        assert_eq!(added(folder.path(), ".gitignore"), after, "{ignored}");
    }
}

#[test]
fn what_is_no_text_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let sample = folder.path().join(".env.example");
    fs::write(&sample, [0xff, 0xfe, b'A', 0]).unwrap();
    fs::create_dir(folder.path().join(".gitignore")).unwrap();
    let plan = prepared(folder.path());
    assert_eq!(plan.changes.len(), 2);
    assert_eq!(plan.notes.len(), 2, "{:?}", plan.notes);
    plan.write(&|| false).unwrap();
    assert_eq!(fs::read(&sample).unwrap(), [0xff, 0xfe, b'A', 0]);
}

#[test]
fn a_gate_file_is_never_overwritten_not_even_a_broken_link() {
    let folder = tempfile::tempdir().unwrap();
    let gate = folder.path().join("tidegate.yaml");
    fs::write(&gate, "mine").unwrap();
    assert!(matches!(
        prepare(&gate, &wish(), true),
        Err(InitError::Exists(_))
    ));
    #[cfg(unix)]
    {
        let link = folder.path().join("link.yaml");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        assert!(matches!(
            prepare(&link, &wish(), true),
            Err(InitError::Exists(_))
        ));
    }
}

#[cfg(unix)]
#[test]
fn links_and_rights_stay_as_they_are() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("shared");
    fs::write(&real, "a\n").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("shared", folder.path().join(".gitignore")).unwrap();
    assert_eq!(added(folder.path(), ".gitignore"), "a\n.tidegate/\n");
    assert!(folder.path().join(".gitignore").is_symlink());
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}

#[cfg(unix)]
fn pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

#[cfg(unix)]
#[test]
fn odd_files_of_a_project_are_passed_over() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    fs::create_dir_all(project.join("package.json/package.json")).unwrap();
    fs::create_dir(project.join("web")).unwrap();
    let page =
        r#"{"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#;
    fs::write(project.join("web/package.json"), page).unwrap();
    fs::write(project.join("web/index.html"), "").unwrap();
    fs::write(folder.path().join("outside.toml"), "[build").unwrap();
    for name in [".env", "next.config.js", "web/vite.config.ts", "web/a.ts"] {
        pipe(&project.join(name));
    }
    symlink("nowhere", project.join("web/vercel.json")).unwrap();
    symlink("../../outside.toml", project.join("web/netlify.toml")).unwrap();
    symlink(".", project.join("web/again")).unwrap();
    let read = crate::init::project(&project);
    assert_eq!(read.unread, Vec::<String>::new());
    let folders: Vec<&str> = read.apps.iter().map(|app| app.folder.as_str()).collect();
    assert_eq!(folders, ["web"]);
    assert_eq!(read.apps[0].hosts, []);
}

#[cfg(unix)]
#[test]
fn what_leads_out_of_the_project_or_to_nothing_or_is_a_pipe_stays_as_it_is() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let outside = folder.path().join("profile");
    fs::write(&outside, "mine\n").unwrap();
    let project = folder.path().join("project");
    fs::create_dir(&project).unwrap();
    symlink(&outside, project.join(".gitignore")).unwrap();
    symlink(folder.path(), project.join(".github")).unwrap();
    symlink("nowhere", project.join(".env.example")).unwrap();
    let plan = prepared(&project);
    assert_eq!(
        plan.notes,
        [
            "No workflow is written: .github/workflows leads out of the project.".to_owned(),
            format!(
                "{} is a link to nothing and stays as it is.",
                project.join(".env.example").display()
            ),
            format!(
                "{} leads out of the project and stays as it is.",
                project.join(".gitignore").display()
            ),
        ]
    );
    plan.write(&|| false).unwrap();
    assert_eq!(fs::read(&outside).unwrap(), b"mine\n");
    assert!(!folder.path().join("nowhere").exists());
    assert!(!folder.path().join("workflows").exists());
    assert!(project.join("tidegate.yaml").is_file());

    let piped = folder.path().join("piped");
    fs::create_dir(&piped).unwrap();
    pipe(&piped.join(".env.example"));
    let plan = prepared(&piped);
    assert_eq!(plan.notes.len(), 1, "{:?}", plan.notes);
    assert_eq!(plan.changes.len(), 3);
}

#[test]
fn a_virtual_environment_is_used_where_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("requirements.txt"), "fastapi\n").unwrap();
    fs::write(folder.path().join("main.py"), "app = FastAPI()\n").unwrap();
    let command = || {
        let app = crate::init::project(folder.path()).apps.remove(0);
        app.serve.unwrap().value.command
    };
    assert!(command().starts_with("python3 -m uvicorn main:app"));
    fs::create_dir(folder.path().join(".venv")).unwrap();
    fs::write(folder.path().join(".venv/pyvenv.cfg"), "home = /usr\n").unwrap();
    assert!(command().starts_with(".venv/bin/uvicorn main:app"));
}

#[test]
fn a_gate_below_the_root_has_its_workflow_at_the_root() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    let gate = folder.path().join("apps/web/tidegate.yaml");
    fs::create_dir_all(gate.parent().unwrap()).unwrap();
    let wish = crate::init::wish(&gate, wish());
    assert_eq!(wish.folder, "apps/web");
    prepare(&gate, &wish, true)
        .unwrap()
        .write(&|| false)
        .unwrap();
    let workflow = folder.path().join(".github/workflows/tidegate.yml");
    let workflow = fs::read_to_string(workflow).unwrap();
    assert!(
        workflow.contains("working-directory: apps/web\n"),
        "{workflow}"
    );
}
