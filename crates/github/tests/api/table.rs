//! Every request that is made, held against GitHub's description: as it is made, and broken.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use tidegate_github::api::publish::{Place, Publication, Target, publish};
use tidegate_github::api::{check_run, comment, compare, previous};
use tidegate_testkit::github::{Description, Fault, folder};
use tidegate_testkit::recorder::RecordedRequest;

use crate::support::{COMMIT, Scene, codes, run, wait};

/// What a request must have, and how long its texts may be.
struct Rule {
    operation: &'static str,
    required: &'static [&'static str],
    longest: &'static [(&'static str, usize)],
}

const RULES: &[Rule] = &[
    Rule {
        operation: "checks/create",
        required: &["/name", "/head_sha", "/output/title", "/output/summary"],
        longest: &[("/output/title", 255), ("/output/summary", 65_535)],
    },
    Rule {
        operation: "checks/update",
        required: &[
            "/conclusion",
            "/output/summary",
            "/output/annotations/0/path",
            "/output/annotations/0/start_line",
            "/output/annotations/0/end_line",
            "/output/annotations/0/annotation_level",
            "/output/annotations/0/message",
        ],
        longest: &[
            ("/output/title", 255),
            ("/output/summary", 65_535),
            ("/output/text", 65_535),
            ("/output/annotations/0/title", 255),
            ("/output/annotations/0/message", 65_536),
        ],
    },
    Rule {
        operation: "issues/create-comment",
        required: &["/body"],
        longest: &[("/body", 65_536)],
    },
    Rule {
        operation: "issues/update-comment",
        required: &["/body"],
        longest: &[("/body", 65_536)],
    },
    Rule {
        operation: "repos/create-commit-status",
        required: &["/state"],
        longest: &[("/description", 140), ("/context", 255)],
    },
    Rule {
        operation: "repos/create-deployment-status",
        required: &["/state"],
        longest: &[("/description", 140)],
    },
    Rule {
        operation: "code-scanning/upload-sarif",
        required: &["/commit_sha", "/ref", "/sarif"],
        longest: &[("/commit_sha", 64), ("/sarif", 13_400_000)],
    },
    Rule {
        operation: "actions/review-custom-gates-for-run",
        required: &["/environment_name"],
        longest: &[("/comment", 1_024)],
    },
];

/// Everything that can be sent is sent at least once.
fn everything(scene: &Scene) -> BTreeMap<String, Vec<RecordedRequest>> {
    let (summary, codes) = (run(120), codes());
    scene.github.with(|state| {
        state.waiting = vec!["production".into()];
        state.processing = Some("complete");
        state.artifact(
            scene.github.description(),
            "tidegate",
            "main",
            false,
            Vec::new(),
        );
        let draft = comment::draft(&summary, &codes, None, false).unwrap();
        for _ in 0..2 {
            state.comment(
                scene.github.description(),
                "github-actions[bot]",
                "Bot",
                &draft.body,
            );
        }
    });
    scene.github.fail("checks/update", Fault::CutAfter);
    scene
        .github
        .fail("code-scanning/upload-sarif", Fault::CutAfter);
    scene
        .github
        .fail("actions/review-custom-gates-for-run", Fault::CutAfter);
    let sarif = r#"{"runs":[{"tool":{"driver":{"name":"Tidegate"}},"automationDetails":{"id":"tidegate/acme-portal/preview"}}]}"#;
    let publication = Publication {
        summary: &summary,
        codes: &codes,
        since: None,
        sarif: Some(sarif),
        reference: Some("refs/heads/main"),
        attempt: "1",
        deployment: Some(42),
        waiting: Some((99, "production")),
        always_comment: true,
    };
    let optional = false;
    let targets = Place::ALL.map(|place| Target { place, optional });
    wait(async {
        let client = scene.client();
        publish(&client, publication, &targets).await;
        scene.github.with(|state| state.comments.clear());
        publish(&client, publication, &targets).await;
        check_run::publish(
            &client,
            &check_run::draft(&summary, &codes, None, "2").unwrap(),
        )
        .await
        .unwrap();
        compare::compare(&client, "main", COMMIT).await.unwrap();
        let wanted = previous::Wanted {
            artifact: "tidegate".into(),
            gate: None,
            environment: None,
            branch: None,
        };
        drop(previous::find(&client, &wanted).await);
    });
    scene.lawful();
    let mut all: BTreeMap<String, Vec<RecordedRequest>> = BTreeMap::new();
    for request in scene.github.requests() {
        let matched = scene.github.description().request(&request).unwrap();
        all.entry(matched.operation).or_default().push(request);
    }
    all
}

#[test]
fn every_request_is_accepted_as_it_is_and_refused_when_it_is_broken() {
    let Some(scene) = Scene::set() else { return };
    let all = everything(&scene);
    let used: Vec<&str> = all.keys().map(String::as_str).collect();
    let mut described = scene.github.description().operations();
    described.sort_unstable();
    assert_eq!(
        used, described,
        "the description has what is used and nothing else"
    );
    let folder = folder().unwrap();
    for file in ["api.github.com.json", "enterprise-server.json"] {
        let description = Description::read(&folder.join(file));
        let table = table(&description, &all);
        println!("{file}\n{table}");
    }
    record(&all);
}

/// Counts what is accepted and refused, and fails for whatever is not as it shall be.
fn table(description: &Description, all: &BTreeMap<String, Vec<RecordedRequest>>) -> String {
    let mut table = format!("{:<46} {:>8} {:>8}\n", "operation", "accepted", "refused");
    for (operation, requests) in all {
        for request in requests {
            let judged = description.request(request);
            assert!(judged.is_ok(), "{operation}: {judged:?}");
        }
        let fullest = fullest(requests);
        let broken = broken(operation, fullest);
        for (how, request) in &broken {
            assert!(
                description.request(request).is_err(),
                "{operation} is accepted with {how}"
            );
        }
        writeln!(
            table,
            "{operation:<46} {:>8} {:>8}",
            requests.len(),
            broken.len()
        )
        .unwrap();
    }
    table
}

