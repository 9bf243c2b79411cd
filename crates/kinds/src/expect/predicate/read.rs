//! Reads predicates out of the gate file.

use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Key, Node, Value};

use super::{Format, Operand, Order, PREDICATES, Pattern, Predicate, Rule, Type, from_to};

const TYPES: &[(&str, Type)] = &[
    ("string", Type::String),
    ("number", Type::Number),
    ("integer", Type::Integer),
    ("boolean", Type::Boolean),
    ("array", Type::Array),
    ("object", Type::Object),
    ("null", Type::Null),
];

/// Reads the predicates at a node: a map holds predicates, anything else is an equality.
///
/// # Errors
/// Unknown predicates with the nearest name, and operands that do not fit.
pub(crate) fn parse(node: &Node) -> Result<Vec<Predicate>, Vec<Diagnostic>> {
    let Value::Map(entries) = &node.value else {
        return Ok(vec![Predicate {
            span: node.span.clone(),
            rule: Rule::Equals(Operand::from_node(node)?),
        }]);
    };
    if entries.is_empty() {
        return Err(vec![
            Diagnostic::at(node.span.clone(), "nothing is expected here")
                .label("needs a value or a predicate")
                .help("Compare with an empty map through `{ equals: {} }`."),
        ]);
    }
    gather(entries.iter().map(|(key, value)| predicate(key, value)))
}

/// Reads the predicates about a count, where an equality with what is no count could never hold.
///
/// # Errors
/// As [`parse`], and values that are neither a whole number nor a reference.
pub(crate) fn number(node: &Node) -> Result<Vec<Predicate>, Vec<Diagnostic>> {
    let fits = match &node.value {
        Value::Map(_) => true,
        Value::Integer(value) => *value >= 0,
        Value::String(text) => text.contains("${"),
        Value::Substituted(text) => text.parse::<u64>().is_ok(),
        _ => false,
    };
    if fits {
        return parse(node);
    }
    Err(vec![
        Diagnostic::at(node.span.clone(), "this can never be a count")
            .label("expected a whole number from 0, or predicates such as { gte: 1 }"),
    ])
}

fn predicate(key: &Key, value: &Node) -> Result<Predicate, Vec<Diagnostic>> {
    Ok(Predicate {
        span: from_to(&key.span, &value.span),
        rule: rule(key, value)?,
    })
}

fn rule(key: &Key, value: &Node) -> Result<Rule, Vec<Diagnostic>> {
    let order = |order| {
        Ok(Rule::Order(
            order,
            scalar(value, "expected a number or text")?,
        ))
    };
    let format = |format| Ok(Rule::Format(format, value.read()?));
    match key.text.as_str() {
        "equals" => Ok(Rule::Equals(Operand::from_node(value)?)),
        "not" => Ok(Rule::Not(parse(value)?)),
        "exists" => Ok(Rule::Exists(value.read()?)),
        "type" => kind(value).map(Rule::Type),
        "gt" => order(Order::Greater),
        "gte" => order(Order::GreaterOrEqual),
        "lt" => order(Order::Less),
        "lte" => order(Order::LessOrEqual),
        "starts-with" => Ok(Rule::StartsWith(scalar(value, "expected text")?)),
        "ends-with" => Ok(Rule::EndsWith(scalar(value, "expected text")?)),
        "contains" => Ok(Rule::Contains(Operand::from_node(value)?)),
        "matches" => Ok(Rule::Matches(Pattern::from_node(value)?)),
        "length" | "count" => Ok(Rule::Length(number(value)?)),
        "is-empty" => Ok(Rule::Empty(value.read()?)),
        "one-of" => one_of(value),
        "each" => Ok(Rule::Each(parse(value)?)),
        "is-date" => format(Format::Date),
        "is-uuid" => format(Format::Uuid),
        "is-ipv4" => format(Format::Ipv4),
        "is-ipv6" => format(Format::Ipv6),
        other => {
            let fault = Diagnostic::unknown(key.span.clone(), "predicate", other, PREDICATES);
            let literal = "Compare with a whole map through `{ equals: { … } }`.";
            let help = fault
                .help
                .as_deref()
                .map(|known| format!("{known} {literal}"));
            Err(vec![Diagnostic { help, ..fault }])
        }
    }
}

fn kind(node: &Node) -> Result<Type, Vec<Diagnostic>> {
    let name = node.read::<String>()?;
    let known: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
    TYPES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, kind)| *kind)
        .ok_or_else(|| {
            vec![Diagnostic::unknown(
                node.span.clone(),
                "type",
                &name,
                &known,
            )]
        })
}

fn scalar(node: &Node, expected: &str) -> Result<Operand, Vec<Diagnostic>> {
    match node.value {
        Value::Map(_) | Value::Sequence(_) | Value::Null => Err(vec![
            Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                .label(expected),
        ]),
        _ => Operand::from_node(node),
    }
}

fn one_of(node: &Node) -> Result<Rule, Vec<Diagnostic>> {
    match &node.value {
        Value::Sequence(choices) if !choices.is_empty() => {
            Ok(Rule::OneOf(Operand::from_node(node)?))
        }
        _ => Err(vec![
            Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                .label("expected a list of choices"),
        ]),
    }
}
