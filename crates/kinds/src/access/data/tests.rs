use super::*;
use crate::testing::answer;

fn held(control: &str, other: &str) -> Holds {
    let control = Data::of(
        &answer(200, control).unwrap(),
        "tidegate-1",
        &BTreeSet::new(),
    );
    control.held_by(&answer(200, other).unwrap())
}

const INVOICES: &str = r#"{"items":[{"id":"inv-4711","amount":12500,"status":"open"}],"total":1}"#;

#[test]
fn the_same_values_are_held() {
    assert_eq!(held(INVOICES, INVOICES), Holds::Values);
    let wrapped = format!("{{\"data\":{INVOICES}}}");
    assert_eq!(held(INVOICES, &wrapped), Holds::Values);
}

#[test]
fn other_values_in_the_same_fields_are_held_too() {
    let other = r#"{"items":[{"id":"inv-9","amount":77,"status":"paid"}],"total":1}"#;
    assert_eq!(held(INVOICES, other), Holds::Shape);
    assert_eq!(held(r#"{"items":[]}"#, INVOICES), Holds::Shape);
}

#[test]
fn an_empty_answer_or_an_error_holds_nothing() {
    for other in [
        r#"{"items":[],"total":0}"#,
        r#"{"error":"log in first","request_id":"a1b2c3d4"}"#,
        "<html><h1>Invoices</h1> Log in to see them. © 2026</html>",
        "",
    ] {
        assert_eq!(held(INVOICES, other), Holds::Nothing, "{other}");
    }
}

#[test]
fn one_value_that_every_answer_has_is_no_data() {
    let session =
        r#"{"app":"portal","build":"4.12.7","user":{"id":4711,"email":"anna@acme.example"}}"#;
    let nobody = r#"{"app":"portal","build":"4.12.7","user":null}"#;
    assert_eq!(held(session, nobody), Holds::Shape, "half of the fields");
    let session =
        r#"{"build":"4.12.7","user":{"id":4711,"email":"anna@acme.example","name":"Anna"}}"#;
    assert_eq!(
        held(session, r#"{"build":"4.12.7","user":null}"#),
        Holds::Nothing
    );
}

#[test]
fn pages_are_compared_by_what_only_data_has() {
    let page = "<html><script>var build = 12345;</script><nav>Invoices 2026</nav><td>ACME-2026-003<td>6,250.00</html>";
    let shell = "<html><script>var build = 12345;</script><nav>Invoices 2026</nav>Loading</html>";
    assert_eq!(held(page, page), Holds::Values);
    assert_eq!(held(page, shell), Holds::Nothing);
    assert_eq!(held(shell, shell), Holds::Nothing);
    let data = Data::of(&answer(200, shell).unwrap(), "tidegate-1", &BTreeSet::new());
    assert!(data.is_empty() && data.is_page());
}

#[test]
fn a_page_that_refuses_may_hold_the_values_of_a_document() {
    let page = "<html>403 <!-- {\"id\":\"inv-4711\", \"amount\": 12500} inv-4711 --></html>";
    let control = r#"{"id":"inv-4711","owner":"anna@acme.example","total":812.50,"iban":"AT611904300234573201"}"#;
    assert_eq!(held(control, page), Holds::Nothing, "one of three is seen");
    let page = format!("{page} anna@acme.example");
    let response = answer(403, page.as_str()).unwrap();
    let data = Data::of(
        &answer(200, control).unwrap(),
        "tidegate-1",
        &BTreeSet::new(),
    );
    assert!(data.values_in(&response));
}

#[test]
fn broken_markup_ends() {
    for page in [
        "<",
        "<script",
        "<!--",
        "a<b",
        "<script>x</script",
        "<ſcript>é<",
        "<style>",
    ] {
        visible(page);
    }
    let page = "<script>".repeat(20_000);
    visible(&page);
}
