//! The removal of what checks create, also when the answer or the whole run is lost.

use std::time::Duration;

use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::gate::Entry;
use tidegate_core::located::Located;
use tidegate_core::ports::http::{Body as RequestBody, Sharing};
use tidegate_core::verdict::Verdict;

use super::fakes::*;

type Reported = Result<CheckReport, CheckError>;

/// A check that creates things and removes them by these paths, and then ends so.
fn creating<R>(paths: &'static [&str], end: impl Fn() -> R + Send + Sync + 'static) -> Entry
where
    R: Future<Output = Reported> + Send + 'static,
{
    check_that(
        "a",
        body(move |context| {
            let created = create(&context, paths);
            let end = end();
            async move {
                created?;
                end.await
            }
        }),
    )
}

fn create(context: &Context, paths: &[&str]) -> Result<(), CheckError> {
    let cleanup = context.cleanup()?;
    for path in paths {
        let ticket = cleanup.promise(promise(context, &format!("mark{path}")));
        cleanup.fulfil(ticket, removal(context, path));
    }
    Ok(())
}

fn deleted(bench: &Bench) -> Vec<String> {
    let mut sent = bench.http.sent();
    sent.retain(|name| name.starts_with("DELETE"));
    sent
}

#[test]
fn the_last_thing_is_removed_first_however_the_check_ends() {
    let ends: [(&str, Entry); 5] = [
        ("passed", creating(&["/1", "/2"], || async { passed() })),
        ("failed", creating(&["/1", "/2"], || async { broken("no") })),
        (
            "errored",
            creating(&["/1", "/2"], || async { Err(CheckError::new("no", "")) }),
        ),
        (
            "errored",
            creating(&["/1", "/2"], || async { panic!("boom") }),
        ),
        ("timed-out", creating(&["/1", "/2"], std::future::pending)),
    ];
    for (ended, mut entry) in ends {
        if ended == "timed-out" {
            entry.common.timeout = Some(Duration::from_millis(50));
        }
        let bench = Bench::new(vec![entry]);
        let summary = bench.run();
        assert_eq!(outcome(&summary, "a"), ended);
        assert_eq!(deleted(&bench), ["DELETE /2", "DELETE /1"], "{ended}");
        assert!(summary.leftovers.is_empty());
    }
}

#[test]
fn removing_uses_a_fresh_session_of_the_same_identity() {
    let mut entry = creating(&["/1"], || async { passed() });
    entry.common.identity = Some(Located {
        value: "anna".into(),
        span: span(),
    });
    let mut bench = Bench::new(vec![entry]);
    bench.gate.identities = vec![identity("anna", "token")];
    bench.run();
    let (who, sharing) = bench.http.sender_of("DELETE /1");
    assert_eq!((who, sharing), (Some("anna".into()), Sharing::Fresh));
}

#[test]
fn what_is_gone_already_counts_as_removed_and_what_stays_is_named() {
    let mut bench = Bench::new(vec![creating(
        &["/404", "/410", "/500", "/login"],
        || async { passed() },
    )]);
    bench.http = FakeHttp::new(|name| {
        Ok(match name {
            "DELETE /404" => response(404),
            "DELETE /410" => response(410),
            "DELETE /500" => response(500),
            "DELETE /login" => {
                let mut redirect = response(302);
                redirect
                    .headers
                    .push(("location".into(), "/Login?next=/".into()));
                redirect
            }
            _ => response(200),
        })
    });
    let summary = bench.run();
    let left: Vec<(&str, &str, &str)> = summary
        .leftovers
        .iter()
        .map(|one| {
            (
                &*one.marker,
                one.remove_with.as_deref().unwrap(),
                &*one.reason,
            )
        })
        .collect();
    assert_eq!(
        left,
        [
            (
                "mark/login",
                "DELETE /login",
                "the removal was answered 302"
            ),
            ("mark/500", "DELETE /500", "the removal was answered 500"),
        ]
    );
    assert_eq!(summary.judgement.verdict, Verdict::AllowWithWarnings);
    assert_eq!(summary.warnings.len(), 2);
}

/// A check whose create has no answer; it is found, or not, by `recover`.
fn lost(recover: Option<Result<&'static str, &'static str>>) -> Bench {
    let entry = check_that(
        "a",
        body(move |context| async move {
            let mut promised = promise(&context, "tidegate-mark");
            if let Some(found) = recover {
                let context = context.clone();
                promised.recover = Some(Box::new(move || {
                    Box::pin(async move {
                        let path = found.map_err(str::to_owned)?;
                        assert!(path != "/panic", "recovering panics");
                        Ok(vec![removal(&context, path)])
                    })
                }));
            }
            context.cleanup()?.promise(promised);
            Err(CheckError::new("the answer was lost", ""))
        }),
    );
    Bench::new(vec![entry])
}

