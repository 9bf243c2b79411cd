//! Where the gate file says that a document is.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;

/// Where a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file, by its path from the folder of the gate file.
    File(String),
    /// A file of a revision, by its path from the folder of the gate file.
    Revision {
        /// The revision.
        revision: String,
        /// The path.
        path: String,
    },
    /// A path that the environment serves.
    Served(String),
    /// A URL of a declared origin.
    Url(String),
}

impl Origin {
    /// Reads `openapi.yaml`, `git:REVISION:PATH`, `/served/path` or a URL.
    ///
    /// # Errors
    /// When `git:` has no path behind it.
    pub(super) fn read(text: &Located<String>) -> Result<Self, Diagnostic> {
        let written = text.value.trim();
        if let Some(rest) = written.strip_prefix("git:") {
            return match rest.split_once(':') {
                Some((revision, path)) if !revision.is_empty() && !path.is_empty() => {
                    Ok(Self::Revision {
                        revision: revision.to_owned(),
                        path: path.to_owned(),
                    })
                }
                _ => Err(Diagnostic::at(
                    text.span.clone(),
                    "a document of git has a revision and a path",
                )
                .label("`git:REVISION:PATH` was expected")
                .help("Write it like `git:origin/main:openapi.yaml`.")),
            };
        }
        if written.is_empty() {
            return Err(Diagnostic::at(text.span.clone(), "no document is named")
                .help("Write a path, `git:REVISION:PATH`, a path that is served, or a URL."));
        }
        let text = written.to_owned();
        Ok(
            if text.starts_with("http://") || text.starts_with("https://") {
                Self::Url(text)
            } else if text.starts_with('/') {
                Self::Served(text)
            } else {
                Self::File(text)
            },
        )
    }

    /// Whether it is asked for over HTTP.
    pub(super) fn is_served(&self) -> bool {
        matches!(self, Self::Served(_) | Self::Url(_))
    }

    /// How people name it; the query of an address may hold a token.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(text) => text.clone(),
            Self::Served(text) | Self::Url(text) => {
                let shown = text.split(['?', '#']).next();
                shown.unwrap_or_default().to_owned()
            }
            Self::Revision { revision, path } => format!("{revision}:{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_query_is_told() {
        let served = Origin::Served("/openapi.json?key=s3cr3t#a".into());
        assert_eq!(served.name(), "/openapi.json");
        let elsewhere = Origin::Url("https://api.acme.example/o.json?token=s3cr3t".into());
        assert_eq!(elsewhere.name(), "https://api.acme.example/o.json");
        let file = Origin::File("what?.yaml".into());
        assert_eq!(file.name(), "what?.yaml");
    }
}
