//! The kind against portals in memory.

use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{HttpError, Response};

use super::kind;
use crate::testing::{Asked, FakeFiles, FakePortal, Trial, Tried, answer};

/// How a portal treats its lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portal {
    /// How many items there are.
    pub(super) there: usize,
    /// The size of a page when none is asked for.
    pub(super) usual: usize,
    /// The largest size of a page.
    pub(super) most: usize,
    /// Whether it never looks at the limit.
    pub(super) ignores: bool,
    /// What a limit that makes no sense gets: a status, `all` or `default`.
    pub(super) negative: &'static str,
    /// A field more of each item.
    pub(super) field: &'static str,
    /// Whether it tells the size of the page.
    pub(super) tells: bool,
}

impl Portal {
    /// A portal that does everything right.
    pub(super) const GOOD: Self = Self {
        there: 1_500,
        usual: 20,
        most: 100,
        ignores: false,
        negative: "422",
        field: r#""title":"a""#,
        tells: false,
    };

    fn page(&self, limit: Option<&str>) -> Result<Response, HttpError> {
        let asked: Option<usize> = limit.and_then(|limit| limit.parse().ok());
        let size = match (limit, asked.filter(|asked| *asked > 0)) {
            (None, _) => self.usual,
            _ if self.ignores => self.usual,
            (_, Some(asked)) => asked.min(self.most),
            (Some(_), None) => match self.negative {
                "all" => self.there,
                "default" => self.usual,
                status => return answer(status.parse().unwrap(), "{}"),
            },
        };
        let field = self.field.replace("LONG", &"x".repeat(2_000));
        let item = |number| format!("{{\"id\":{number},{field}}}");
        let items: Vec<String> = (0..size.min(self.there)).map(item).collect();
        let told = if self.tells {
            format!(",\"limit\":{size}")
        } else {
            String::new()
        };
        answer(200, format!("{{\"items\":[{}]{told}}}", items.join(",")))
    }
}

/// A portal with the list `/records` and the object `/me`.
pub(super) fn world(portal: Portal) -> impl FnMut(&Asked) -> Result<Response, HttpError> + Send {
    move |asked| {
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let limit = pairs
            .find(|(name, _)| *name == "limit")
            .map(|(_, value)| value);
        match path {
            "/records" => portal.page(limit),
            "/me" => answer(200, format!("{{\"id\":1,{}}}", portal.field)),
            _ => answer(404, "{}"),
        }
    }
}

/// A check as anna.
pub(super) fn anna() -> Trial {
    let mut trial = Trial::of(kind());
    trial.who = Some("anna");
    trial
}

fn look(config: &str, portal: Portal) -> Tried {
    anna().run(config, &FakePortal::new(world(portal)))
}

/// Runs over one fixed answer.
fn answered(config: &str, answer: Response) -> Tried {
    anna().run(config, &FakePortal::new(move |_| Ok(answer.clone())))
}

#[test]
fn a_good_list_is_asked_a_handful_of_times() {
    let tried = look("routes: [/records]", Portal::GOOD);
    assert_eq!(
        tried.portal.lines(),
        [
            "anna GET /records",
            "anna GET /records?limit=2",
            "anna GET /records?limit=1000000",
            "anna GET /records?limit=0",
            "anna GET /records?limit=-1",
            "anna GET /records?limit=abc",
        ]
    );
}

#[test]
fn the_limit_takes_the_place_of_the_one_in_the_path() {
    let tried = look("routes: [\"/records?limit=50&q=a\"]", Portal::GOOD);
    assert_eq!(tried.portal.lines()[1], "anna GET /records?q=a&limit=2");
}

#[test]
fn a_finding_says_what_was_before_and_what_was_tried_and_shows_no_value() {
    let secret = r#""api_key":"kJ8sdf72hHq0ZpLm3nVb""#;
    let tried = look(
        "routes: [/records]",
        Portal {
            field: secret,
            ..Portal::GOOD
        },
    );
    let finding = &tried.report().findings[0];
    assert_eq!(
        finding.title,
        "GET /records shows anna a private key or API key at $.items[*].api_key"
    );
    assert_eq!(finding.subject, "GET /records $.items[*].api_key");
    assert_eq!(finding.severity, Severity::Critical);
    let told = format!("{finding:?}");
    assert!(told.contains("GET /records as anna: 200"), "{told}");
    assert!(
        told.contains("20 times") && !told.contains("kJ8sdf"),
        "{told}"
    );
}

