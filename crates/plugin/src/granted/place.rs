//! Where a request of a plugin goes, held against what is granted.

use tidegate_core::name::ApiName;
use tidegate_core::plugin::Destination;
use tidegate_core::ports::http::Target;

use super::Granted;
use crate::capability::address;
use crate::interface::http::{HttpError, Place};

/// A place that the plugin may send something to.
pub(super) struct Allowed {
    /// What the port is told.
    pub(super) target: Target,
    /// What secrets are granted for.
    pub(super) destination: Destination,
    /// The path without its query.
    pub(super) route: String,
}

impl Granted {
    /// Holds a place against what is granted.
    ///
    /// # Errors
    /// When it is not granted, or no proper place.
    pub(super) fn allowed(&self, place: &Place) -> Result<Allowed, HttpError> {
        match place {
            Place::Target(path) => {
                if self.powers.target.is_none() {
                    return Err(denied("requests to the environment", "target: read"));
                }
                within(None, path)
            }
            Place::Api((name, path)) => {
                let mut granted = self.powers.apis.iter();
                let Some(name) = granted.find(|api| api.as_str() == name) else {
                    let what = format!("requests to the api `{}`", brief(name));
                    return Err(denied(&what, &format!("apis: [{}]", brief(name))));
                };
                within(Some(name.clone()), path)
            }
            Place::Url(text) => self.elsewhere(text),
        }
    }

    fn elsewhere(&self, text: &str) -> Result<Allowed, HttpError> {
        let url = address(text).map_err(|reason| {
            HttpError::Invalid(format!("`{}` is no proper address: {reason}", brief(text)))
        })?;
        let origin = url.origin().ascii_serialization();
        // What is granted for the environment and its apis, reading alone perhaps, counts by whatever address.
        if let Some((name, _)) = self.declared.iter().find(|(_, known)| *known == origin) {
            let place = match name {
                None => "the environment itself: send to the place `target`".to_owned(),
                Some(name) => format!("the api `{name}`: send to the place `api`"),
            };
            return Err(HttpError::Denied(format!("{origin} is {place}")));
        }
        if !self.powers.hosts.contains(&origin) {
            let what = format!("requests to {origin}");
            return Err(denied(&what, &format!("hosts: [\"{origin}\"]")));
        }
        Ok(Allowed {
            route: url.path().to_owned(),
            destination: Destination::Host(origin),
            target: Target::Granted {
                url: String::from(url).into(),
                origins: self.powers.hosts.clone().into(),
            },
        })
    }
}

/// A path of the environment or of an api.
fn within(api: Option<ApiName>, path: &str) -> Result<Allowed, HttpError> {
    if let Err(reason) = proper(path) {
        let path = brief(path);
        return Err(HttpError::Invalid(format!(
            "`{path}` is no proper path: {reason}"
        )));
    }
    let route = path.split(['?', '#']).next().unwrap_or(path).to_owned();
    let destination = match &api {
        None => Destination::Target,
        Some(name) => Destination::Api(name.clone()),
    };
    Ok(Allowed {
        target: Target::Path {
            api,
            path: path.into(),
        },
        destination,
        route,
    })
}

/// Whether a path stays below the address that it is joined to (WHATWG URL, 4.4: dot segments lead up, also
/// percent-encoded ones).
fn proper(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') {
        return Err("it starts with `/`");
    }
    if path.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err("blanks, backslashes and control characters are percent-encoded");
    }
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let leads_up = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        matches!(segment.as_str(), "." | "..")
    };
    if path[..end].split('/').any(leads_up) {
        return Err("it has no steps such as `..`");
    }
    Ok(())
}

fn denied(what: &str, grant: &str) -> HttpError {
    HttpError::Denied(format!(
        "{what} are not granted; the gate file grants them by `grant: {{ {grant} }}`, and the plugin has to ask for them"
    ))
}

/// The beginning of a text of the plugin, for a message to it.
pub(super) fn brief(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    proptest! {
        #[test]
        fn no_path_leads_out_of_its_address(
            text in r"(/|//|\\|@|:|\?|#|\.|\.\.|%2e|%2E|%5c|%2f|%|[ -~é\t\r\n]){0,20}"
        ) {
            for path in [text.clone(), format!("/{text}")] {
                if proper(&path).is_ok() {
                    let url = Url::parse(&format!("https://portal.example/app{path}")).unwrap();
                    prop_assert!(url.as_str().starts_with("https://portal.example/app/"), "{url}");
                }
            }
        }
    }
}
