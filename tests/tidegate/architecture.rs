//! The arrows between the rooms, held against `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

const ROOMS: &[&str] = &[
    "tidegate",
    "tidegate-client-portal",
    "tidegate-config",
    "tidegate-core",
    "tidegate-draft",
    "tidegate-github",
    "tidegate-kinds",
    "tidegate-net",
    "tidegate-packs",
    "tidegate-plugin",
    "tidegate-repo",
    "tidegate-report",
    "tidegate-runner",
    "tidegate-testkit",
];

/// Which of our own crates each may use in normal and build dependencies.
fn allowed(room: &str) -> &'static [&'static str] {
    match room {
        "tidegate" => &[
            "tidegate-client-portal",
            "tidegate-config",
            "tidegate-core",
            "tidegate-draft",
            "tidegate-github",
            "tidegate-kinds",
            "tidegate-net",
            "tidegate-packs",
            "tidegate-plugin",
            "tidegate-repo",
            "tidegate-report",
            "tidegate-runner",
        ],
        "tidegate-draft" => &["tidegate-core", "tidegate-kinds"],
        "tidegate-github" => &["tidegate-core", "tidegate-report"],
        "tidegate-testkit" => &["tidegate-core", "tidegate-net"],
        "tidegate-core" | "tidegate-client-portal" => &[],
        _ => &["tidegate-core"],
    }
}

/// What cargo prints of this workspace.
fn cargo(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

fn metadata() -> Value {
    let printed = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    serde_json::from_slice(&printed).expect("cargo metadata is JSON")
}

fn name_of(package: &Value) -> &str {
    package["name"].as_str().expect("a name")
}

/// Name, kind (`normal` when null) and whether a version is asked for, of each dependency on a room.
fn own_dependencies(package: &Value) -> Vec<(String, String, bool)> {
    let dependencies = package["dependencies"].as_array().expect("dependencies");
    dependencies
        .iter()
        .filter(|dependency| ROOMS.contains(&name_of(dependency)))
        .map(|dependency| {
            (
                name_of(dependency).to_owned(),
                dependency["kind"].as_str().unwrap_or("normal").to_owned(),
                dependency["req"] != "*",
            )
        })
        .collect()
}

#[test]
fn rooms_depend_on_each_other_only_along_the_arrows() {
    let metadata = metadata();
    let members: BTreeMap<&str, &Value> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (name_of(package), package))
        .collect();
    let known: BTreeSet<&str> = ROOMS.iter().copied().chain(["xtask"]).collect();
    assert_eq!(members.keys().copied().collect::<BTreeSet<_>>(), known);
    for (room, package) in members {
        for (dependency, kind, versioned) in own_dependencies(package) {
            match kind.as_str() {
                "dev" => {
                    assert_eq!(
                        dependency, "tidegate-testkit",
                        "{room} may dev-depend on testkit only"
                    );
                    assert!(!versioned, "{room} must name testkit by path only");
                }
                _ if room == "xtask" => panic!("xtask uses no room, not {dependency}"),
                _ => assert!(
                    allowed(room).contains(&dependency.as_str()),
                    "{room} → {dependency}"
                ),
            }
        }
    }
}

#[test]
fn the_core_stays_light() {
    let edges = ["-e", "normal,build", "--prefix", "none"];
    let printed = cargo(&[&["tree", "-p", "tidegate-core"], &edges[..]].concat());
    let text = String::from_utf8(printed).expect("text");
    let crates: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(crates.len() <= 40, "{} crates: {crates:?}", crates.len());
    for heavy in ["tokio", "url", "regex", "schemars", "serde-saphyr", "hyper"] {
        assert!(!crates.contains(heavy), "core must not use {heavy}");
    }
}
