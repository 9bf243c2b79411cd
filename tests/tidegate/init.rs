//! `tidegate init` as a program: what it writes, what it refuses, and how it ends.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran, signal};

/// A site with one page, and with no other.
fn site() -> App {
    App::start(|request| match request.path() {
        "/" => Reply::html(200, "<!doctype html><title>Acme</title><p>Welcome</p>"),
        _ => Reply::text(404, "there is nothing here"),
    })
}

/// Every file below a folder, with its content.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).expect("the folder can be read") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => open.push(path),
                false => {
                    let name = path
                        .strip_prefix(folder)
                        .expect("below")
                        .display()
                        .to_string();
                    found.insert(name, std::fs::read(&path).expect("the file can be read"));
                }
            }
        }
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let all = files(folder).into_keys();
    all.filter(|name| !name.starts_with(".tidegate/")).collect()
}

/// What is written for an address on this machine, which no workflow can reach.
const WRITTEN: [&str; 3] = [".env.example", ".gitignore", "tidegate.yaml"];

#[test]
fn an_address_alone_is_enough_and_a_good_site_is_allowed() {
    let app = site();
    let project = Project::empty();
    // Without any variables nobody can say whether environments are apart.
    project.write(".env.local", "API_ORIGIN=http://localhost:4000\n");
    let ran = project.tidegate(&["init", app.url(), "--name", "Acme Portal"]);
    ran.expect(0)
        .says("GitHub's machines cannot reach this one")
        .says("Written: 3 files.")
        .says("Verdict: allow.")
        .says("1. Type `tidegate run` before each deploy");
    std::fs::remove_file(project.path().join(".env.local")).expect("the file is ours");
    assert_eq!(names(project.path()), WRITTEN);
    let gate = std::fs::read_to_string(project.gate()).expect("the gate file");
    assert!(gate.contains("name: acme-portal\n"), "{gate}");
    assert!(!app.requests_to("/").is_empty());
}

#[test]
fn a_site_with_a_fault_is_blocked_and_the_files_are_written_all_the_same() {
    let app = App::start(|_| Reply::text(500, "no"));
    let project = Project::empty();
    project
        .tidegate(&["init", app.url()])
        .expect(0)
        .says("page/status")
        .says("Verdict: block.")
        .says("1. Mend what stops the deploy");
    assert_eq!(names(project.path()), WRITTEN);
    // What CI gets is the exit code of the run.
    project.tidegate(&["run"]).expect(1);
}

#[test]
fn what_a_first_run_finds_can_be_accepted_so_that_the_next_lets_it_pass() {
    let app = App::start(|request| match request.path() {
        "/" => Reply::html(
            200,
            "<!doctype html><title>Acme</title><script src=/app.js></script>",
        ),
        _ => Reply::text(404, "there is nothing here"),
    });
    let project = Project::empty();
    project.write(".env.local", "API_ORIGIN=http://localhost:4000\n");
    project
        .tidegate(&["init", app.url(), "--adopt"])
        .expect(0)
        .says("page/asset-missing")
        .says("Verdict: block today.")
        .says("tidegate.baseline.json");
    project.tidegate(&["run"]).expect(0);
    project
        .tidegate(&["init", app.url(), "--adopt"])
        .expect(2)
        .says("tidegate baseline accept --for 30d");
}

#[test]
fn an_address_that_does_not_answer_is_told_and_the_files_are_written() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    drop(listener);
    let project = Project::empty();
    project
        .tidegate(&["init", &address])
        .expect(0)
        .says("preflight/unreachable")
        .says("Verdict: not known. The address did not answer")
        .says("then type `tidegate run`");
    assert_eq!(names(project.path()), WRITTEN);
}

#[test]
fn a_sign_in_page_is_told_with_the_header_that_passes_it() {
    let app =
        App::start(|_| Reply::text(401, "https://vercel.com/sso-api").header("server", "Vercel"));
    let project = Project::empty();
    project
        .tidegate(&["init", app.url(), "--kind", "preview"])
        .expect(0)
        .says("preflight/sign-in-wall")
        .says("Verdict: not known. A sign-in page stands before the portal")
        .says("`tidegate.yaml` has the header, switched off");
    let gate = std::fs::read_to_string(project.gate()).expect("the gate file");
    assert!(gate.contains("    # headers: {"), "{gate}");
}

#[test]
fn without_a_terminal_nothing_is_asked_and_the_flag_that_answers_is_named() {
    let project = Project::empty();
    project
        .tidegate(&["init"])
        .expect(2)
        .says("there is no project that Tidegate knows in this folder")
        .says("--url");
    assert!(names(project.path()).is_empty());
}

