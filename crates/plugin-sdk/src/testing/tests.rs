use serde_json::json;

use super::*;
use crate::HttpError;
use crate::prelude::*;

const DIFFERS: Code = Code {
    slug: "differs",
    summary: "two answers differ",
    severity: Severity::High,
    impact: "Somebody is told something wrong.",
    remedy: "Tell everybody the same.",
    effort: Effort::Small,
};

const STRIPE: Capability = Capability::host("https://api.stripe.com", "to ask Stripe").optional();

check! {
    name: "sample",
    summary: "A sample",
    documentation: "# Sample\n",
    config: Config,
    codes: [DIFFERS],
    asks: [
        Capability::target_read("to read"),
        STRIPE,
        Capability::secret("STRIPE_KEY", "to log in at Stripe"),
        Capability::files("exports/*.csv", "to read the export"),
        Capability::recorded("to look at what others saw"),
    ],
    run: act,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    some_act: String,
}

/// One act of a check for each test.
fn act(config: Config, context: &Context) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::new();
    match config.some_act.as_str() {
        "compare" => {
            let mine: Value = context.get("/a")?.expect_ok()?.json()?;
            let theirs: Value = context.as_identity("boris").get("/a")?.json()?;
            outcome.check(mine == theirs, || {
                DIFFERS.finding("a differs").evidence("mine", mine)
            });
        }
        "write" => {
            context.post("/a", &json!({ "b": 1 }))?;
        }
        "stripe" => {
            let stripe = context.on_host("https://api.stripe.com/");
            let key = format!("Bearer {}", secret("STRIPE_KEY"));
            stripe.header("authorization", key).get("/v1/charges")?;
            stripe_with_another_key(context)?;
        }
        "undeclared" => outcome.find(Finding {
            code: "other".to_owned(),
            ..DIFFERS.finding("x")
        }),
        "twice" => {
            let first: u32 = context.get("/n")?.json()?;
            let second: u32 = context.get("/n?again")?.json()?;
            let third: u32 = context.get("/n")?.json()?;
            outcome.note(format!("{first} {second} {third}"));
        }
        "files" => {
            for path in context.files().find("**/*.csv")? {
                let table = context.files().table(&path, ',')?;
                info!("{path}: {}", table.rows.len());
            }
            context.files().read_text("secret.txt")?;
        }
        "recorded" => {
            for exchange in context.recorded() {
                let exchange = exchange?;
                outcome.check(exchange.json::<u64>().is_some(), || DIFFERS.finding("none"));
            }
        }
        other => {
            return Err(Failure::config(
                "/some_act",
                format!("`{other}` is unknown"),
                "",
            ));
        }
    }
    Ok(outcome)
}

fn stripe_with_another_key(context: &Context) -> Result<(), Failure> {
    let stripe = context.on_host("https://api.stripe.com");
    stripe.header("x-key", secret("OTHER")).get("/v1/charges")?;
    Ok(())
}

fn run(act: &str, target: Target) -> Run {
    super::run::<Plugin>(json!({ "some_act": act }), &target)
}

#[test]
fn each_identity_gets_its_own_answer() {
    let target = Target::new()
        .get("/a", 200, json!(1))
        .as_identity("boris")
        .get("/a", 200, json!(2));
    let run = run("compare", target);
    assert_eq!(run.codes(), ["differs"]);
    assert_eq!(run.outcome().evaluated, 1);
    assert_eq!(run.outcome().findings[0].evidence[0].text, "1");
    let who: Vec<_> = run
        .requests
        .iter()
        .map(|sent| sent.identity.as_deref())
        .collect();
    assert_eq!(who, [None, Some("boris")]);
}

#[test]
fn the_same_answers_give_no_finding() {
    let target = Target::new().identity("anna").as_identity("boris");
    let target = target.as_anyone().get("/a", 200, json!(1));
    assert_eq!(run("compare", target).codes(), [] as [&str; 0]);
}

#[test]
fn an_identity_that_is_not_named_may_not_be_used() {
    let target = Target::new().get("/a", 200, json!(1));
    let run = run("compare", target);
    let text = "GET /a: it is not granted: the identity `boris` is not among those that it may use";
    assert_eq!(run.failure(), &Failure::Denied(text.to_owned()));
}

#[test]
fn a_status_of_another_class_fails_with_the_route() {
    let run = run("compare", Target::new().get("/a", 503, json!({})));
    assert_eq!(
        run.failure().to_string(),
        "GET /a answered 503 instead of 2xx"
    );
}

#[test]
fn a_body_of_another_shape_fails_with_the_route() {
    let broken = Target::new().answer("GET", "/n", Answer::status(200).body("<html>"));
    let failure = run("twice", broken).failure().to_string();
    assert_eq!(
        failure,
        "GET /n answered 200 with a body of another shape: expected value at line 1 column 1"
    );
}

