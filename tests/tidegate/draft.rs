//! `tidegate draft access`: a proposal from what a project holds, or a plain word why there is none.

use crate::support::{Project, Ran};

/// Files in a folder without a gate file.
struct Sources {
    project: Project,
}

impl Sources {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let project = Project::new("");
        std::fs::remove_file(project.gate()).expect("the gate file is removed");
        for (name, content) in files {
            let path = project.path().join(name);
            let folder = path.parent().expect("a folder");
            std::fs::create_dir_all(folder).expect("the folder is made");
            project.write(name, content);
        }
        Self { project }
    }

    fn draft(&self, arguments: &[&str]) -> Ran {
        let all: Vec<&str> = ["draft", "access"]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        let ran = self.project.tidegate(&all);
        ran.never_says("panicked");
        ran
    }
}

const SERVER: &[u8] = b"const app = require('express')();\napp.get('/health', (q, s) => s.end());\napp.get('/records', requireAuth, list);\n";

#[test]
fn a_project_without_a_gate_file_gets_a_proposal() {
    let sources = Sources::new(&[("src/server.js", SERVER)]);
    let ran = sources.draft(&[]);
    ran.expect(0)
        .says("There is no tidegate.yaml")
        .says("Read: 1 source file with 2 routes.")
        .says("This is a proposal to review");
    assert!(
        ran.stdout
            .contains("- GET /health  # src/server.js:2: guess: usually public"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("GET /records: all  # src/server.js:3: requireAuth was seen"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_project_without_routes_says_so() {
    Sources::new(&[])
        .draft(&[])
        .expect(2)
        .says("no route was found");
    let ran = Sources::new(&[("README.md", b"x"), ("src/a.js", b"x")]).draft(&["--code", "lib"]);
    ran.expect(2)
        .says("Not read: lib holds no source files.")
        .says("--code");
    assert_eq!(ran.stdout, "");
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_read() {
    let huge = vec![b'x'; 2 * 1024 * 1024];
    let deep = "app.get('/x', (".repeat(20_000);
    let sources = Sources::new(&[
        ("src/server.js", SERVER),
        ("src/huge.ts", &huge),
        ("src/binary.py", b"\xff\xfe\x00"),
        ("src/deep.js", deep.as_bytes()),
        ("openapi.yaml", b"openapi: [1"),
    ]);
    sources
        .draft(&[])
        .expect(0)
        .says("Not read: src/huge.ts is larger than 1 MiB.")
        .says("Not read: src/binary.py is not UTF-8.")
        .says("Not read: openapi.yaml")
        .says("GET /records: all");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_listed_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let sources = Sources::new(&[("src/server.js", SERVER), ("locked/a.js", b"x")]);
    let locked = sources.project.path().join("locked");
    let with = |mode| std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(mode));
    with(0o000).expect("the folder is locked");
    let ran = sources.draft(&[]);
    // Who may read everything is not kept out.
    let kept_out = std::fs::read_dir(&locked).is_err();
    with(0o755).expect("the folder is unlocked");
    ran.expect(0).says("GET /records: all");
    if kept_out {
        ran.says("Not read: locked");
    }
}

#[test]
fn a_file_that_is_there_is_not_overwritten() {
    let sources = Sources::new(&[("src/server.js", SERVER), ("draft.yaml", b"mine")]);
    sources
        .draft(&["--output", "draft.yaml"])
        .expect(2)
        .says("draft.yaml is there already");
    let kept = std::fs::read_to_string(sources.project.path().join("draft.yaml"));
    assert_eq!(kept.ok().as_deref(), Some("mine"));
    let ran = sources.draft(&["--output", "new.yaml"]);
    ran.expect(0).says("Written to new.yaml.");
    assert_eq!(ran.stdout, "");
    let written = std::fs::read_to_string(sources.project.path().join("new.yaml"));
    assert!(written.is_ok_and(|text| text.contains("who-may-what:")));
}

#[test]
fn a_gate_file_lends_its_roles_and_its_document() {
    let gate = "version: 1\nname: test\nenvironments: { local: { kind: local, url: \"http://127.0.0.1:1\" } }\nopenapi: api.yaml\nidentities:\n  adam: { role: admin, bearer: \"${TOKEN:-long-enough}\" }\n";
    let project = Project::new(gate);
    project.write("api.yaml", "openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths:\n  /admin/users:\n    get: { responses: {} }\n");
    let ran = project.tidegate(&["draft", "access"]);
    ran.expect(0)
        .says("GET /admin/users: [\"role:admin\"]")
        .says("Read: api.yaml with 1 route.");
    project.write("tidegate.yaml", "version: 1\nnope: 1\n");
    project.write("openapi.yaml", "openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths:\n  /x:\n    get: { responses: {} }\n");
    let ran = project.tidegate(&["draft", "access"]);
    ran.expect(0)
        .says("tidegate.yaml cannot be used")
        .says("GET /x: all");
}
