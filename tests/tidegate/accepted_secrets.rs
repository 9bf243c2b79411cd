//! Secrets that were accepted: known again wherever they move, and no other in their place.

use serde_json::Value;
use tidegate::{Gate, RunOptions};

use crate::support::{Project, Ran};

const CHECKS: &str = "  no-new-secrets: { secrets: { base: main, site: false, build: [] } }\n";

/// A key as its provider would write it, made here so that no scanner finds it in this file.
fn key(end: &str) -> String {
    format!("sk_live{}{end}", "_4eC39HqLyjWDarjtT1zdp8")
}

/// A repository whose change brings a file with a key.
fn repository(file: &str, key: &str) -> Project {
    let project = Project::checking("http://127.0.0.1:9", CHECKS);
    project.git(&["init", "-q", "-b", "main"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-q", "-m", "base"]);
    bring(&project, file, key);
    project
}

fn bring(project: &Project, file: &str, key: &str) {
    project.write(file, format!("STRIPE_SECRET_KEY={key}\n"));
}

fn accept(project: &Project) -> Ran {
    project.tidegate(&["baseline", "accept", "--no-preflight"])
}

fn run(project: &Project) -> (Ran, Vec<Value>) {
    let (ran, report) = project.run(&["--no-preflight"]);
    let findings = report["results"][0]["findings"].as_array();
    (ran, findings.cloned().unwrap_or_default())
}

fn baseline(project: &Project) -> (String, Value) {
    let path = project.path().join("tidegate.baseline.json");
    let text = std::fs::read_to_string(path).expect("the baseline is there");
    let json = serde_json::from_str(&text).expect("the baseline is JSON");
    (text, json)
}

#[test]
fn an_accepted_secret_is_known_wherever_it_moves_and_another_in_its_place_is_not() {
    let project = repository("settings.env", &key("dcXa"));
    run(&project).0.expect(1);
    accept(&project).expect(0).says("1 finding accepted");
    let (ran, findings) = run(&project);
    ran.expect(0);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["suppressed"]["by"], "baseline");
    let known = findings[0]["fingerprint"].clone();
    assert_eq!(baseline(&project).1["findings"][0]["fingerprint"], known);

    std::fs::remove_file(project.path().join("settings.env")).expect("the file is removed");
    bring(&project, "moved.env", &key("dcXa"));
    let (ran, findings) = run(&project);
    ran.expect(0);
    assert_eq!(findings[0]["fingerprint"], known);

    bring(&project, "moved.env", &key("dcXb"));
    let (ran, findings) = run(&project);
    ran.expect(1);
    assert_eq!(findings.len(), 1);
    assert_ne!(findings[0]["fingerprint"], known);
    assert!(findings[0]["suppressed"].is_null());
}

#[test]
fn nothing_in_the_baseline_can_be_computed_without_its_salt() {
    let projects = [(), ()].map(|()| repository("settings.env", &key("dcXa")));
    let unsalted = run(&projects[0]).1[0]["fingerprint"].clone();
    let baselines = projects.each_ref().map(|project| {
        accept(project).expect(0);
        baseline(project)
    });
    let fingerprints = baselines
        .each_ref()
        .map(|(_, json)| json["findings"][0]["fingerprint"].clone());
    assert_ne!(fingerprints[0], fingerprints[1], "the same key and place");
    assert!(!fingerprints.contains(&unsalted));
    for (text, json) in &baselines {
        assert!(!text.contains("4eC39Hq"), "{text}");
        let salt = json["salt"].as_str().expect("a salt");
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        assert!(salt.len() == 64 && salt.bytes().all(digit), "{salt}");
    }
    assert_ne!(baselines[0].1["salt"], baselines[1].1["salt"]);
    accept(&projects[0]).expect(0);
    assert_eq!(baselines[0], baseline(&projects[0]), "the salt is kept");
}

#[test]
fn a_program_that_embeds_tidegate_accepts_in_the_same_way() {
    let project = repository("settings.env", &key("dcXa"));
    let gate = Gate::builder(project.gate())
        .without_process_environment()
        .load()
        .expect("the gate is right");
    let options = || RunOptions {
        preflight: false,
        ..RunOptions::default()
    };
    let salted = gate.salted().expect("a salt is made");
    let summary = salted.run(options(), |_| {}).expect("the run begins");
    assert!(!project.path().join("tidegate.baseline.json").exists());
    let accepted = salted.accept(&summary).expect("the file is written");
    assert_eq!(accepted, gate.baseline().expect("the file is read"));
    assert_eq!(
        gate.salted().expect("a salt").baseline().ok(),
        Some(accepted)
    );
    bring(&project, "copied.env", &key("dcXa"));
    run(&project).0.expect(0);
}

#[test]
fn a_damaged_salt_is_an_error_and_not_a_new_one() {
    let project = repository("settings.env", &key("dcXa"));
    project.write(
        "tidegate.baseline.json",
        r#"{"version":1,"salt":"short","findings":[]}"#,
    );
    for ran in [run(&project).0, accept(&project)] {
        ran.expect(2)
            .says("its salt is not 64")
            .says("Restore the file");
    }
}
