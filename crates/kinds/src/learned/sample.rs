//! The shape of one answer, read from its body without keeping a value.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::form::Form;
use super::shape::{Counting, Field, Object, Shape, Types};
use crate::naming::is_name;

/// How deep an answer is looked into; what lies deeper keeps its type only.
const DEPTH_LIMIT: usize = 32;

/// The most items of a list that are looked at.
const ITEM_LIMIT: usize = 2_000;

/// The shape of a JSON text; `None` when it is none.
pub(super) fn sample(body: &[u8]) -> Option<Shape> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut reader = serde_json::Deserializer::from_slice(body);
    let shape = Reading { depth: 0 }.deserialize(&mut reader).ok()?;
    reader.end().ok().map(|()| shape)
}

#[derive(Clone, Copy)]
struct Reading {
    depth: usize,
}

impl Reading {
    fn deeper(self) -> Self {
        Self {
            depth: self.depth + 1,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reading {
    type Value = Shape;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading {
    type Value = Shape;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Shape, E> {
        Ok(Shape::of(Types::NULL))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::of(Types::BOOLEAN))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::of(Types::INTEGER))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::of(Types::INTEGER))
    }

    /// Whole numbers beyond 64 bits arrive here too.
    fn visit_f64<E: Error>(self, value: f64) -> Result<Shape, E> {
        let whole = value.abs() >= 9_007_199_254_740_992.0;
        Ok(Shape::of(if whole {
            Types::INTEGER
        } else {
            Types::NUMBER
        }))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Shape, E> {
        Ok(Shape {
            form: Form::of(text),
            ..Shape::of(Types::STRING)
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
        let mut items: Option<Shape> = None;
        let limit = if self.depth < DEPTH_LIMIT {
            ITEM_LIMIT
        } else {
            0
        };
        for _ in 0..limit {
            let Some(item) = list.next_element_seed(self.deeper())? else {
                break;
            };
            items = Some(match items {
                Some(items) => items.merge(item, Counting::Within),
                None => item,
            });
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape {
            items: items.map(Box::new),
            ..Shape::of(Types::ARRAY)
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut shape = Shape::of(Types::OBJECT);
        if self.depth >= DEPTH_LIMIT {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(shape);
        }
        let mut fields = BTreeMap::new();
        let mut values: Option<Shape> = None;
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(self.deeper())?;
            if is_name(&key) {
                let field = Field {
                    always: true,
                    shape: value,
                };
                // Of a key that stands twice the last one counts, as for most readers.
                fields.insert(key, field);
            } else {
                values = Some(match values {
                    Some(values) => values.merge(value, Counting::Within),
                    None => value,
                });
            }
        }
        shape.object = Some(Object::new(fields, values));
        Ok(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(body: &str) -> String {
        sample(body.as_bytes()).unwrap().types.words()
    }

    #[test]
    fn numbers_of_any_size_have_a_type() {
        assert_eq!(types("-3"), "a whole number");
        assert_eq!(types("18446744073709551615"), "a whole number");
        assert_eq!(types("123456789012345678901234567890"), "a whole number");
        assert_eq!(types("2.0"), "a number");
        assert_eq!(types("1e400".get(..3).unwrap()), "a number");
    }

    #[test]
    fn deep_and_long_answers_are_looked_at_in_part() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(types(&deep), "a list");
        let long = format!("[{}\"x\"]", "1,".repeat(3_000));
        let items = sample(long.as_bytes()).unwrap().items.unwrap();
        assert_eq!(items.types, Types::INTEGER);
        let bottomless = "[".repeat(100_000);
        assert_eq!(sample(bottomless.as_bytes()), None);
    }

    #[test]
    fn what_is_no_json_has_no_shape() {
        for body in ["", "<html>", "{\"a\":", "{} {}", "\u{0}"] {
            assert_eq!(sample(body.as_bytes()), None, "{body}");
        }
        assert!(sample(b"\xef\xbb\xbf{}").is_some());
    }
}
