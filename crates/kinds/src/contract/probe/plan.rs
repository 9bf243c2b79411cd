//! Which operations are asked, in which order.

use tidegate_core::check::CheckError;
use tidegate_core::diagnostic::nearest;

use super::config::{Probe, names};
use crate::filling::caution::{does_more, is_endless};
use crate::specification::openapi::{OpenApi, Operation, ParameterIn};

/// The operations to ask.
#[derive(Debug)]
pub(super) struct Plan<'o> {
    /// Those with the fewest path parameters first: lists tell ids.
    pub(super) operations: Vec<&'o Operation>,
    /// Safe operations that are not asked, each with the reason.
    pub(super) left_out: Vec<(String, String)>,
}

impl<'o> Plan<'o> {
    /// Chooses among the operations of a document.
    ///
    /// # Errors
    /// When the gate file names an operation that the document does not have.
    pub(super) fn of(api: &'o OpenApi, probe: &Probe) -> Result<Self, CheckError> {
        known(api, probe)?;
        let mut plan = Self {
            operations: Vec::new(),
            left_out: Vec::new(),
        };
        for operation in api.operations.iter().filter(|operation| is_safe(operation)) {
            match reason(api, operation, probe) {
                None => plan.operations.push(operation),
                Some(why) => {
                    let left_out = (operation.name(), format!("not asked: {why}"));
                    plan.left_out.push(left_out);
                }
            }
        }
        let parameters = |operation: &&Operation| operation.path.matches('{').count();
        plan.operations.sort_by_key(parameters);
        Ok(plan)
    }
}

fn is_safe(operation: &Operation) -> bool {
    matches!(operation.method.as_str(), "GET" | "HEAD")
}

/// Why an operation is not asked.
fn reason(api: &OpenApi, operation: &Operation, probe: &Probe) -> Option<String> {
    let include = &probe.include;
    let mut excluded = probe.exclude.iter();
    if excluded.any(|pattern| names(&pattern.value, operation)) {
        return Some("it is excluded".to_owned());
    }
    let named: Vec<&str> = include
        .iter()
        .map(|pattern| pattern.value.as_str())
        .filter(|pattern| names(pattern, operation))
        .collect();
    if !include.is_empty() && named.is_empty() {
        return Some("it is not included".to_owned());
    }
    if named.iter().any(|pattern| !pattern.contains('*')) {
        return None;
    }
    if let Some(word) = does_more(&operation.path, operation.id.as_deref()) {
        return Some(format!(
            "`{word}` in its name may do more than show something (name it under `include` to ask it)"
        ));
    }
    if is_endless(operation) {
        return Some("it answers with a stream that has no end".to_owned());
    }
    if operation.body.as_ref().is_some_and(|body| body.required) {
        return Some("it needs a body".to_owned());
    }
    if probe.identity.is_none() && !operation.anonymous() {
        return Some("it needs a login (say who asks with `as:`)".to_owned());
    }
    let cookie = operation.parameters.iter().find(|parameter| {
        parameter.required
            && matches!(
                parameter.location,
                ParameterIn::Cookie | ParameterIn::QueryString
            )
    })?;
    let place = api.at(cookie.place).location();
    Some(format!(
        "its parameter `{}` cannot be sent ({place})",
        cookie.name
    ))
}

/// Names under `operations` that the document has none of.
fn known(api: &OpenApi, probe: &Probe) -> Result<(), CheckError> {
    for pattern in probe.include.iter().chain(&probe.exclude) {
        if api
            .operations
            .iter()
            .any(|operation| names(&pattern.value, operation))
        {
            continue;
        }
        let known: Vec<String> = api.operations.iter().map(Operation::name).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let help = nearest(&pattern.value, &known).map_or_else(
            || {
                "Write a name such as `GET /api/records`, or an operationId, as in the document."
                    .to_owned()
            },
            |near| format!("Did you mean `{near}`?"),
        );
        let message = format!("the document has no operation `{}`", pattern.value);
        return Err(CheckError::new(message, help).at(pattern.span.location()));
    }
    Ok(())
}
