use tidegate_plugin_sdk::HttpError;
use tidegate_plugin_sdk::testing::{self, Answer, Run, Target};

use super::*;

/// An invoice like those of the example portal: 2 at 200,000 and 20 %.
fn invoice(number: u32) -> Value {
    json!({
        "id": format!("inv_{number}"), "number": format!("A-{number}"),
        "lines": [{ "quantity": 2.0, "unit_price": 200_000, "tax_rate": 20 }],
        "net": 400_000, "tax": 80_000, "total": 480_000,
    })
}

/// An invoice with one member changed.
fn with(mut invoice: Value, member: &str, value: Value) -> Value {
    invoice[member] = value;
    invoice
}

fn run(config: Value, target: &Target) -> Run {
    testing::run::<Plugin>(config, target)
}

/// Runs the check on a list that is the answer itself.
fn judged(mut config: Value, invoices: Value) -> Run {
    config["list"] = json!("/invoices");
    config["items"] = json!("");
    run(config, &Target::new().get("/invoices", 200, invoices))
}

#[track_caller]
fn assert_codes(config: Value, invoices: Value, codes: &[&str]) {
    let run = judged(config, invoices);
    assert_eq!(run.codes(), codes, "{:#?}", run.outcome().findings);
    assert!(run.outcome().evaluated > 1);
}

#[test]
fn the_description_is_without_a_fault() {
    assert_eq!(testing::faults::<Plugin>(), [] as [String; 0]);
}

#[test]
fn a_right_invoice_is_left_alone() {
    assert_codes(json!({}), json!([invoice(1), invoice(2)]), &[]);
}

#[test]
fn each_mistake_is_told_where_it_begins() {
    for (member, value, code) in [
        ("net", json!(390_000), "net-differs"),
        ("tax", json!(79_999), "tax-differs"),
        ("total", json!(400_000), "total-differs"),
        ("total", json!(null), "value-missing"),
        ("lines", json!("none"), "value-missing"),
        (
            "lines",
            json!([{ "quantity": 1, "unit_price": 1 }]),
            "value-missing",
        ),
    ] {
        let wrong = with(invoice(1), member, value);
        let wrong = match code {
            // The total follows what is shown.
            "net-differs" => with(wrong, "total", json!(470_000)),
            "tax-differs" => with(wrong, "total", json!(479_999)),
            _ => wrong,
        };
        assert_codes(json!({}), json!([wrong, invoice(2)]), &[code]);
    }
}

#[test]
fn a_finding_says_what_was_expected_and_why() {
    let run = judged(
        json!({}),
        json!([with(invoice(1), "total", json!(400_000))]),
    );
    let finding = &run.outcome().findings[0];
    assert_eq!(
        finding.title,
        "the total of invoice A-1 is 400000 instead of 480000"
    );
    assert_eq!(finding.evidence[0].text, "480000: 400000 net and 80000 tax");
    assert_eq!(finding.subject.as_deref(), Some("invoice A-1"));
}

#[test]
fn tax_is_rounded_where_the_config_says() {
    // 3 lines of 0.33 at 19 %: 0.0627 each is 0.06 three times, 0.1881 together is 0.19.
    let line = json!({ "quantity": 1, "unit_price": 33, "tax_rate": 19 });
    let lines = json!([line, line, line]);
    let shown = |tax: i64| json!([{ "number": 1, "lines": lines, "net": 99, "tax": tax, "total": 99 + tax }]);
    assert_codes(json!({}), shown(19), &[]);
    assert_codes(json!({ "rounding": "per-line" }), shown(18), &[]);
    assert_codes(json!({}), shown(18), &["tax-differs"]);
    assert_codes(
        json!({ "rounding": "per-line" }),
        shown(19),
        &["tax-differs"],
    );
    assert_codes(json!({ "tolerance": 1 }), shown(18), &[]);
}

