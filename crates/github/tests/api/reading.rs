//! What is asked of GitHub: the last report, and what changed.

use std::io::Write as _;

use tidegate_github::api::ApiError;
use tidegate_github::api::compare::compare;
use tidegate_github::api::previous::{Wanted, find};
use tidegate_github::api::token::look;

use crate::support::{COMMIT, Scene, wait};

fn report(environment: &str, mark: &str) -> String {
    format!(
        r#"{{"version":1,"run":{{"gate":"acme-portal","environment":"{environment}"}},"mark":"{mark}"}}"#
    )
}

/// A zip archive with one stored file.
fn zip(name: &str, content: &str) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let mut checksum = flate2::Crc::new();
    checksum.update(content.as_bytes());
    let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    common.extend(checksum.sum().to_le_bytes());
    common.extend(number(content.len()));
    common.extend(number(content.len()));
    common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    common.extend([0, 0]);
    let mut all = Vec::new();
    all.write_all(b"PK\x03\x04").unwrap();
    all.extend([&common, name.as_bytes(), content.as_bytes()].concat());
    let directory = all.len();
    all.extend(
        [
            b"PK\x01\x02".as_slice(),
            &[20, 0],
            &common,
            &[0; 14],
            name.as_bytes(),
        ]
        .concat(),
    );
    let size = all.len() - directory;
    all.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    all.extend([number(size), number(directory)].concat());
    all.extend([0, 0]);
    all
}

fn wanted() -> Wanted {
    Wanted {
        artifact: "tidegate".into(),
        gate: Some("acme-portal".into()),
        environment: Some("preview".into()),
        branch: None,
    }
}

#[test]
fn the_newest_report_of_the_default_branch_is_taken() {
    let Some(scene) = Scene::set() else { return };
    scene.github.with(|state| {
        let description = scene.github.description();
        let mut add = |branch: &str, fork, archive| {
            state.artifact(description, "tidegate", branch, fork, archive)
        };
        add(
            "main",
            false,
            zip("tidegate.json", &report("preview", "old")),
        );
        add(
            "main",
            false,
            zip("reports/tidegate.json", &report("preview", "new")),
        );
        add(
            "main",
            false,
            zip("tidegate.json", &report("production", "elsewhere")),
        );
        add(
            "main",
            true,
            zip("tidegate.json", &report("preview", "from a fork")),
        );
        add(
            "fix",
            false,
            zip("tidegate.json", &report("preview", "from a branch")),
        );
    });
    let found = wait(async { find(&scene.client(), &wanted()).await })
        .unwrap()
        .unwrap();
    assert_eq!(found, report("preview", "new"));
    scene.lawful();
    let store = scene.github.store_requests();
    assert_eq!(store.len(), 2);
    assert!(
        store
            .iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[test]
fn without_a_report_there_is_nothing() {
    let Some(scene) = Scene::set() else { return };
    let look = |wanted: Wanted| wait(async { find(&scene.client(), &wanted).await });
    assert_eq!(look(wanted()).unwrap(), None);
    scene.github.with(|state| {
        state.artifact(
            scene.github.description(),
            "tidegate",
            "main",
            false,
            b"no archive".to_vec(),
        );
    });
    assert!(matches!(look(wanted()), Err(ApiError::Answer { .. })));
    scene.github.with(|state| state.archives.clear());
    assert!(matches!(look(wanted()), Err(ApiError::Unreachable { .. })));
    scene.lawful();
}

#[test]
fn a_repository_that_is_not_there_is_named() {
    let Some(scene) = Scene::set() else { return };
    let error =
        wait(async { find(&scene.client_of("acme/nothing"), &wanted()).await }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "GitHub knows no repository acme/nothing, or the token may not see it (404)"
    );
    scene.lawful();
}

#[test]
fn a_token_is_known_by_what_it_sees() {
    let Some(scene) = Scene::set() else { return };
    let (seen, asked) = wait(async {
        let client = scene.client();
        (look(&client).await, client.repository().to_string())
    });
    assert_eq!(seen.unwrap().repository, asked);
    let error = wait(async { look(&scene.client_of("acme/nothing")).await }).unwrap_err();
    assert!(matches!(error, ApiError::NotFound { .. }), "{error}");
    scene.lawful();
}

#[test]
fn a_comparison_says_whether_it_is_whole() {
    let Some(scene) = Scene::set() else { return };
    for (files, complete) in [(0, true), (299, true), (300, false)] {
        scene.github.with(|state| state.changed_files = files);
        let found = wait(async { compare(&scene.client(), "feature/x#1", COMMIT).await }).unwrap();
        assert_eq!((found.files.len(), found.complete), (files, complete));
        assert_eq!(found.merge_base, "b".repeat(40));
    }
    scene.lawful();
}