#[test]
fn a_monorepo_lists_its_apps_and_the_flag_chooses_one() {
    let project = Project::empty();
    for name in ["web", "admin", "docs", "shop"] {
        project.make(&format!("apps/{name}"));
        let package = format!(
            r#"{{"name":"{name}","scripts":{{"build":"vite build","dev":"vite"}},"devDependencies":{{"vite":"^7"}}}}"#
        );
        project.write(&format!("apps/{name}/package.json"), package);
        project.write(&format!("apps/{name}/index.html"), "<!doctype html>");
        project.write(&format!("apps/{name}/vite.config.js"), "export default {}");
    }
    project.write("package.json", r#"{"name":"all","workspaces":["apps/*"]}"#);
    let before = files(project.path());
    let ran = project.tidegate(&["init", "--no-run"]);
    ran.expect(2).says("there are 4 apps in this project");
    for name in ["web", "admin", "docs", "shop"] {
        ran.says(&format!("apps/{name}"));
    }
    assert_eq!(files(project.path()), before);
    project
        .tidegate(&["init", "--no-run", "--app", "apps/nothing"])
        .expect(2)
        .says("there is no app in the folder apps/nothing");
    project
        .tidegate(&["init", "--no-run", "--app", "./apps/shop/"])
        .expect(0)
        .says("Found: shop (Vite), in apps/shop")
        .says(
            "1. Build it with `cd apps/shop && npm install` and `cd apps/shop && npm run build`, then type `tidegate run --env local`.",
        );
    let gate = std::fs::read_to_string(project.gate()).expect("the gate file");
    assert!(gate.contains("directory: apps/shop\n"), "{gate}");
    // A second app of the same project has a gate file of its own; this one is built already.
    project.make("apps/web/dist");
    project.make("apps/web/node_modules");
    project.write("apps/web/dist/index.html", "<!doctype html>");
    project
        .tidegate(&[
            "init", "--no-run", "--app", "apps/web", "--gate", "web.yaml",
        ])
        .expect(0)
        .says(".github/workflows/tidegate-web.yml")
        .says("1. Type `tidegate run --gate web.yaml --env local`.");
}

#[test]
fn a_build_that_nobody_knows_the_place_of_is_named_too() {
    let project = Project::empty();
    project.write(
        "package.json",
        r#"{"name":"api","scripts":{"build":"tsc","start":"node dist/server.js"},"dependencies":{"express":"5"}}"#,
    );
    project.write(
        "server.ts",
        "import express from 'express';\nexpress().listen(process.env.PORT);\n",
    );
    project.tidegate(&["init", "--no-run"]).expect(0).says(
        "1. Build it with `npm install` and `npm run build`, then type `tidegate run --env local`.",
    );
    project.make("node_modules");
    project
        .tidegate(&["init", "--no-run", "--gate", "again.yaml"])
        .expect(0)
        .says("1. Build it with `npm run build`, then type `tidegate run --gate again.yaml --env local`.");
}

#[test]
fn packages_that_are_missing_are_named_where_nothing_is_built() {
    let project = Project::empty();
    project.write(
        "package.json",
        r#"{"name":"api","scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}"#,
    );
    project.write(
        "server.js",
        "require('express')().listen(process.env.PORT);\n",
    );
    project
        .tidegate(&["init", "--no-run"])
        .expect(0)
        .says("1. Install its packages with `npm install`, then type `tidegate run --env local`.");
    project.make("node_modules");
    project
        .tidegate(&["init", "--no-run", "--gate", "again.yaml"])
        .expect(0)
        .says("1. Type `tidegate run --gate again.yaml --env local`.");
}

#[test]
fn an_unknown_framework_is_looked_at_from_outside() {
    let project = Project::empty();
    project.write(
        "package.json",
        r#"{"name":"odd","scripts":{"start":"odd-framework serve"},"dependencies":{"odd-framework":"1"}}"#,
    );
    let ran = project.tidegate(&["init", "https://portal.example", "--no-run"]);
    ran.expect(0).says("tidegate.yaml");
    project.tidegate(&["plan", "--env", "production"]).expect(0);

    let project = Project::empty();
    project.write("Dockerfile", "FROM scratch\n");
    project
        .tidegate(&["init", "--no-run", "--gate", "without.yaml"])
        .expect(0)
        .says("is not known: give the address of a deploy with --url.");
    project
        .tidegate(&["init", "https://portal.example", "--no-run"])
        .expect(0)
        .says("How it is started on this machine is not known.");
}

#[test]
fn an_existing_gate_file_is_an_error_and_nothing_is_written() {
    let project = Project::new("mine: true\n");
    let before = files(project.path());
    project
        .tidegate(&["init", "https://portal.example"])
        .expect(2)
        .says("tidegate.yaml is there already")
        .says("never overwritten");
    assert_eq!(files(project.path()), before);
}

#[test]
fn what_is_there_gets_lines_with_its_own_ends_and_a_workflow_another_name() {
    let project = Project::empty();
    project.write(".env.example", "# ours\r\nAPI_URL=x\r\nVERCEL_BYPASS=");
    project.write(".gitignore", "node_modules");
    project.make(".github/workflows");
    project.write(".github/workflows/tidegate.yml", "name: theirs\n");
    project
        .tidegate(&[
            "init",
            "https://portal.example",
            "--no-run",
            "--name",
            "acme",
        ])
        .expect(0)
        .says("tidegate.yml is there already and stays as it is")
        .says("tidegate-acme.yml: new")
        .says(".gitignore: 1 line at its end");
    let after = files(project.path());
    let text = |name: &str| String::from_utf8_lossy(&after[name]).into_owned();
    assert_eq!(text(".gitignore"), "node_modules\n.tidegate/\n");
    assert_eq!(text(".github/workflows/tidegate.yml"), "name: theirs\n");
    let sample = text(".env.example");
    assert!(sample.starts_with("# ours\r\nAPI_URL=x\r\nVERCEL_BYPASS=\r\n\r\n# For the gate"));
    assert_eq!(sample.matches('\n').count(), sample.matches("\r\n").count());
}

#[test]
fn an_interface_is_gated_by_its_document() {
    let project = Project::empty();
    project.make("docs");
    project.write(
        "docs/api.json",
        r#"{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"fine"}}}}}}"#,
    );
    project
        .tidegate(&["init", "docs/api.json", "--no-run"])
        .expect(0)
        .says("api-as-agreed");
    let gate = std::fs::read_to_string(project.gate()).expect("the gate file");
    assert!(gate.contains("openapi: docs/api.json\n"), "{gate}");
    project
        .tidegate(&["plan", "--url", "https://preview.example"])
        .expect(0);

    let other = Project::empty();
    other.write("notes.json", r#"{"hello": "there"}"#);
    other.tidegate(&["init", "notes.json"]).expect(2);
    other
        .tidegate(&["init", "gone.json"])
        .expect(2)
        .says("there is no file or folder gone.json");
    assert_eq!(names(other.path()), ["notes.json"]);
}

#[test]
fn addresses_that_cannot_be_used_say_why_and_show_no_password() {
    let project = Project::empty();
    for (address, says) in [
        ("ftp://portal.example", "only http and https"),
        (
            "https://mia:hunter2@portal.example",
            "it holds a name or a password",
        ),
        ("https://portal.example/?a=b", "it leads to one page"),
        ("nonsense", "no address"),
    ] {
        project
            .tidegate(&["init", address])
            .expect(2)
            .says(says)
            .never_says("hunter2");
    }
    assert!(names(project.path()).is_empty());
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_is_told_and_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;

    let project = Project::empty();
    let folder = project.path().join("locked");
    std::fs::create_dir(&folder).expect("a folder");
    let mode = |mode| std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode));
    mode(0o555).expect("the rights are set");
    let may_all = std::fs::write(folder.join("probe"), "").is_ok();
    if may_all {
        std::fs::remove_file(folder.join("probe")).expect("the probe is ours");
    }
    // Whoever may write everywhere tries as somebody who may not.
    let program = env!("CARGO_BIN_EXE_tidegate");
    let arguments = ["init", "https://portal.example", "--no-run"];
    let mut command = match may_all {
        false => Command::new(program),
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", program]);
            command
        }
    };
    std::fs::set_permissions(project.path(), std::fs::Permissions::from_mode(0o755))
        .expect("the rights are set");
    command
        .args(arguments)
        .current_dir(&folder)
        .env("NO_COLOR", "1");
    let ran = Ran::of(command.output().expect("the binary runs"));
    ran.expect(2)
        .says("cannot be written")
        .says("Nothing was written");
    assert!(names(&folder).is_empty());
    mode(0o755).expect("the rights are set");
}

#[test]
fn an_environment_that_there_will_not_be_is_told_before_anything_is_written() {
    let project = Project::empty();
    project
        .tidegate(&[
            "init",
            "https://portal.example",
            "--env",
            "preview",
            "--no-run",
        ])
        .expect(2)
        .says("no environment preview")
        .says("production");
    assert!(names(project.path()).is_empty());
}

#[test]
fn ctrl_c_during_the_run_ends_it_and_the_files_stay_whole() {
    let (asked, was_asked) = mpsc::channel();
    let app = App::start(move |_| {
        let _ = asked.send(());
        Reply::text(200, "fine").after(Duration::from_secs(20))
    });
    let project = Project::empty();
    let child = project
        .command(&["init", app.url()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    was_asked
        .recv_timeout(Duration::from_secs(30))
        .expect("the app is asked");
    signal("-INT", &child);
    let ran = Ran::of(child.wait_with_output().expect("the child is ours"));
    ran.expect(130).never_says("panicked");
    assert_eq!(names(project.path()), WRITTEN);
    project.tidegate(&["plan"]).expect(0);
}