#[test]
fn rates_are_taken_apart_and_discounts_are_below_zero() {
    let lines = json!([
        { "quantity": 5.5, "unit_price": 100_000, "tax_rate": 20 },
        { "quantity": 1, "unit_price": -29_167, "tax_rate": 20 },
        { "quantity": 1, "unit_price": 22_727, "tax_rate": 10 },
    ]);
    let shown = json!([{
        "number": 1, "lines": lines, "net": 543_560, "tax": 106_440, "total": 650_000,
    }]);
    assert_codes(json!({}), shown, &[]);
}

#[test]
fn decimal_amounts_with_the_tax_in_them_come_from_anywhere() {
    let config = json!({
        "amounts": "decimal", "prices": "with-tax", "tax-rates": "fraction",
        "invoice": { "lines": "positions", "net": "", "tax": "totals.vat", "total": "totals.gross" },
        "line": { "quantity": "count", "price": "price", "tax-rate": "vat", "amount": "sum" },
    });
    let shown = |sum: &str, vat: f64| {
        json!([{
            "number": "B-1",
            "positions": [{ "count": 3, "price": "0.10", "vat": 0.19, "sum": sum }],
            "totals": { "vat": vat, "gross": 0.3 },
        }])
    };
    assert_codes(config.clone(), shown("0.30", 0.05), &[]);
    assert_codes(
        config.clone(),
        shown("0.31", 0.05),
        &["line-differs", "total-differs"],
    );
    assert_codes(config, shown("0.30", 0.06), &["tax-differs"]);
}

#[test]
fn credit_notes_have_the_sign_that_the_config_says() {
    let credit = json!({
        "number": 2, "type": "credit", "total": -120,
        "lines": [{ "quantity": 1, "unit_price": -100, "tax_rate": 20 }],
    });
    let config = json!({ "credit-notes": { "field": "type", "value": "credit" } });
    assert_codes(config.clone(), json!([invoice(1), credit]), &[]);
    let bill = with(credit.clone(), "type", json!("bill"));
    assert_codes(config, json!([bill]), &["wrong-sign"]);
    let positive = json!({
        "credit-notes": { "field": "type", "value": "credit", "amounts": "positive" },
    });
    assert_codes(positive, json!([credit]), &["wrong-sign"]);
}

#[test]
fn the_sum_and_the_number_of_a_list_are_those_of_its_invoices() {
    let config = json!({ "list": "/invoices", "sum": "sum", "count": "count" });
    let target = |sum: u32, count: u32| {
        let items = [invoice(1), invoice(2)];
        Target::new().get(
            "/invoices",
            200,
            json!({ "items": items, "sum": sum, "count": count }),
        )
    };
    let codes = |sum, count| {
        let run = run(config.clone(), &target(sum, count));
        run.codes().join(" ")
    };
    assert_eq!(codes(960_000, 2), "");
    assert_eq!(codes(960_001, 2), "sum-differs");
    assert_eq!(codes(960_000, 3), "sum-differs");
}

#[test]
fn positive_credit_notes_are_taken_away_from_the_sum() {
    let config = json!({
        "list": "/invoices", "sum": "sum",
        "credit-notes": { "field": "type", "value": "credit", "amounts": "positive" },
    });
    let items = [invoice(1), with(invoice(2), "type", json!("credit"))];
    let target = Target::new().get("/invoices", 200, json!({ "items": items, "sum": 0 }));
    assert_eq!(run(config, &target).codes(), [] as [&str; 0]);
}

#[test]
fn all_pages_are_read_until_one_is_empty() {
    let config = json!({ "list": "/invoices?page={page}", "sum": "sum" });
    let page = |number: u32| json!({ "items": [invoice(number)], "sum": 960_000 });
    let target = Target::new()
        .get("/invoices?page=1", 200, page(1))
        .get("/invoices?page=2", 200, page(2))
        .get("/invoices?page=3", 200, json!({ "items": [] }));
    let run = run(config, &target);
    assert_eq!(run.codes(), [] as [&str; 0]);
    assert_eq!(run.requests.len(), 3);
    assert_eq!(run.outcome().metrics[0].value, 2.0);
}

