//! Documents that say what an interface promises, read from the files of the project.

mod plain;
mod request;

use tidegate_core::check::CheckError;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::ports::{Files, FilesError};

use crate::specification::Library;
use crate::specification::document::{SIZE_LIMIT, too_large};
use crate::specification::openapi::OpenApi;

pub(crate) use plain::plain;
pub(crate) use request::{bare, request};

/// Reads a document and every local one that it refers to.
///
/// # Errors
/// When it cannot be read, at the place in it if there is one.
pub(crate) fn open(path: &str, files: &dyn Files) -> Result<Library, CheckError> {
    let bytes = files.read(path, SIZE_LIMIT).map_err(|error| match error {
        FilesError::TooLarge { .. } => unusable(too_large(path)),
        error => error.into(),
    })?;
    let fetch = |path: &str| {
        let read = files.read(path, SIZE_LIMIT);
        read.map_err(|error| error.reason())
    };
    Library::new(path, bytes, &fetch).map_err(unusable)
}

/// Reads an OpenAPI document and every local one that it refers to.
///
/// # Errors
/// When it cannot be read or is no OpenAPI document of a known version, at the place in it if there is
/// one.
pub(crate) fn open_api(path: &str, files: &dyn Files) -> Result<OpenApi, CheckError> {
    OpenApi::of(open(path, files)?).map_err(unusable)
}

/// Says why a document is of no use, as the end of an attempt.
pub(crate) fn unusable(fault: Diagnostic) -> CheckError {
    let message = match &fault.label {
        Some(label) => format!("{}: {label}", fault.message),
        None => fault.message,
    };
    let help = fault.help;
    let help = help.unwrap_or_else(|| "Mend the document at this place.".to_owned());
    let error = CheckError::new(message, help);
    match fault.span {
        Some(span) => error.at(span.location()),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeFiles;

    #[test]
    fn a_document_that_is_of_no_use_says_why_and_what_to_do() {
        let large = " ".repeat(SIZE_LIMIT + 1);
        let files = FakeFiles::new(&[("large.yaml", &large), ("empty.yaml", "")]);
        let cases = [
            (
                "large.yaml",
                "large.yaml is larger than 32 MiB",
                "Split the document into files that refer to each other.",
            ),
            ("gone.yaml", "there is no file gone.yaml", "Check the path"),
            ("empty.yaml", "empty.yaml is empty", ""),
        ];
        for (path, message, help) in cases {
            let Err(error) = open_api(path, &*files) else {
                panic!("{path}");
            };
            assert!(error.message.starts_with(message), "{}", error.message);
            assert!(error.help.starts_with(help), "{}", error.help);
            let place = error.location.map(|place| place.file);
            assert_eq!(place.as_deref(), (path != "gone.yaml").then_some(path));
        }
    }
}
