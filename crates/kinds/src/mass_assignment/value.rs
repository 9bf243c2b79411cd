//! Values for fields that a thing has already: of the same type and not the same.

use serde_json::{Number, Value as Json, json};

use super::family::{Family, usual_value};

/// What numbers grow by: a value that nothing has by chance.
const MORE: i64 = 4_217;

/// A date that no portal sets.
const DATE: &str = "2001-02-03T04:05:06.000Z";

/// A value of the type of what is there, and another one.
pub(super) fn other_than(name: &str, current: &Json, tenant: &str) -> Json {
    let usual = usual_value(name, tenant);
    match current {
        Json::Bool(value) => json!(!value),
        Json::Number(number) => more(number),
        Json::String(text) => match Family::of(name) {
            Family::Tenant if text.len() > tenant.len() + 4 => json!(changed(text)),
            Family::ReadOnly => json!(changed(text)),
            _ if usual.is_string() && usual != *current => usual,
            _ => json!(changed(text)),
        },
        Json::Null => of_name(name, usual),
        Json::Array(_) if usual.is_array() => usual,
        Json::Array(_) => json!(["tidegate"]),
        Json::Object(_) => usual,
    }
}

fn of_name(name: &str, usual: Json) -> Json {
    let is_own = Family::of(name) != Family::ReadOnly;
    match crate::naming::words(name).last().map(String::as_str) {
        Some("at" | "date" | "on") => json!(DATE),
        _ if is_own => usual,
        Some("version" | "number" | "count" | "position") => json!(MORE),
        _ => usual,
    }
}

fn more(number: &Number) -> Json {
    match number.as_i64() {
        Some(whole) => json!(whole.saturating_add(MORE)),
        None => json!(number.as_f64().unwrap_or_default() + 4_217.0),
    }
}

/// A text of the same shape: a date becomes another one, and digits move on.
fn changed(text: &str) -> String {
    if let Some(rest) = behind_date(text) {
        return format!("{}{rest}", &DATE[..text.len() - rest.len()]);
    }
    let has_digits = text.bytes().any(|byte| byte.is_ascii_digit());
    if !has_digits {
        return format!("{text}-tidegate");
    }
    let next = |character: char| match character {
        '9' => '1',
        digit if digit.is_ascii_digit() => char::from(digit as u8 + 1),
        other => other,
    };
    text.chars().map(next).collect()
}

/// What follows the date, and the time when there is one, that a text begins with.
fn behind_date(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let is_date = [0, 1, 2, 3, 5, 6, 8, 9].into_iter().all(digit)
        && bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-');
    if !is_date {
        return None;
    }
    let has_time = bytes.get(10) == Some(&b'T') && bytes.len() >= 19;
    text.get(if has_time { 19 } else { 10 }..)
}

/// Whether a stored value is the one that was sent, however it is written.
pub(super) fn is_same(sent: &Json, stored: &Json) -> bool {
    if let Json::Array(sent) = sent {
        return sent.iter().any(|one| is_same(one, stored));
    }
    if sent == stored {
        return true;
    }
    match (number(sent), number(stored)) {
        (Some(sent), Some(stored)) => return (sent - stored).abs() < 1e-9,
        (None, None) => {}
        _ => return false,
    }
    let texts = sent.as_str().zip(stored.as_str());
    texts.is_some_and(|(sent, stored)| {
        let dates = behind_date(sent).is_some() && behind_date(stored).is_some();
        dates && sent.len() >= 19 && sent.get(..19) == stored.get(..19)
    })
}

fn number(value: &Json) -> Option<f64> {
    match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_type_and_differ() {
        for (name, current, wanted) in [
            ("is_admin", json!(false), json!(true)),
            ("verified", json!(true), json!(false)),
            ("version", json!(3), json!(4_220)),
            (
                "created_at",
                json!("2026-03-02T10:15:00Z"),
                json!("2001-02-03T04:05:06Z"),
            ),
            ("issued_on", json!("2026-03-02"), json!("2001-02-03")),
            ("number", json!("INV-0199"), json!("INV-1211")),
            ("role", json!("member"), json!("admin")),
            ("role", json!("admin"), json!("admin-tidegate")),
            ("tenant_id", json!("acme"), json!("globex")),
            ("tenant_id", json!("0191b5d2-7e1c"), json!("1212b6d3-8e2c")),
            ("permissions", json!([]), json!(["admin"])),
            ("paid_at", json!(null), json!(DATE)),
            ("ready", json!("né"), json!("né-tidegate")),
        ] {
            assert_eq!(other_than(name, &current, "globex"), wanted, "{name}");
        }
    }

    #[test]
    fn a_stored_value_is_known_in_other_clothes() {
        for (sent, stored) in [
            (json!(1), json!("1.00")),
            (json!(["admin"]), json!("admin")),
            (
                json!("2001-02-03T04:05:06.000Z"),
                json!("2001-02-03T04:05:06+00:00"),
            ),
            (json!(true), json!(true)),
        ] {
            assert!(is_same(&sent, &stored), "{sent} {stored}");
        }
        for (sent, stored) in [
            (json!(true), json!(1)),
            (json!("admin"), json!("member")),
            (json!("2001-02-03"), json!("2001-02-03T00:00:00Z")),
            (json!(1), json!(null)),
        ] {
            assert!(!is_same(&sent, &stored), "{sent} {stored}");
        }
    }
}
