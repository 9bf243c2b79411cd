//! `tidegate plugin update` and `inspect`.

use super::*;

#[test]
fn an_update_shows_what_is_asked_for_beyond_before() {
    let project = project(&made("1.2.0").asking(Power::Recorded, true));
    tidegate(&project, &[], &["plugin", "update"])
        .expect(0)
        .says("It asks for powers");
    tidegate(&project, &[], &["plugin", "update"])
        .expect(0)
        .says("as it was");
    let before = lock_of(&project);
    let host = Power::Host("https://api.stripe.com".to_owned());
    project.write(FILE, made("1.3.0").asking(host, false).component());
    let refused = tidegate(&project, &[], &["plugin", "update"]);
    refused
        .expect(1)
        .says("invoice-totals 1.2.0 → 1.3.0")
        .says("+ asks for more: it sends requests to https://api.stripe.com")
        .says("- asks no more for: it reads what other checks sent and received")
        .says("--accept");
    assert_eq!(lock_of(&project), before);
    tidegate(
        &project,
        &[],
        &["plugin", "update", "invoice-totals", "--accept"],
    )
    .expect(0);
    let version = &lock_of(&project)["plugins"]["invoice-totals"]["describes"]["version"];
    assert_eq!(version, "1.3.0");
    tidegate(&project, &[], &["plugin", "update", "invoice-total"])
        .expect(2)
        .says("Did you mean `invoice-totals`?");
}

#[test]
fn what_is_no_plugin_is_not_locked() {
    let project = project(&made("1.2.0"));
    for (bytes, told) in [
        (&b"nothing"[..], "is no WebAssembly component"),
        (
            &wat::parse_str("(module)").expect("a module"),
            "core module",
        ),
        (
            &wat::parse_str("(component)").expect("a component"),
            "is no plugin of Tidegate",
        ),
    ] {
        project.write(FILE, bytes);
        tidegate(&project, &[], &["plugin", "update"])
            .expect(2)
            .says(told);
        tidegate(&project, &[], &["plugin", "add", "invoice-totals", FILE])
            .expect(2)
            .says(told);
    }
    tidegate(&project, &[], &["plugin", "add", "a", "gone.wasm"])
        .expect(2)
        .says("gone.wasm cannot be read");
    project.write(FILE, made("1.2.0").component());
    tidegate(&project, &[], &["plugin", "add", "a", FILE])
        .expect(2)
        .says("calls itself `invoice-totals`, not `a`");
    tidegate(
        &project,
        &[],
        &["plugin", "add", "invoice-totals", FILE, "--sha256", "00"],
    )
    .expect(2)
    .says("has another SHA-256");
}

#[test]
fn a_component_and_a_locked_plugin_are_inspected() {
    let project = project(&made("1.2.0"));
    tidegate(&project, &[], &["plugin", "inspect", "invoice-totals"])
        .expect(2)
        .says("has no plugin");
    let inspected = tidegate(&project, &[], &["plugin", "inspect", FILE]);
    inspected
        .expect(0)
        .says("invoice-totals 1.2.0")
        .says("tidegate:check@0.1.0")
        .says("imports")
        .says("total-differs");
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    tidegate(&project, &[], &["plugin", "inspect", "invoice-totals"])
        .expect(0)
        .says("1.2.0");
    let machine = tidegate(&project, &[], &["plugin", "inspect", FILE, "--json"]);
    let machine: Value = serde_json::from_str(&machine.stdout).expect("JSON");
    assert_eq!(machine["locked"]["describes"]["version"], "1.2.0");
    let imports = machine["imports"].as_array().expect("a list");
    assert!(
        imports
            .iter()
            .any(|import| import == "tidegate:check/http@0.1.0")
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_told_and_read_all_the_same() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = project(&made("1.2.0"));
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    let mode = |mode: u32| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(project.path(), permissions).expect("it is ours");
    };
    mode(0o555);
    let cache = std::env::temp_dir().join(format!("tidegate-test-{}", std::process::id()));
    let run = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        let ran = command.env("TIDEGATE_CACHE", &cache).output();
        Ran::of(ran.expect("the binary runs"))
    };
    let plan = run(&["plan"]);
    project.write(FILE, made("1.2.1").component());
    let changed = run(&["plan"]);
    let writable = std::fs::write(project.path().join("probe"), "").is_ok();
    mode(0o755);
    plan.expect(0);
    // An administrator writes everywhere.
    if !writable {
        changed.expect(2).says("tidegate.lock cannot be written");
    }
    std::fs::remove_dir_all(&cache).ok();
}
