//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use std::collections::BTreeSet;

use super::META;
use super::testing::{Sent, World};
use crate::testing::each_code_has_a_case;

const GOOD: &str = r#"{"id":"r1","amount":1}"#;

const OUTGOING: &str = "
outgoing:
  sink: 4010
  trigger: [{ post: /records, capture: { record: $.id } }]
  expect:
    - path: /hooks
      schema: event.json
      where: { $.id: '${record}' }
      headers: { content-type: { starts-with: application/json } }
      signature: { secret: '${KEY}', header: x-sig, timestamp: x-time }
";

const INCOMING: &str = r#"
incoming:
  - post: /hooks/payments
    schema: event.json
    json: { id: "${unique}", amount: 3 }
    signature: { secret: '${KEY}', header: x-sig, timestamp: x-time }
    refuse: true
"#;

const FROM_FILE: &str = "
incoming:
  - post: /hooks/payments
    schema: event.json
    payload: payment.json
";

const ONCE: &str = r#"
incoming:
  - post: /hooks/payments
    json: { id: "${unique}", amount: 3 }
    once: { get: /payments/count, as: anna, value: $.count }
"#;

struct Case {
    code: &'static str,
    config: &'static str,
    bad: fn() -> World,
    good: fn() -> World,
}

/// A portal that refuses what it should.
fn careful(sent: &Sent) -> u16 {
    match (sent.is_signed() && sent.is_fresh(), sent.fits()) {
        (false, _) => 401,
        (true, false) => 422,
        (true, true) => 202,
    }
}

/// What was sent to the address of events.
fn events(sent: &[Sent]) -> Vec<&str> {
    let events = sent.iter().filter(|one| one.path == "/hooks/payments");
    events.map(|one| one.body.as_str()).collect()
}

fn counted(count: usize) -> String {
    format!(r#"{{"count":{count}}}"#)
}

fn sends(events: &[&str]) -> World {
    World::default().sending(events)
}

fn answers(answers: fn(&Sent) -> u16) -> World {
    World::default().answering(answers)
}

static CASES: &[Case] = &[
    Case {
        code: "events/not-sent",
        config: OUTGOING,
        bad: || sends(&[r#"{"id":"other","amount":1}"#]),
        good: || sends(&[r#"{"id":"other"}"#, GOOD]),
    },
    Case {
        code: "events/payload",
        config: OUTGOING,
        bad: || sends(&[r#"{"id":"r1"}"#]),
        good: || sends(&[GOOD]),
    },
    Case {
        code: "events/payload",
        config: "
outgoing:
  sink: 4010
  trigger: [{ post: /records }]
  expect: [{ json: { $.amount: { gt: 0 } } }]
",
        bad: || sends(&[r#"{"amount":0}"#]),
        good: || sends(&[r#"{"amount":1}"#]),
    },
    Case {
        code: "events/undocumented-field",
        config: OUTGOING,
        bad: || sends(&[r#"{"id":"r1","amount":1,"password":"x"}"#]),
        good: || sends(&[r#"{"id":"r1","amount":1,"note":"x"}"#]),
    },
    Case {
        code: "events/not-json",
        config: OUTGOING,
        bad: || sends(&["id=r1&amount=1"]),
        good: || sends(&["id=r1&amount=1", GOOD]),
    },
    Case {
        code: "events/header",
        config: OUTGOING,
        bad: || {
            let mut world = sends(&[GOOD]);
            world.sends[0]
                .headers
                .retain(|(name, _)| name != "content-type");
            world
        },
        good: || sends(&[GOOD]),
    },
    Case {
        code: "events/signature",
        config: OUTGOING,
        bad: || {
            let mut world = sends(&[GOOD]);
            world.sends[0].headers.retain(|(name, _)| name != "x-sig");
            world
        },
        good: || sends(&[GOOD]),
    },
    Case {
        code: "events/signature",
        config: OUTGOING,
        bad: || {
            let mut world = sends(&[GOOD]);
            world.sends[0].body = br#"{"id":"r1","amount":2}"#[..].into();
            world
        },
        good: || sends(&[GOOD]),
    },
    Case {
        code: "events/duplicate",
        config: OUTGOING,
        bad: || sends(&[GOOD, GOOD]),
        good: || sends(&[GOOD, r#"{"id":"r1","amount":2}"#]),
    },
    Case {
        code: "events/step",
        config: OUTGOING,
        bad: || sends(&[GOOD]).answering(|_| 500),
        good: || sends(&[GOOD]),
    },
    Case {
        code: "events/step",
        config: INCOMING,
        bad: || answers(|_| 0),
        good: || answers(careful),
    },
    Case {
        code: "events/fixture",
        config: FROM_FILE,
        bad: || World::default().file("payment.json", r#"{"id":"r1"}"#),
        good: || World::default().file("payment.json", GOOD),
    },
    Case {
        code: "events/fixture",
        config: FROM_FILE,
        bad: || World::default().file("payment.json", "{\n\"id\":"),
        good: || World::default().file("payment.json", GOOD),
    },
    Case {
        code: "events/refused",
        config: INCOMING,
        bad: || answers(|_| 422),
        good: || answers(careful),
    },
    Case {
        code: "events/counted-twice",
        config: ONCE,
        bad: || World {
            shown: |sent| counted(events(sent).len()),
            ..World::default()
        },
        good: || World {
            shown: |sent| counted(events(sent).into_iter().collect::<BTreeSet<_>>().len()),
            ..World::default()
        },
    },
    Case {
        code: "events/accepted-invalid",
        config: INCOMING,
        bad: || {
            answers(|sent| {
                if sent.is_signed() && sent.is_fresh() {
                    202
                } else {
                    401
                }
            })
        },
        good: || answers(careful),
    },
    Case {
        code: "events/server-error",
        config: INCOMING,
        bad: || {
            answers(|sent| {
                if careful(sent) == 422 {
                    500
                } else {
                    careful(sent)
                }
            })
        },
        good: || answers(careful),
    },
    Case {
        code: "events/unsigned-accepted",
        config: INCOMING,
        bad: || {
            answers(|sent| {
                if careful(sent) == 401 && sent.is_fresh() {
                    202
                } else {
                    careful(sent)
                }
            })
        },
        good: || answers(careful),
    },
    Case {
        code: "events/stale-accepted",
        config: INCOMING,
        bad: || {
            answers(|sent| match (sent.is_signed(), sent.fits()) {
                (false, _) => 401,
                (true, fits) => {
                    if fits {
                        202
                    } else {
                        422
                    }
                }
            })
        },
        good: || answers(careful),
    },
];

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    each_code_has_a_case(&META, CASES.iter().map(|case| case.code));
    for case in CASES {
        let bad = (case.bad)().run(case.config);
        assert_eq!(bad.codes(), [case.code], "{:#?}", bad.report);
        let good = (case.good)().run(case.config);
        assert!(good.codes().is_empty(), "{}: {:#?}", case.code, good.report);
        assert!(good.report.unwrap().evaluated > 0, "{}", case.code);
    }
}
