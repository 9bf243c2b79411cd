//! Lock files that are wrong.

use super::*;

#[test]
fn a_wrong_lock_file_is_told_at_its_line() {
    let project = project(&made("1.2.0"));
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    let path = project.path().join("tidegate.lock");
    let text = std::fs::read_to_string(&path).expect("a lock file");
    for (old, new, told) in [
        (
            "\"version\": 1,",
            "\"version\": 9,",
            "has version 9, which is not known",
        ),
        ("\"size\":", "\"sise\":", "unknown field `sise`"),
        (
            "  \"plugins\": {",
            "<<<<<<< HEAD\n  \"plugins\": {",
            "a merge left",
        ),
        ("}", "", "EOF"),
        ("total-differs", "Total\\u001b[31m", "is no name"),
    ] {
        let wrong = match new {
            "" => text.trim_end().trim_end_matches('}').to_owned(),
            _ => text.replacen(old, new, 1),
        };
        assert_ne!(wrong, text, "{old}");
        project.write("tidegate.lock", wrong);
        let ran = tidegate(&project, &[], &["plan"]);
        ran.expect(2)
            .says(told)
            .says("tidegate.lock:")
            .says("tidegate plugin update");
        ran.never_says("\u{1b}");
        tidegate(&project, &[], &["schema"]).expect(2).says(told);
        tidegate(&project, &[], &["plugin", "list"])
            .expect(2)
            .says(told);
    }
}

#[test]
fn a_plugin_from_another_place_is_not_the_locked_one() {
    let project = project(&made("1.2.0"));
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    std::fs::rename(project.path().join("plugins"), project.path().join("moved"))
        .expect("it moves");
    project.write(
        "tidegate.yaml",
        GATE.replace("path: plugins", "path: moved"),
    );
    tidegate(&project, &[], &["plan"])
        .expect(2)
        .says("from another place");
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    tidegate(&project, &[], &["plan"]).expect(0);
}

#[test]
fn what_the_gate_file_no_longer_declares_is_forgotten() {
    let project = project(&made("1.2.0"));
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    let gate = GATE.replace("invoice-totals:\n", "invoice-sums:\n");
    project.write("tidegate.yaml", gate);
    tidegate(&project, &[], &["plan"])
        .expect(2)
        .says("unknown plugin `invoice-totals`");
    tidegate(&project, &[], &["plugin", "update"])
        .expect(2)
        .says("calls itself `invoice-totals`, not `invoice-sums`")
        .says("no longer declared, and forgotten");
    assert_eq!(lock_of(&project)["plugins"], serde_json::json!({}));
}

#[test]
fn without_a_network_a_downloaded_component_is_used_and_a_missing_one_is_told() {
    let component = made("1.2.0").component();
    let sha256 = tidegate_plugin::lock::digest(&component);
    let project = project(&made("1.2.0"));
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    let url = "http://127.0.0.1:9/invoice-totals.wasm";
    let gate = GATE.replace(
        "path: plugins/invoice-totals.wasm",
        &format!("url: {url}\n    sha256: \"{sha256}\""),
    );
    project.write("tidegate.yaml", &gate);
    let lock = std::fs::read_to_string(project.path().join("tidegate.lock")).expect("a lock file");
    project.write(
        "tidegate.lock",
        lock.replace(
            &format!("\"path\": \"{FILE}\""),
            &format!("\"url\": \"{url}\""),
        ),
    );
    tidegate(&project, &[], &["plan"]).expect(0);
    let (ran, _) = run(&project, &[]);
    ran.expect(3).says("could not be downloaded");
    let kept = project.path().join("cache/components");
    std::fs::create_dir_all(&kept).expect("a folder");
    project.write(&format!("cache/components/{sha256}.wasm"), &component);
    let (ran, _) = run(&project, &[]);
    ran.expect(0);
    project.write(
        &format!("cache/components/{sha256}.wasm"),
        b"something else",
    );
    let (ran, _) = run(&project, &[]);
    ran.expect(3).says("could not be downloaded");
}

#[test]
fn a_power_that_a_plugin_could_use_and_is_not_granted_is_noted() {
    let project = project(&made("1.2.0").asking(Power::Recorded, true));
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    let note = "goes without a power that it asks for";
    let planned = tidegate(&project, &[], &["plan"]);
    planned.expect(0).says(note).says("recorded: true");
    project.write(
        "tidegate.yaml",
        GATE.replace("target: read", "target: read, recorded: true"),
    );
    let planned = tidegate(&project, &[], &["plan"]);
    planned.expect(0).never_says(note);
}