/// The one with the most in it; of a check run the one that completes it.
fn fullest(requests: &[RecordedRequest]) -> &RecordedRequest {
    let fullness = |request: &&RecordedRequest| {
        let completes = request.text().contains("\"conclusion\"");
        (completes, request.body.len())
    };
    requests.iter().max_by_key(fullness).unwrap()
}

/// The request, broken in every way there is.
fn broken(operation: &str, request: &RecordedRequest) -> Vec<(String, RecordedRequest)> {
    let mut all = Vec::new();
    for name in ["user-agent", "authorization", "x-github-api-version"] {
        let mut without = request.clone();
        without.headers.retain(|(header, _)| header != name);
        all.push((format!("no {name}"), without));
    }
    let sign = if request.target.contains('?') {
        '&'
    } else {
        '?'
    };
    let target = |how: &str, target: String| {
        let changed = RecordedRequest {
            target,
            ..request.clone()
        };
        (how.to_owned(), changed)
    };
    all.push(target(
        "an unknown parameter",
        format!("{}{sign}misspelt=1", request.target),
    ));
    if request.target.contains("per_page=") {
        all.push(target(
            "too many a page",
            request.target.replace("per_page=", "per_page=1000"),
        ));
        all.push(target(
            "a page that is no number",
            request.target.replace("per_page=", "per_page=x"),
        ));
    }
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    if path.split('/').any(|part| part.parse::<u64>().is_ok()) {
        let parts = path.split('/').map(|part| {
            if part.parse::<u64>().is_ok() {
                "seven"
            } else {
                part
            }
        });
        let path = parts.collect::<Vec<_>>().join("/");
        all.push(target("a number that is none", format!("{path}?{query}")));
    }
    all.push(target(
        "a path that is not there",
        format!("{path}/nowhere?{query}"),
    ));
    if let Some(body) = request.json() {
        all.extend(
            broken_bodies(operation, &body)
                .into_iter()
                .map(|(how, body)| {
                    let body = body.to_string().into_bytes();
                    (
                        how,
                        RecordedRequest {
                            body,
                            ..request.clone()
                        },
                    )
                }),
        );
    } else {
        let body = b"{\"a\":1}".to_vec();
        all.push((
            "a body".to_owned(),
            RecordedRequest {
                body,
                ..request.clone()
            },
        ));
    }
    all
}

fn broken_bodies(operation: &str, body: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let mut pointers = Vec::new();
    leaves(body, String::new(), &mut pointers);
    for pointer in pointers {
        let mut wrong = body.clone();
        let value = wrong.pointer_mut(&pointer).unwrap();
        *value = if value.is_string() {
            json!(12)
        } else {
            json!("wrong")
        };
        all.push((format!("another type at {pointer}"), wrong));
    }
    let mut unknown = body.clone();
    unknown["misspelt"] = json!(1);
    all.push(("an unknown name".to_owned(), unknown));
    let rule = RULES
        .iter()
        .find(|rule| rule.operation == operation)
        .expect("every body has a rule");
    for pointer in rule.required {
        let mut without = body.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = without.pointer_mut(parent).and_then(Value::as_object_mut);
        assert!(
            parent.is_some_and(|parent| parent.remove(name).is_some()),
            "{operation} {pointer}"
        );
        all.push((format!("no {pointer}"), without));
    }
    for (pointer, limit) in rule.longest {
        let mut long = body.clone();
        *long.pointer_mut(pointer).unwrap() = json!("a".repeat(limit + 1));
        all.push((format!("more than {limit} at {pointer}"), long));
    }
    if let Some(annotations) = body
        .pointer("/output/annotations")
        .and_then(Value::as_array)
    {
        let mut many = body.clone();
        many["output"]["annotations"] = json!(vec![annotations[0].clone(); 51]);
        all.push(("51 annotations".to_owned(), many));
        let mut wide = body.clone();
        wide["output"]["annotations"][0]["end_line"] = json!(100_000);
        all.push(("columns over several lines".to_owned(), wide));
    }
    all
}

/// Everything in a body, but only the first item of each list.
fn leaves(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(member, format!("{at}/{name}"), all);
            }
        }
        Value::Array(items) => items
            .iter()
            .take(1)
            .for_each(|item| leaves(item, format!("{at}/0"), all)),
        _ => {}
    }
    if !at.is_empty() {
        all.push(at);
    }
}

/// Leaves the requests for another judge, `tests/github/prism.mjs`, where that is asked for.
fn record(all: &BTreeMap<String, Vec<RecordedRequest>>) {
    let Some(path) = std::env::var_os("TIDEGATE_GITHUB_REQUESTS") else {
        return;
    };
    let told = |operation: &String, how: &str, good: bool, request: &RecordedRequest| {
        json!({
            "operation": operation,
            "how": how,
            "good": good,
            "method": request.method,
            "target": request.target,
            "headers": request.headers,
            "body": String::from_utf8_lossy(&request.body),
        })
    };
    let mut requests = Vec::new();
    for (operation, recorded) in all {
        let fullest = fullest(recorded);
        requests.push(told(operation, "as it is", true, fullest));
        for (how, request) in broken(operation, fullest) {
            requests.push(told(operation, &how, false, &request));
        }
    }
    std::fs::write(path, serde_json::to_vec(&requests).unwrap()).unwrap();
}
