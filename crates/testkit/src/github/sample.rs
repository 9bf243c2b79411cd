//! Answers made from GitHub's description: the least that it allows, to be laid over.

use serde_json::{Value, json};

use super::description::Description;

impl Description {
    /// The least answer that the description allows, to be laid over.
    ///
    /// # Panics
    /// When there is no such answer.
    pub fn sample(&self, operation: &str, status: u16) -> Value {
        let schema = self
            .answer_schema(self.operation(operation), status)
            .flatten();
        self.least(&schema.expect("the answer is described"), 0)
    }

    /// The least item of an answer that is a list, or that holds one under `key`.
    ///
    /// # Panics
    /// When there is no such list.
    pub fn sample_item(&self, operation: &str, key: Option<&str>) -> Value {
        let schema = self.answer_schema(self.operation(operation), 200).flatten();
        let mut schema = self
            .resolved(&schema.expect("the answer is described"))
            .clone();
        if let Some(key) = key {
            schema = self.resolved(&schema["properties"][key]).clone();
        }
        self.least(&schema["items"], 0)
    }

    /// The least value of a component.
    pub(super) fn component(&self, name: &str) -> Value {
        self.least(&self.document["components"]["schemas"][name], 0)
    }

    /// The least value of a schema.
    fn least(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolved(schema);
        if let Some(values) = schema["enum"].as_array() {
            return values.first().cloned().unwrap_or_default();
        }
        for word in ["oneOf", "anyOf"] {
            if let Some(first) = schema[word].as_array().and_then(|all| all.first()) {
                return self.least(first, depth + 1);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return parts.iter().fold(json!({}), |all, part| {
                over(all, &self.least(part, depth + 1))
            });
        }
        let sort = match &schema["type"] {
            Value::Array(sorts) if sorts.contains(&json!("null")) => "null",
            Value::String(sort) => sort,
            _ => "object",
        };
        match sort {
            "null" => Value::Null,
            "boolean" => json!(false),
            "integer" | "number" => json!(1),
            "array" => json!([]),
            "string" => json!(text(schema)),
            _ => self.least_object(schema, depth),
        }
    }

    fn least_object(&self, schema: &Value, depth: usize) -> Value {
        assert!(depth < 20, "a required property leads to itself");
        let required = schema["required"].as_array().into_iter().flatten();
        let members = required.filter_map(Value::as_str).map(|name| {
            let value = self.least(&schema["properties"][name], depth + 1);
            (name.to_owned(), value)
        });
        Value::Object(members.collect())
    }
}

fn text(schema: &Value) -> String {
    match schema["format"].as_str() {
        Some("date-time") => "2026-11-26T12:00:00Z".to_owned(),
        Some("uri") => "https://github.example/thing".to_owned(),
        Some("email") => "anna@acme.example".to_owned(),
        _ if schema["pattern"].is_string() => "0123456789012345678901234567890123456789".to_owned(),
        _ => "text".to_owned(),
    }
}

/// Lays the members of one object over those of another.
pub(super) fn over(mut below: Value, above: &Value) -> Value {
    match (&mut below, above) {
        (Value::Object(members), Value::Object(others)) => {
            for (name, other) in others {
                let member = members.remove(name).unwrap_or_default();
                members.insert(name.clone(), over(member, other));
            }
            below
        }
        _ => above.clone(),
    }
}