#[test]
fn the_examples_of_a_served_document_are_nobodys() {
    let document =
        r#"{"openapi":"3.1.0","paths":{"/login":{"example":{"password":"correct-horse-7"}}}}"#;
    let served = answer(200, document).unwrap();
    let tried = answered("objects: [/openapi.json]", served);
    let doubt = tried.doubt();
    assert!(doubt.contains("describes the interface"), "{doubt}");
    let table = r#"{"openapi":"yes","password":"correct-horse-7"}"#;
    let tried = answered("objects: [/me]", answer(200, table).unwrap());
    assert_eq!(tried.report().findings.len(), 1);
}

#[test]
fn what_the_gate_file_names_must_be_judged() {
    let config = "routes: [/records]";
    for (body, wanted) in [
        ("{\"items\":[]}", "shows anna no items"),
        ("<html>not a list</html>", "does not answer with JSON"),
        ("{\"id\":1}", "no list was found"),
        ("{\"success\":false}", "it answered 200"),
        ("{\"items\":[{\"id\":", "does not answer with JSON"),
    ] {
        let tried = answered(config, answer(200, body).unwrap());
        assert!(tried.doubt().contains(wanted), "{body}: {}", tried.doubt());
    }
    for status in [302, 401, 403, 404, 500] {
        let tried = answered(config, answer(status, "{}").unwrap());
        assert!(
            tried.doubt().contains(&format!("it answered {status}")),
            "{}",
            tried.doubt()
        );
        assert!(tried.codes().is_empty());
    }
}

#[test]
fn a_portal_that_wants_fewer_requests_is_obeyed() {
    let tried = answered("routes: [/records, /others]", answer(429, "{}").unwrap());
    assert!(
        tried.doubt().contains("wants no more requests"),
        "{}",
        tried.doubt()
    );
    assert!(tried.portal.lines().len() <= 4);
}