#[test]
fn what_is_not_asked_for_is_denied() {
    let run = run("write", Target::new().post("/a", 201, json!({})));
    let text = "POST /a: it is not granted: the check lacks target_write";
    assert_eq!(run.failure(), &Failure::Denied(text.to_owned()));
    assert_eq!(run.requests[0].json(), json!({ "b": 1 }));
}

#[test]
fn secrets_are_placeholders_and_must_be_asked_for() {
    let target = Target::new().on_host("https://api.stripe.com");
    let run = run("stripe", target.get("/v1/charges", 200, json!({})));
    let sent = &run.requests[0];
    assert_eq!(sent.place, "https://api.stripe.com/v1/charges");
    let key = (
        "authorization".to_owned(),
        "Bearer ${STRIPE_KEY}".to_owned(),
    );
    assert_eq!(sent.headers, [key]);
    assert!(
        run.failure()
            .to_string()
            .ends_with("the check lacks secret(\"OTHER\")"),
        "{:?}",
        run.failure()
    );
}

#[test]
fn what_is_withheld_is_denied() {
    let run = run("stripe", Target::new().withhold(STRIPE));
    assert!(matches!(run.failure(), Failure::Denied(_)), "{run:?}");
}

#[test]
fn a_failing_connection_is_told_with_the_route_and_a_timeout_as_such() {
    let target = Target::new().fails("GET", "/n", HttpError::Timeout("30 s".to_owned()));
    let timeout = Failure::Timeout("GET /n: it took too long: 30 s".to_owned());
    assert_eq!(run("twice", target).failure(), &timeout);
    let target = Target::new().fails("GET", "/n", HttpError::Connect("refused".to_owned()));
    let failed = Failure::failed("GET /n: nobody answers: refused");
    assert_eq!(run("twice", target).failure(), &failed);
}

#[test]
fn answers_to_one_request_come_one_after_the_other() {
    let target = Target::new()
        .get("/n", 200, json!(1))
        .get("/n", 200, json!(2));
    assert_eq!(run("twice", target).outcome().notes, ["1 2 2"]);
}

#[test]
fn a_request_that_nothing_was_said_about_says_what_there_is() {
    let failure = run("twice", Target::new().get("/m", 200, json!(1)));
    let text = failure.failure().to_string();
    assert!(
        text.contains("GET /n as Nobody; it was told: GET /m as Anyone"),
        "{text}"
    );
}

#[test]
fn a_code_that_is_not_declared_is_a_failure() {
    let text = "a finding has the code `other`, which the check does not declare";
    assert_eq!(
        run("undeclared", Target::new()).failure(),
        &Failure::failed(text)
    );
}

#[test]
fn files_are_found_and_read_where_they_are_asked_for() {
    let target = Target::new()
        .file("exports/a.csv", "\u{feff}id\n1\n2\n")
        .file("other/b.csv", "id\n1\n")
        .file("secret.txt", "x");
    let run = run("files", target);
    assert_eq!(run.log, [(Level::Info, "exports/a.csv: 2".to_owned())]);
    assert!(matches!(run.failure(), Failure::Denied(_)), "{run:?}");
}

#[test]
fn all_exchanges_come_in_their_order() {
    let recorded =
        |target: Target, number: u64| target.recorded(exchange("GET", "/n", 200, json!(number)));
    let target = (0..120).fold(Target::new(), recorded);
    assert_eq!(run("recorded", target).outcome().evaluated, 120);
}

#[test]
fn a_config_that_does_not_read_is_told_as_such() {
    let run = super::run::<Plugin>(json!({ "other": 1 }), &Target::new());
    assert!(matches!(run.failure(), Failure::Config(_)), "{run:?}");
    let failure = self::run("dance", Target::new()).failure().to_string();
    assert_eq!(failure, "the config at /some_act: `dance` is unknown");
}

#[test]
fn faults_of_the_description_are_told() {
    assert_eq!(
        faults::<Plugin>(),
        [
            "headings of its page begin at `##`",
            "its page does not mention the code `differs`",
            "the key `some_act` of its config has no doc comment",
            "the key `some_act` of its config is not in kebab-case: \
             use `#[serde(rename_all = \"kebab-case\")]`",
        ]
    );
}

#[test]
fn a_description_says_all_that_was_declared() {
    let description = describe::<Plugin>();
    assert_eq!(description.name, "sample");
    assert_eq!(description.version, env!("CARGO_PKG_VERSION"));
    assert_eq!(description.codes.len(), 1);
    assert_eq!(description.capabilities.len(), 5);
    assert!(description.capabilities[1].optional);
    let schema: Value = serde_json::from_str(&description.config_schema).expect("JSON");
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert_eq!(schema["required"], json!(["some_act"]));
}

#[test]
fn outside_of_a_run_nothing_is_granted() {
    let target = Target::new();
    let context = Context::new(target.context);
    let error = context.get("/a").expect_err("no world");
    assert!(matches!(error.error(), HttpError::Denied(_)), "{error}");
}
