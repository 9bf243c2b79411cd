//! Parts of gate files that several kinds read alike.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;

/// The texts without their places.
pub(crate) fn texts(located: &[Located<String>]) -> Vec<String> {
    located.iter().map(|text| text.value.clone()).collect()
}

/// Which operations a list of the gate file names.
pub(crate) struct Operations {
    methods: &'static [&'static str],
    what: &'static str,
    example: &'static str,
}

/// Those that store something.
pub(crate) const WRITES: Operations = Operations {
    methods: &["POST", "PUT", "PATCH"],
    what: "write operation",
    example: "POST /api/records",
};

/// Those that read.
pub(crate) const READS: Operations = Operations {
    methods: &["GET"],
    what: "operation that reads",
    example: "GET /api/records",
};

/// All of them.
pub(crate) const ALL: Operations = Operations {
    methods: &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    what: "request",
    example: "DELETE /api/records/{id}",
};

impl Operations {
    /// Tells names that are no method of these and a path.
    pub(crate) fn check<'n>(
        &self,
        names: impl IntoIterator<Item = &'n Located<String>>,
        faults: &mut Vec<Diagnostic>,
    ) {
        let is_proper = |name: &str| {
            let parts = name.split_once(' ');
            parts.is_some_and(|(method, path)| {
                self.methods.contains(&method) && path.starts_with('/')
            })
        };
        let wrong = names.into_iter().filter(|name| !is_proper(&name.value));
        faults.extend(wrong.map(|name| {
            let message = format!("`{}` is no {}", name.value, self.what);
            Diagnostic::at(name.span.clone(), message).label(format!(
                "expected a method and a path of the document, as in `{}`",
                self.example
            ))
        }));
    }
}