#[test]
fn a_portal_that_knows_no_pages_is_asked_twice_at_most() {
    let config = json!({ "list": "/invoices?page={page}", "most": 500 });
    let target = Target::new().get("/invoices", 200, json!({ "items": [invoice(1)] }));
    let run = run(config, &target);
    assert_eq!(run.requests.len(), 2);
    assert_eq!(run.outcome().metrics[0].value, 1.0);
}

#[test]
fn no_more_than_most_are_looked_at_and_their_sum_says_nothing() {
    let config = json!({ "list": "/invoices", "sum": "sum", "most": 1 });
    let items = [invoice(1), invoice(2)];
    let target = Target::new().get("/invoices", 200, json!({ "items": items, "sum": 960_000 }));
    let run = run(config, &target);
    assert_eq!(run.codes(), [] as [&str; 0]);
    assert_eq!(
        run.outcome().notes,
        ["only the first 1 invoices were looked at"]
    );
}

#[test]
fn an_invoice_by_itself_is_held_against_the_list() {
    let config = json!({ "list": "/invoices", "detail": "/invoices/{id}" });
    let brief = json!({ "id": "inv_1", "number": "A-1", "total": 480_001 });
    let target = Target::new()
        .get("/invoices", 200, json!({ "items": [brief, invoice(2)] }))
        .get("/invoices/inv_1", 200, invoice(1))
        .get("/invoices/inv_2", 404, json!({}));
    let run = run(config, &target);
    assert_eq!(run.codes(), ["detail-differs", "unreadable"]);
    assert_eq!(run.requests[1].route.as_deref(), Some("/invoices/{id}"));
}

#[test]
fn a_colleague_is_shown_the_same() {
    let config = json!({ "list": "/invoices", "same-for": "adam" });
    let shown = |items: &[Value]| json!({ "items": items });
    let target = |items: &[Value]| {
        Target::new()
            .identity("anna")
            .get("/invoices", 200, shown(&[invoice(1), invoice(2)]))
            .as_identity("adam")
            .get("/invoices", 200, shown(items))
    };
    let codes = |items: &[Value]| run(config.clone(), &target(items)).codes().join(" ");
    assert_eq!(codes(&[invoice(2), invoice(1)]), "");
    assert_eq!(codes(&[invoice(1)]), "view-differs");
    let dearer = with(invoice(2), "total", json!(1));
    assert_eq!(codes(&[invoice(1), dearer]), "view-differs");
}

#[test]
fn what_is_no_list_is_a_finding_and_what_does_not_answer_a_failure() {
    for answer in [
        Answer::status(500),
        Answer::status(200).body("<html>"),
        Answer::status(200).json(json!({ "items": {} })),
    ] {
        let target = Target::new().answer("GET", "/invoices", answer);
        let run = run(json!({ "list": "/invoices" }), &target);
        assert_eq!(run.codes(), ["unreadable"]);
    }
    let target = Target::new().fails("GET", "/invoices", HttpError::Timeout("30 s".to_owned()));
    let run = run(json!({ "list": "/invoices" }), &target);
    assert!(matches!(run.failure(), Failure::Timeout(_)), "{run:?}");
}

#[test]
fn without_invoices_nothing_can_be_said() {
    let run = judged(json!({}), json!([]));
    assert!(run.outcome().inconclusive.is_some());
}

#[test]
fn many_mistakes_are_counted_after_the_first_twenty() {
    let wrong = |number| with(invoice(number), "total", json!(1));
    let run = judged(json!({}), (1..=25).map(wrong).collect());
    assert_eq!(run.codes().len(), 20);
    assert_eq!(
        run.outcome().notes,
        ["total-differs: 5 more are not told one by one"]
    );
}

#[test]
fn a_path_without_the_id_is_a_fault_of_the_config() {
    let run = run(json!({ "list": "/a", "detail": "/a/b" }), &Target::new());
    let Failure::Config(fault) = run.failure() else {
        panic!("{run:?}");
    };
    assert_eq!(fault.pointer, "/detail");
}
