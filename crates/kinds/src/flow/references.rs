//! Which names the references of a flow may use: built-in values and captures of earlier steps.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::scope::BUILT_IN;
use tidegate_core::span::Span;
use tidegate_core::template::Template;

use super::step::Step;

/// Finds the references that nothing can give a value to.
///
/// # Errors
/// Each of them, at its place, with the nearest name.
pub(crate) fn check(steps: &[Step]) -> Result<(), Vec<Diagnostic>> {
    let mut known: Vec<&str> = BUILT_IN.to_vec();
    let mut faults = Vec::new();
    for step in steps {
        unknown(&step.templates_before(), &known, &mut faults);
        known.extend(step.captures.iter().map(|capture| capture.name.as_str()));
        unknown(&step.templates_after(), &known, &mut faults);
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

/// Tells each reference to a name that is not known.
pub(crate) fn unknown(templates: &[Template], known: &[&str], faults: &mut Vec<Diagnostic>) {
    for template in templates {
        for name in template.values().filter(|name| !known.contains(name)) {
            let Some(span) = template.span() else {
                continue;
            };
            faults.push(Diagnostic::unknown(
                reference(span, name),
                "capture",
                name,
                known,
            ));
        }
    }
}

/// The reference inside the text that holds it.
fn reference(span: &Span, name: &str) -> Span {
    let written = format!("${{{name}}}");
    match span.text().find(&written) {
        Some(at) => {
            let start = span.range().start + at;
            Span::new(span.source().clone(), start, start + written.len())
        }
        None => span.clone(),
    }
}
