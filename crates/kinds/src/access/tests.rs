//! The matrix against portals in memory.

mod cases;
mod config;
mod harm;
mod hostile;
mod portal;
mod reads;
mod writes;

use crate::testing::{FakeFiles, FakePortal, Trial, Tried};

use portal::{Fault, Portal};

/// The matrix of the portal, with everything declared.
const MATRIX: &str = r#"
public: [GET /, POST /login]
routes:
  GET /records: [anna, adam, boris]
  GET /records/{id}: [anna, adam, boris]
  GET /users: ["role:admin"]
  POST /records: { allow: [anna, adam, boris], json: { title: "${unique}" }, read: "/records?q=${unique}" }
  DELETE /records/{id}: [anna, adam, boris]
  PUT /plan: { allow: [adam], json: { plan: team }, read: /plan }
  GET /plan: [adam]
resources:
  records:
    create: { post: /records, json: { title: "${canary}" }, id: $.id, delete: "/records/${id}" }
    read: /records/${id}
    absent-from: [/records]
"#;

/// A trial against a portal with these faults.
fn tried(config: &str, faults: &[Fault]) -> Tried {
    trial(config, faults, |_| {})
}

fn trial(config: &str, faults: &[Fault], change: impl FnOnce(&mut Trial)) -> Tried {
    let portal = Portal::with(faults);
    let mut trial = Trial::of(super::kind());
    change(&mut trial);
    trial.run(config, &FakePortal::new(move |asked| portal.answer(asked)))
}

/// A trial with an OpenAPI document of the portal.
fn documented(config: &str, faults: &[Fault], more: impl FnOnce(&mut Trial)) -> Tried {
    trial(config, faults, |trial| {
        trial.openapi = Some("openapi.json");
        trial.files = FakeFiles::new(&[("openapi.json", portal::DOCUMENT)]);
        more(trial);
    })
}

/// The rows of the matrix as it is told: the route, then each cell.
fn rows(tried: &Tried) -> Vec<Vec<String>> {
    let tables = &tried.report().tables;
    let matrix = tables
        .iter()
        .find(|table| table.title.starts_with("Who may use"));
    matrix.map(|table| table.rows.clone()).unwrap_or_default()
}

/// The cell of a route and a column.
fn cell(tried: &Tried, route: &str, column: usize) -> String {
    let rows = rows(tried);
    let row = rows.iter().find(|row| row[0] == route);
    row.map(|row| row[column].clone()).unwrap_or_default()
}

#[test]
fn the_good_portal_has_no_finding_and_every_cell_is_proven() {
    let tried = tried(MATRIX, &[]);
    assert_eq!(tried.codes(), [""; 0], "{:#?}", tried.report().findings);
    assert_eq!(tried.doubt(), "", "{:#?}", rows(&tried));
    let open: Vec<_> = rows(&tried)
        .into_iter()
        .flatten()
        .filter(|cell| cell.contains("not "))
        .collect();
    assert!(open.is_empty(), "{open:#?}");
    assert!(tried.is_clean());
}

#[test]
fn two_runs_send_the_same() {
    let one = tried(MATRIX, &[]).portal.lines();
    assert_eq!(one, tried(MATRIX, &[]).portal.lines());
}
