use std::collections::BTreeSet;

use tidegate_core::gate::EnvironmentKind;
use tidegate_core::ports::Overlooked;
use tidegate_core::ports::http::Purpose;

use super::testing::{Ran, World, parse, parse_with};
use super::*;
use crate::testing::Kept;

const SEND: &str = "sink: 4010\n  trigger: [{ post: /records }]";

fn outgoing(expect: &str) -> String {
    format!("outgoing:\n  {SEND}\n  expect: [{expect}]\n")
}

fn error(ran: &Ran) -> (String, String, String) {
    let error = ran.report.as_ref().unwrap_err().clone();
    let place = error
        .location
        .map_or_else(String::new, |location| location.to_string());
    (error.message, error.help, place)
}

fn everything(ran: &Ran) -> String {
    format!("{:?}", ran.report)
}

#[test]
fn the_examples_of_the_page_are_read_and_fit_the_schema() {
    let schema = jsonschema::draft7::new(&kind().schema()).unwrap();
    let mut examples = 0;
    for block in META.docs.text().split("```yaml\n").skip(1) {
        let yaml = block.split("```").next().unwrap();
        let entries: serde_json::Value = serde_saphyr::from_str(yaml).unwrap();
        for entry in entries.as_object().unwrap().values() {
            let config = entry["events"].to_string();
            let read = parse(&config);
            assert!(read.is_ok(), "{config}: {:?}", read.err());
            schema.validate(&entry["events"]).unwrap();
            examples += 1;
        }
    }
    assert_eq!(examples, 3);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_place() {
    let incoming = |entry: &str| format!("incoming: [{{ post: /hooks, {entry} }}]");
    let cases = [
        ("{}".to_owned(), "no events are named"),
        (
            "outgoing: { sink: 0, trigger: [{ get: / }], expect: [{}] }".into(),
            "the portal cannot send to just any port",
        ),
        (
            "outgoing: { sink: { port: 1, reply: 99 }, trigger: [{ get: / }], expect: [{}] }"
                .into(),
            "this is no status of an answer",
        ),
        (
            "outgoing: { sink: 1, trigger: [{ get: / }], within: 6m, expect: [{}] }".into(),
            "this waits too long",
        ),
        (
            "outgoing: { sink: 1, trigger: [{ get: / }], expect: [] }".into(),
            "no event is expected",
        ),
        (
            "outgoing: { sink: 1, trigger: [], expect: [{}] }".into(),
            "a flow without a step",
        ),
        (outgoing("{ path: hooks }"), "`hooks` is not a path"),
        (
            outgoing("{ schema: a, webhook: b }"),
            "two contracts for one event",
        ),
        (
            outgoing("{ where: { $.id: '${record}' } }"),
            "unknown capture `record`",
        ),
        (
            outgoing("{ signature: { secret: '${later}', header: x } }"),
            "unknown capture `later`",
        ),
        (outgoing("{ shcema: a }"), "unknown key `shcema`"),
        ("incoming: []".into(), "no incoming event is named"),
        ("incoming: [/hooks]".into(), "this is text"),
        (incoming("schema: a"), "nothing says what is sent here"),
        (
            incoming("json: {}, payload: a"),
            "two contents for one event",
        ),
        (incoming("payload: a, retry: {}"), "unknown key `retry`"),
        (
            incoming("payload: a, cleanup: { delete: '/x/${id}' }"),
            "unknown capture `id`",
        ),
        (
            incoming("payload: a, as: nobody"),
            "unknown identity `nobody`",
        ),
    ];
    for (config, message) in cases {
        let faults = parse(&config).err().unwrap_or_else(|| panic!("{config}"));
        assert_eq!(faults[0].message, message, "{config}");
        assert!(faults[0].span.is_some(), "{config}");
    }
    let faults = parse_with(&outgoing("{ webhook: recordCreated }"), None)
        .err()
        .unwrap();
    assert_eq!(faults[0].message, "there is no document with webhooks");
}

#[test]
fn a_mismatch_stands_at_the_line_of_the_contract_and_shows_no_value() {
    let world = World::default().sending(&[r#"{"id":"Mia Meyer","amount":"mia@acme.example"}"#]);
    let ran = world.run(&outgoing("{ schema: event.json }"));
    assert_eq!(ran.codes(), ["events/payload"]);
    let text = everything(&ran);
    assert!(
        !text.contains("Mia") && !text.contains("mia@") && !text.contains("token"),
        "{text}"
    );
    let finding = &ran.report.as_ref().unwrap().findings[0];
    assert_eq!(
        (finding.location.file.as_str(), finding.location.line),
        ("event.json", 6)
    );
    assert!(finding.title.contains("$.amount"), "{}", finding.title);
    assert_eq!(finding.related[0].location.file, "tidegate.yaml");
    assert_eq!(finding.related[0].location.line, 4);
}

#[test]
fn a_fault_that_many_events_have_is_told_once() {
    let events = [r#"{"id":"a"}"#, r#"{"id":"b"}"#, r#"{"id":"c","amount":1}"#];
    let ran = World::default()
        .sending(&events)
        .run(&outgoing("{ schema: event.json }"));
    assert_eq!(ran.codes(), ["events/payload"]);
}

#[test]
fn a_contract_may_be_a_part_of_a_file_or_a_webhook_of_the_document() {
    let whole = r#"{ "$defs": { "created": { "type": "object", "required": ["id"] } } }"#;
    for (contract, good) in [
        ("schema: 'all.json#/$defs/created'", r#"{"id":1}"#),
        ("webhook: recordCreated", r#"{"id":"1","amount":1}"#),
        (
            "schema: 'openapi.yaml#/components/schemas/Event'",
            r#"{"id":"1","amount":1}"#,
        ),
    ] {
        let world = || World::default().file("all.json", whole);
        let config = outgoing(&format!("{{ {contract} }}"));
        let ran = world().sending(&["{}"]).run(&config);
        assert!(
            ran.codes().contains(&"events/payload"),
            "{contract}: {:?}",
            ran.codes()
        );
        let ran = world().sending(&[good]).run(&config);
        let codes = ran.codes();
        assert!(!codes.contains(&"events/payload"), "{contract}: {codes:?}");
    }
}

#[test]
fn a_contract_that_is_not_there_is_an_error_with_a_place() {
    for (expect, message) in [
        ("{ schema: gone.json }", "there is no file gone.json"),
        (
            "{ schema: 'event.json#/nowhere' }",
            "`event.json#/nowhere` leads nowhere",
        ),
        (
            "{ webhook: gone }",
            "openapi.yaml describes no JSON of a webhook `gone`",
        ),
        (
            "{ webhook: empty }",
            "openapi.yaml describes no JSON of a webhook `empty`",
        ),
    ] {
        let ran = World::default().sending(&["{}"]).run(&outgoing(expect));
        let (said, help, place) = error(&ran);
        assert!(said.starts_with(message), "{said}");
        assert!(!help.is_empty() && place.contains(":4:"), "{said}: {place}");
        assert!(
            ran.sent.is_empty(),
            "nothing is sent before the contracts are read"
        );
    }
}

#[test]
fn a_portal_elsewhere_cannot_be_received_from() {
    let world = |url: &str, kind| World {
        url: url.into(),
        kind,
        ..World::default().sending(&["{}"])
    };
    let config = outgoing("{}");
    let ran = world("https://preview.acme.example", EnvironmentKind::Preview).run(&config);
    let report = ran.report.unwrap();
    assert!(ran.sent.is_empty() && report.findings.is_empty());
    assert!(report.inconclusive.unwrap().text.contains("runs elsewhere"));
    for (url, kind) in [
        ("http://localhost:3000", EnvironmentKind::Preview),
        ("http://app.localhost", EnvironmentKind::Staging),
        ("http://[::1]:3000", EnvironmentKind::Preview),
        ("http://portal.test", EnvironmentKind::Local),
    ] {
        let report = world(url, kind).run(&config).report.unwrap();
        assert!(
            report.inconclusive.is_none() && report.evaluated > 0,
            "{url}"
        );
    }
}

#[test]
fn a_port_that_is_taken_is_an_error_at_its_line() {
    let world = World {
        port_taken: true,
        ..World::default()
    };
    let ran = world.run(&outgoing("{}"));
    let (said, help, place) = error(&ran);
    assert!(
        said.contains("port 4010") && help.contains("4010"),
        "{said} {help}"
    );
    assert!(place.contains(":2:"), "{place}");
    assert!(ran.sent.is_empty());
}

#[test]
fn what_is_missing_is_told_with_what_came_instead() {
    let advice = |world: World, config: &str| {
        let ran = world.run(config);
        assert_eq!(ran.codes(), ["events/not-sent"]);
        ran.report.unwrap().findings.remove(0).advice
    };
    let nothing = advice(World::default(), &outgoing("{}"));
    assert!(nothing.contains("Nothing arrived at all"), "{nothing}");
    let broken = World {
        overlooked: Overlooked {
            broken: 2,
            beyond: 0,
        },
        ..World::default()
    };
    assert!(advice(broken, &outgoing("{}")).contains("without https"));
    let elsewhere = World::default().sending(&["{}"]);
    assert!(advice(elsewhere, &outgoing("{ path: /other }")).contains("not to this path"));
    let another = World::default().sending(&[r#"{"id":"b"}"#]);
    let config = outgoing("{ where: { $.id: a } }");
    assert!(advice(another, &config).contains("`where`"));
}

#[test]
fn what_else_arrived_is_noted_without_its_query() {
    let ran = World::default()
        .sending(&[r#"{"id":"a"}"#, r#"{"id":"b"}"#])
        .run(&outgoing("{ where: { $.id: a } }"));
    assert_eq!(ran.codes(), [""; 0]);
    assert_eq!(
        ran.report.unwrap().notes,
        ["Also received, and expected by nothing in this check: POST /hooks."]
    );
}

#[test]
fn a_portal_that_is_told_to_repeat_may_send_twice() {
    let config = "outgoing: { sink: { port: 4010, reply: 503 }, trigger: [{ post: /records }], expect: [{}] }";
    let ran = World::default().sending(&["{}", "{}"]).run(config);
    assert_eq!(ran.codes(), [""; 0]);
}

#[test]
fn hostile_events_are_told_and_nothing_worse() {
    let deep = "[".repeat(200_000);
    let mut world = World::default().sending(&[&deep, "\u{0}", "{}"]);
    world.sends[2].body = (&b"\xff\xfe{"[..]).into();
    let ran = world.run(&outgoing("{ schema: event.json }"));
    assert_eq!(ran.codes(), ["events/not-json"]);
    let mut world = World::default().sending(&[r#"{"id":"a","amount":1}"#]);
    world.sends[0].truncated = true;
    let ran = world.run(&outgoing("{ schema: event.json }"));
    assert_eq!(ran.codes(), ["events/not-json"]);
}

#[test]
fn what_the_trigger_creates_is_removed() {
    let config = "
outgoing:
  sink: 4010
  trigger:
    - post: /records
      json: { title: '${unique}' }
      capture: { record: $.id }
      cleanup: { delete: '/records/${record}' }
  expect: [{}]
";
    let ran = World::default().sending(&["{}"]).run(config);
    assert_eq!(
        ran.cleanup.kept(),
        [Kept::Fulfilled("DELETE /records/r1".into())]
    );
}

const PAYMENT: &str = "
incoming:
  - post: /hooks/payments
    payload: payment.json
    signature: { secret: '${KEY}', header: x-sig, timestamp: x-time }
    refuse: true
    capture: { event: $.id }
    cleanup: { delete: '/events/${event}' }
";

fn payments() -> World {
    World::default().file(
        "payment.json",
        r#"{"id":"evt_${unique}","amount":1,"note":"${HOME}"}"#,
    )
}

#[test]
fn every_event_has_marks_of_its_own_and_is_removed() {
    let ran = payments().answering(|_| 202).run(PAYMENT);
    assert_eq!(
        ran.codes(),
        [
            "events/unsigned-accepted",
            "events/stale-accepted",
            "events/accepted-invalid"
        ]
    );
    let fulfilled = Kept::Fulfilled("DELETE /events/r1".into());
    assert_eq!(ran.cleanup.kept(), vec![fulfilled; ran.sent.len()]);
    let ids: Vec<String> = ran
        .sent
        .iter()
        .filter_map(|sent| {
            let json: Json = serde_json::from_str(&sent.body).unwrap();
            json["id"].as_str().map(str::to_owned)
        })
        .collect();
    assert!(
        ids.iter().all(|id| id.starts_with("evt_tidegate-")),
        "{ids:?}"
    );
    assert!(
        ids.iter().collect::<BTreeSet<_>>().len() == ids.len(),
        "{ids:?}"
    );
    assert!(
        ran.sent
            .iter()
            .all(|sent| sent.body.contains("${HOME}") || sent.body.contains("4711"))
    );
}

#[test]
fn the_right_event_goes_first_and_wrong_ones_say_what_they_are() {
    let ran = payments()
        .answering(|sent| {
            if sent.is_signed() && sent.is_fresh() && sent.fits() {
                202
            } else {
                400
            }
        })
        .run(PAYMENT);
    assert_eq!(ran.codes(), [""; 0]);
    let purposes: Vec<Purpose> = ran.sent.iter().map(|sent| sent.purpose).collect();
    let of = |purpose| purposes.iter().filter(|one| **one == purpose).count();
    assert_eq!(purposes[0], Purpose::Normal);
    assert_eq!(
        (
            of(Purpose::Normal),
            of(Purpose::Attack),
            of(Purpose::Negative)
        ),
        (1, 4, 4)
    );
    assert_eq!(ran.report.unwrap().evaluated, 9);
    assert!(ran.sent.iter().all(|sent| sent.path == "/hooks/payments"));
}

#[test]
fn nothing_wrong_is_sent_to_a_portal_that_refuses_the_right_event() {
    let ran = payments().answering(|_| 404).run(PAYMENT);
    assert_eq!((ran.codes(), ran.sent.len()), (vec!["events/refused"], 1));
    let report = ran.report.unwrap();
    assert!(
        report.findings[0]
            .advice
            .contains("nothing at this address")
    );
    assert!(
        report.notes[0].contains("a refusal would prove nothing"),
        "{:?}",
        report.notes
    );
}

#[test]
fn a_refusal_for_another_reason_proves_nothing() {
    let ran = payments()
        .answering(|sent| {
            if sent.purpose == Purpose::Normal {
                202
            } else {
                409
            }
        })
        .run(PAYMENT);
    let report = ran.report.unwrap();
    assert_eq!((report.findings.len(), report.evaluated), (0, 1));
    assert_eq!(report.notes.len(), 3, "{:?}", report.notes);
    assert!(report.notes[0].contains("without a signature (409)"));
}

#[test]
fn a_redirect_is_no_acceptance() {
    let ran = payments().answering(|_| 302).run(PAYMENT);
    assert_eq!(ran.codes(), ["events/refused"]);
}

#[test]
fn several_examples_are_found_by_a_glob() {
    let config =
        "incoming: [{ post: /hooks/payments, schema: event.json, payload: ['payments/*.json'] }]";
    let world = || {
        World::default()
            .file("payments/a.json", r#"{"id":"a","amount":1}"#)
            .file("payments/b.json", r#"{"id":"b"}"#)
            .file("payments/c.json", r#"{"id":"c","amount":3}"#)
    };
    let ran = world().run(config);
    assert_eq!((ran.codes(), ran.sent.len()), (vec!["events/fixture"], 2));
    let finding = &ran.report.unwrap().findings[0];
    assert_eq!(finding.location.file, "payments/b.json");
    let ran = world().run(&config.replace("payments/*", "none/*"));
    assert!(error(&ran).0.contains("none/*.json"));
}

#[test]
fn wrong_events_need_a_contract() {
    let config = "incoming: [{ post: /elsewhere, json: { id: 1 }, refuse: true }]";
    let ran = World::default().run(config);
    let (said, help, _) = error(&ran);
    assert!(
        said.contains("POST /elsewhere") && help.contains("`schema:`"),
        "{said} {help}"
    );
    let ran = World::default().run(&config.replace(", refuse: true", ""));
    assert_eq!((ran.codes(), ran.sent.len()), (vec![], 1));
}

#[test]
fn an_event_that_shows_nowhere_proves_nothing_by_coming_twice() {
    let config =
        "incoming: [{ post: /hooks, json: { id: 1 }, once: { get: /count, value: $.id } }]";
    let ran = World::default().run(config);
    let report = ran.report.unwrap();
    assert_eq!(report.findings.len(), 0);
    let doubt = report.inconclusive.unwrap().text;
    assert!(doubt.contains("did not change"), "{doubt}");
    let posts = ran.sent.iter().filter(|one| one.path == "/hooks").count();
    assert_eq!(posts, 2, "the control and the first of the two");
}

#[test]
fn the_forecast_tells_writes_requests_and_secrets() {
    let forecast = parse(PAYMENT).unwrap().forecast();
    assert_eq!(
        forecast.writes,
        ["POST /hooks/payments", "DELETE /events/${event}"]
    );
    assert_eq!(forecast.requests, 2 * (1 + 4 + 12));
    assert_eq!(forecast.secrets, ["KEY"]);
    assert_eq!(forecast.worst, Duration::from_secs(10 * 17));
    assert!(!forecast.exclusive && forecast.identities.is_empty());
    let once = "incoming: [{ post: /hooks, json: { id: 1 }, once: { get: /count, as: anna, value: $.id, timeout: 5s } }]";
    let forecast = parse(once).unwrap().forecast();
    assert_eq!(forecast.writes, ["POST /hooks"]);
    // The control, and the event that comes twice; it is read before, until it counts, and after.
    assert_eq!(forecast.requests, (1 + 2) + (1 + 11 + 1));
    let waits = Duration::from_millis(200) * (10 + 2 * 11);
    assert_eq!(forecast.worst, Duration::from_secs(3 * 10 + 13 * 5) + waits);
    assert_eq!(forecast.identities, ["anna".into()]);
    let forecast = parse(&outgoing("{}")).unwrap().forecast();
    assert_eq!(forecast.worst, Duration::from_secs(30 + 10 + 2));
    assert!(forecast.exclusive);
    assert_eq!(forecast.identities, ["anna".into()]);
}

#[test]
fn a_part_of_a_contract_that_makes_no_sense_is_noted() {
    let faulty = r#"{ "type": "object", "properties": { "id": { "$ref": "gone.json" } } }"#;
    let ran = World::default()
        .file("faulty.json", faulty)
        .sending(&[r#"{"id":"a"}"#])
        .run(&outgoing("{ schema: faulty.json }"));
    let text = everything(&ran);
    assert!(text.contains("gone.json"), "{text}");
}
