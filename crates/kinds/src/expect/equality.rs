//! When two JSON values count as the same.

use serde_json::{Number, Value as Json};

/// Whether two values are the same; numbers are compared by what they are worth, so 1 is 1.0.
pub(crate) fn equal(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => same_number(one, other),
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(key, value)| other.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => one == other,
    }
}

/// Whether `whole` is `part`, or a map that has every entry of it.
pub(crate) fn covers(whole: &Json, part: &Json) -> bool {
    match (whole, part) {
        (Json::Object(whole), Json::Object(part)) => part
            .iter()
            .all(|(key, value)| whole.get(key).is_some_and(|whole| covers(whole, value))),
        _ => equal(whole, part),
    }
}

/// The text of a scalar, as a header or a form would have it.
pub(crate) fn scalar_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn same_number(one: &Number, other: &Number) -> bool {
    match (one.as_i64(), other.as_i64(), one.as_u64(), other.as_u64()) {
        (Some(one), Some(other), ..) => one == other,
        (.., Some(one), Some(other)) => one == other,
        _ => one.as_f64() == other.as_f64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn numbers_are_compared_by_worth_and_large_ones_exactly() {
        assert!(equal(&json!(1), &json!(1.0)));
        assert!(equal(&json!({ "a": [1] }), &json!({ "a": [1.0] })));
        assert!(!equal(
            &json!(9_007_199_254_740_993_i64),
            &json!(9_007_199_254_740_992_i64)
        ));
        assert!(equal(&json!(u64::MAX), &json!(u64::MAX)));
        assert!(!equal(&json!("1"), &json!(1)));
    }

    #[test]
    fn a_map_covers_another_with_fewer_entries() {
        assert!(covers(&json!({ "a": 1, "b": 2 }), &json!({ "a": 1.0 })));
        assert!(!covers(&json!({ "a": 1 }), &json!({ "a": 1, "b": 2 })));
    }

    proptest! {
        #[test]
        fn a_value_equals_itself_and_order_of_keys_is_nothing(
            entries in proptest::collection::btree_map("[a-c]{1,3}", any::<i32>(), 0..6)
        ) {
            let forwards: Json = entries.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
            let backwards: Json = entries.iter().rev().map(|(key, value)| (key.clone(), json!(f64::from(*value)))).collect();
            prop_assert!(equal(&forwards, &backwards));
        }
    }
}