#[test]
fn hostile_answers_end_in_a_sentence() {
    let config = "routes: [/records]";
    for body in [
        "[".repeat(2_000_000),
        format!("{}1{}", "{\"a\":".repeat(90_000), "}".repeat(90_000)),
    ] {
        let tried = answered(config, answer(200, body).unwrap());
        assert!(
            tried.doubt().contains("does not answer with JSON"),
            "{}",
            tried.doubt()
        );
    }
    let many = format!(
        "[{}]",
        vec![r#"{"id":1,"token":"kJ8sdf72hHq0ZpLm3nVb"}"#; 150_000].join(",")
    );
    let tried = answered(config, answer(200, many).unwrap());
    assert!(tried.codes().contains(&"lists/sensitive-field"));
    assert!(tried.codes().contains(&"lists/too-large"));
    let mut cut = answer(200, "[{\"id\":1},").unwrap();
    cut.truncated = true;
    assert!(
        answered(config, cut)
            .doubt()
            .contains("too long to be read whole")
    );
    let binary = Response {
        body: vec![0xff; 64].into(),
        ..answer(200, "").unwrap()
    };
    assert!(
        answered(config, binary)
            .doubt()
            .contains("does not answer with JSON")
    );
    let wide: Vec<String> = (0..3_000)
        .map(|number| format!("\"x{number}_secret\":\"kJ8sdf72hHq0ZpLm\""))
        .collect();
    let wide = format!("[{{{}}}]", wide.join(","));
    assert!(answered(config, answer(200, wide).unwrap()).codes().len() <= 50);
}

#[test]
fn items_that_come_from_other_checks_meanwhile_are_no_missing_limit() {
    let mut there = 5;
    let portal = FakePortal::new(move |asked: &Asked| {
        there += 1;
        let of = Portal {
            there,
            usual: 100,
            negative: "default",
            tells: true,
            ..Portal::GOOD
        };
        world(of)(asked)
    });
    let tried = anna().run("routes: [/records]", &portal);
    assert_eq!(tried.codes(), Vec::<&str>::new());
}

#[test]
fn few_items_leave_the_limit_open_and_say_so() {
    let tried = look(
        "routes: [{ get: /records, limit: limit }]",
        Portal {
            there: 2,
            ..Portal::GOOD
        },
    );
    assert_eq!((tried.codes(), tried.doubt()), (vec![], ""));
    let notes = tried.report().notes.join("\n");
    assert!(notes.contains("three are needed"), "{notes}");
    assert!(notes.contains("may be all there are"), "{notes}");
}

#[test]
fn production_is_asked_for_its_usual_page_only() {
    let mut trial = anna();
    trial.environment = EnvironmentKind::Production;
    let tried = trial.run("routes: [/records]", &FakePortal::new(world(Portal::GOOD)));
    assert_eq!(tried.portal.lines(), ["anna GET /records"]);
    assert!(tried.report().notes[0].contains("In production"));
}

const DOCUMENT: &str = r##"
openapi: 3.1.0
info: { title: t, version: '1' }
paths:
  /records:
    get:
      parameters: [{ name: limit, in: query, schema: { type: integer, maximum: 50 } }]
      responses:
        '200':
          description: ok
          content: { application/json: { schema: { type: object, properties: { items: { type: array, items: { type: object } } } } } }
  /me:
    get:
      responses:
        '200': { description: ok, content: { application/json: { schema: { type: object, properties: { id: { type: integer } } } } } }
  /records/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        '200': { description: ok, content: { application/json: { schema: { type: object, properties: { id: { type: integer } } } } } }
  /records/export:
    get:
      responses:
        '200': { description: ok, content: { application/json: { schema: { type: array, items: { type: object } } } } }
"##;

fn documented(config: &str, portal: Portal) -> Tried {
    let files = FakeFiles::new(&[("openapi.yaml", DOCUMENT)]);
    let mut trial = anna();
    trial.openapi = Some("openapi.yaml");
    trial.files = files;
    trial.run(config, &FakePortal::new(world(portal)))
}

#[test]
fn the_document_gives_lists_objects_and_the_largest_limit() {
    let good = documented(
        "{}",
        Portal {
            most: 50,
            ..Portal::GOOD
        },
    );
    assert_eq!((good.codes(), good.doubt()), (vec![], ""));
    let lines = good.portal.lines();
    assert!(lines.contains(&"anna GET /me".to_owned()), "{lines:?}");
    assert!(
        !lines
            .iter()
            .any(|line| line.contains("export") || line.contains("{id}")),
        "{lines:?}"
    );
    assert!(good.report().notes[0].contains("GET /records/export"));
    let bad = documented("{}", Portal::GOOD);
    assert_eq!(bad.codes(), ["lists/unlimited"]);
    let declared = documented("routes: [/records]", Portal::GOOD);
    assert_eq!(declared.codes(), ["lists/unlimited"]);
    let excluded = documented("exclude: [GET /records]", Portal::GOOD);
    assert_eq!(excluded.portal.lines(), ["anna GET /me"]);
}

#[test]
fn a_wrong_config_is_told_with_its_place() {
    for (config, message, at) in [
        ("routes: []", "this is", ""),
        (
            "routes: [{ post: /records }]",
            "POST is not how a list is read",
            "/records",
        ),
        (
            "routes: [{ get: /records, limits: 2 }]",
            "unknown key `limits`",
            "limits",
        ),
        (
            "routes: [{ get: /records, max-bytes: much }]",
            "`much` is no number of bytes",
            "much",
        ),
        (
            "routes: [{ get: /records, max-items: 0 }]",
            "no page fits into this",
            "0",
        ),
        (
            "routes: [{ get: /records, items: items }]",
            "`items` is not a JSONPath",
            "i",
        ),
        (
            "objects: [{ get: /me, limit: limit }]",
            "an object has no `limit`",
            "limit",
        ),
        ("routes: [\"/records/${id}\"]", "unknown capture `id`", ""),
        (
            "exclude: [POST /records]",
            "is no operation that reads",
            "POST /records",
        ),
        (
            "{ routes: [/records], most: 0 }",
            "this is no budget of requests",
            "0",
        ),
        ("{}", "no list is named", ""),
    ] {
        let Err(faults) = anna().parse(config) else {
            panic!("{config}");
        };
        let fault = &faults[0];
        assert!(
            fault.message.contains(message),
            "{config}: {}",
            fault.message
        );
        let span = fault.span.as_ref().unwrap();
        assert!(
            at.is_empty() || span.text() == at,
            "{config}: {}",
            span.text()
        );
    }
}

#[test]
fn a_limit_that_is_repeated_and_not_obeyed_is_no_finding() {
    let pages = |there: usize| {
        FakePortal::new(move |asked| {
            let limit = asked.path.rsplit_once("limit=").map(|(_, limit)| limit);
            let size = limit.and_then(|limit| limit.parse().ok()).unwrap_or(20);
            let items = vec![r#"{"id":1}"#; size.min(50).min(there)].join(",");
            answer(
                200,
                format!("{{\"items\":[{items}],\"limit\":{size},\"total\":{there}}}"),
            )
        })
    };
    let config = "routes: [/records]";
    assert_eq!(anna().run(config, &pages(1_500)).codes(), [""; 0]);
    assert_eq!(anna().run(config, &pages(30)).codes(), ["lists/unlimited"]);
}