#[test]
fn a_lost_answer_is_recovered_or_the_marker_is_named() {
    let found = lost(Some(Ok("/found")));
    assert!(found.run().leftovers.is_empty());
    assert_eq!(deleted(&found), ["DELETE /found"]);
    for (recover, reason) in [
        (None, "the answer that names it was lost"),
        (
            Some(Err("the search was answered 500")),
            "nothing is known that removes it: the search was answered 500",
        ),
        (
            Some(Ok("/panic")),
            "nothing is known that removes it: looking for it failed",
        ),
    ] {
        let summary = lost(recover).run();
        let left = &summary.leftovers[0];
        assert_eq!(left.marker, "tidegate-mark", "{recover:?}");
        assert_eq!((left.reason.as_str(), &left.remove_with), (reason, &None));
    }
}

#[test]
fn a_released_promise_removes_nothing() {
    let bench = Bench::new(vec![check_that(
        "a",
        body(|context| async move {
            let cleanup = context.cleanup()?;
            let ticket = cleanup.promise(promise(&context, "mark"));
            cleanup.release(ticket);
            passed()
        }),
    )]);
    assert!(bench.run().leftovers.is_empty());
    assert!(deleted(&bench).is_empty());
}

#[test]
fn the_first_stop_still_removes_and_the_second_leaves_it_to_clean() {
    for requests in [1, 2] {
        let mut bench = Bench::new(vec![]);
        let stop = bench.stop.clone();
        bench.gate.checks = vec![creating(&["/1"], move || {
            (0..requests).for_each(|_| stop.request());
            std::future::pending()
        })];
        let summary = bench.run();
        assert!(summary.interrupted);
        assert_eq!(outcome(&summary, "a"), "cancelled");
        if requests == 1 {
            assert_eq!(deleted(&bench), ["DELETE /1"]);
        } else {
            assert_eq!(summary.leftovers[0].reason, "the removal was abandoned");
            let cleaned = bench.clean();
            assert_eq!((cleaned.removed.len(), cleaned.left.len()), (1, 0));
            assert_eq!(deleted(&bench), ["DELETE /1"]);
            assert_eq!(bench.clean(), Default::default());
        }
    }
}

#[test]
fn the_promise_is_on_disk_before_the_create_and_holds_no_secret() {
    let mut bench = Bench::new(vec![]);
    let journal = bench.state().join("journal");
    bench.variables.insert("TOKEN", "hunter2-hunter2");
    bench.gate.identities = vec![identity("anna", "${TOKEN}")];
    bench.gate.checks = vec![check_that(
        "a",
        body(move |context| {
            let journal = journal.clone();
            async move {
                let cleanup = context.cleanup()?;
                let ticket = cleanup.promise(promise(&context, "tidegate-mark"));
                let file = std::fs::read_dir(&journal)
                    .unwrap()
                    .next()
                    .unwrap()
                    .unwrap();
                let before = std::fs::read_to_string(file.path()).unwrap();
                assert!(before.contains("tidegate-mark"), "{before}");
                let mut request = removal(&context, "/1");
                request.body = RequestBody::Json("{\"key\":\"hunter2-hunter2\"}".into());
                cleanup.fulfil(ticket, request);
                let after = std::fs::read_to_string(file.path()).unwrap();
                assert!(!after.contains("hunter2"), "{after}");
                std::future::pending().await
            }
        }),
    )];
    bench.gate.checks[0].common.timeout = Some(Duration::from_millis(200));
    bench.http = FakeHttp::new(|name| Ok(response(if name == "DELETE /1" { 500 } else { 200 })));
    let summary = bench.run();
    assert_eq!(outcome(&summary, "a"), "timed-out");
    let cleaned = bench.clean();
    assert!(
        cleaned.left[0].reason.contains("holds a secret"),
        "{cleaned:?}"
    );
}

#[test]
fn clean_leaves_other_environments_and_damaged_lines_alone() {
    let mut bench = Bench::new(vec![creating(&["/1"], || async { passed() })]);
    bench.http = FakeHttp::new(|name| Ok(response(if name == "DELETE /1" { 500 } else { 200 })));
    bench.run();
    let journal = bench.state().join("journal");
    let file = std::fs::read_dir(&journal)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let mut text = std::fs::read_to_string(file.path()).unwrap();
    text.push_str("{\"promised\":{\"tick");
    std::fs::write(file.path(), text).unwrap();

    bench.environment().name = "staging".into();
    bench.http = FakeHttp::new(|_| Ok(response(204)));
    let cleaned = bench.clean();
    assert_eq!(cleaned.removed.len(), 0);
    assert!(cleaned.left[0].reason.contains("`preview`"), "{cleaned:?}");
    bench.environment().name = "preview".into();
    let cleaned = bench.clean();
    assert_eq!((cleaned.removed.len(), cleaned.left.len()), (1, 0));
}

#[test]
fn a_state_folder_that_is_not_writable_is_a_warning() {
    let mut bench = Bench::new(vec![creating(&["/1"], || async { passed() })]);
    let file = bench.folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    bench.state = file.join("state");
    let summary = bench.run();
    assert_eq!(deleted(&bench), ["DELETE /1"]);
    assert_eq!(summary.judgement.verdict, Verdict::AllowWithWarnings);
    assert!(
        summary.warnings[0]
            .message
            .contains("could not be written down")
    );
}
