//! What every check with requests reads in the same way.

use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::Node;
use tidegate_core::request::RequestTemplate;

/// A request, and the keys beside it.
///
/// # Errors
/// Everything that is wrong with the request.
pub(crate) fn take(
    node: &Node,
    scope: &ParseScope<'_>,
) -> Result<(RequestTemplate, Node), Vec<Diagnostic>> {
    let (request, rest) = RequestTemplate::take(node)?;
    if let Some(api) = &request.api {
        let known = scope.api(api.value.as_str(), &api.span);
        known.map_err(|fault| vec![fault])?;
    }
    Ok((request, rest))
}

/// The value, or a stand-in while its faults are kept for later.
pub(crate) fn keep<T: Default>(
    faults: &mut Vec<Diagnostic>,
    read: Result<T, Vec<Diagnostic>>,
) -> T {
    read.unwrap_or_else(|more| {
        faults.extend(more);
        T::default()
    })
}

/// The fault of a request that is to look and does more.
pub(crate) fn no_look(request: &RequestTemplate) -> Option<Diagnostic> {
    request.writes().then(|| {
        Diagnostic::at(
            request.span.clone(),
            "this is to look and changes something",
        )
        .label("expected a GET")
    })
}
