//! The origins a gate file declares, and the way from a rendered path to an address of one of them.

use http::HeaderName;
use tidegate_core::gate::Environment;
use tidegate_core::name::ApiName;
use tidegate_core::ports::http::Target;
use tidegate_core::ports::{HttpError, Secrets};
use tidegate_core::secret::Sensitive;
use tidegate_core::template::Template;
use url::{Origin, Url};

use crate::granted;
use crate::headers;

/// The environment and its apis.
pub(crate) struct Sites {
    environment: Site,
    apis: Vec<(ApiName, Site)>,
}

/// One declared address.
struct Site {
    /// The address.
    url: Url,
    /// The address without a trailing slash.
    base: String,
    origin: Origin,
    /// The path of the address, without a trailing slash.
    prefix: String,
    headers: Vec<(HeaderName, Template)>,
}

impl Sites {
    /// Reads the declared addresses.
    ///
    /// # Errors
    /// When an address is not http(s), holds a user name, or a header's name is not one.
    pub(crate) fn new(environment: &Environment) -> Result<Self, HttpError> {
        let apis = environment.apis.iter().map(|api| {
            let site = Site::new(&api.url.value, &api.headers)?;
            Ok((api.name.clone(), site))
        });
        Ok(Self {
            environment: Site::new(&environment.url.value, &environment.headers)?,
            apis: apis.collect::<Result<_, HttpError>>()?,
        })
    }

    /// The address of a target; its origin is the declared one whatever the path holds.
    ///
    /// # Errors
    /// When it is no address, or none of a declared origin; `also` counts as declared.
    pub(crate) fn locate(
        &self,
        target: &Target,
        query: &[(String, Sensitive)],
        also: Option<&Origin>,
        secrets: &dyn Secrets,
    ) -> Result<Url, HttpError> {
        let mut url = match target {
            Target::Path { api, path } => self
                .site(api.as_ref(), secrets)?
                .join(path.expose(), secrets)?,
            Target::Url(address) => self.absolute(address.expose(), also, secrets)?,
            Target::Provider(address) => of_provider(address, secrets)?,
            Target::Granted { url, origins } => of_plugin(url.expose(), origins, secrets)?,
        };
        if !query.is_empty() {
            let pairs = query.iter().map(|(name, value)| (name, value.expose()));
            url.query_pairs_mut().extend_pairs(pairs);
        }
        Ok(url)
    }

    fn site(&self, api: Option<&ApiName>, secrets: &dyn Secrets) -> Result<&Site, HttpError> {
        let Some(name) = api else {
            return Ok(&self.environment);
        };
        self.apis
            .iter()
            .find_map(|(known, site)| (known == name).then_some(site))
            .ok_or_else(|| invalid(name.as_str(), "`apis:` has no such entry", secrets))
    }

    fn absolute(
        &self,
        address: &str,
        also: Option<&Origin>,
        secrets: &dyn Secrets,
    ) -> Result<Url, HttpError> {
        let url = parse(address).map_err(|reason| invalid(address, &reason, secrets))?;
        let origin = url.origin();
        if self.declares(&origin) || also == Some(&origin) {
            return Ok(url);
        }
        Err(HttpError::UndeclaredOrigin {
            origin: secrets.redact(&origin.ascii_serialization()),
        })
    }

    /// Whether the gate file declares this origin.
    pub(crate) fn declares(&self, origin: &Origin) -> bool {
        self.all().any(|site| site.origin == *origin)
    }

    /// Whether an address belongs to one of these places: an entry under `apis:`, or the environment for `None`.
    pub(crate) fn hold(&self, places: &[Option<ApiName>], url: &Url) -> bool {
        let apis = self.apis.iter().map(|(name, site)| (Some(name), site));
        let sites = std::iter::once((None, &self.environment)).chain(apis);
        sites
            .filter(|(name, _)| places.iter().any(|place| place.as_ref() == *name))
            .any(|(name, site)| {
                // The environment's headers go to its whole origin, so all of that is the environment.
                site.origin == url.origin() && (name.is_none() || site.covers(url.path()))
            })
    }

    /// Whether this address has the host of a declared one, whatever its scheme and port.
    pub(crate) fn has_host_of(&self, url: &Url) -> bool {
        // A dot at the end of a name is another way to write the same one.
        let host = |url: &Url| {
            url.host_str()
                .map(|host| host.trim_end_matches('.').to_owned())
        };
        self.all().any(|site| host(&site.url) == host(url))
    }

    /// The environment's address.
    pub(crate) fn environment(&self) -> &Url {
        &self.environment.url
    }

    /// Whether this is the environment's own origin.
    pub(crate) fn is_environment(&self, origin: &Origin) -> bool {
        self.environment.origin == *origin
    }

    /// The headers that go with every request to this address: the environment's to its whole
    /// origin, an api's to what lies below its address.
    pub(crate) fn headers(&self, url: &Url) -> impl Iterator<Item = &(HeaderName, Template)> {
        let origin = url.origin();
        let own = (self.environment.origin == origin).then_some(&self.environment);
        let apis = self.apis.iter().map(|(_, site)| site);
        let apis = apis.filter(move |site| site.origin == origin && site.covers(url.path()));
        own.into_iter().chain(apis).flat_map(|site| &site.headers)
    }

    fn all(&self) -> impl Iterator<Item = &Site> {
        let apis = self.apis.iter().map(|(_, site)| site);
        std::iter::once(&self.environment).chain(apis)
    }
}

impl Site {
    fn new(address: &str, headers: &[(String, Template)]) -> Result<Self, HttpError> {
        let url = parse(address).map_err(|reason| HttpError::InvalidUrl {
            url: without_user(address),
            reason,
        })?;
        let named = headers
            .iter()
            .map(|(name, value)| Ok((headers::name(name)?, value.clone())));
        let prefix = url.path().trim_end_matches('/').to_owned();
        Ok(Self {
            base: format!("{}{prefix}", url.origin().ascii_serialization()),
            origin: url.origin(),
            prefix,
            headers: named.collect::<Result<_, HttpError>>()?,
            url,
        })
    }

    fn covers(&self, path: &str) -> bool {
        path.strip_prefix(&self.prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn join(&self, path: &str, secrets: &dyn Secrets) -> Result<Url, HttpError> {
        let fault = |reason: &str| invalid(path, reason, secrets);
        if !path.starts_with('/') {
            return Err(fault("a path starts with `/`"));
        }
        let address = format!("{}{}", self.base, encoded(path));
        let url = parse(&address).map_err(|reason| fault(&reason))?;
        if url.origin() != self.origin {
            return Err(fault("it leads to another host"));
        }
        Ok(url)
    }
}

/// Reads an absolute http(s) address.
///
/// # Errors
/// In words, when it is not one or holds a user name, which would hide the host from a reader.
pub(crate) fn parse(address: &str) -> Result<Url, String> {
    let url = Url::parse(address).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{}` is not http or https", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address holds no user name or password".to_owned());
    }
    Ok(url)
}

/// The address of who issued a key, which may learn it over a secure connection alone.
fn of_provider(address: &str, secrets: &dyn Secrets) -> Result<Url, HttpError> {
    let url = parse(address).map_err(|reason| invalid(address, &reason, secrets))?;
    if url.scheme() == "https" {
        Ok(url)
    } else {
        Err(invalid(address, "a provider is asked over https", secrets))
    }
}

/// The address that a plugin asks for, when its origin is granted.
fn of_plugin(address: &str, origins: &[String], secrets: &dyn Secrets) -> Result<Url, HttpError> {
    let url = parse(address).map_err(|reason| invalid(address, &reason, secrets))?;
    let origin = url.origin();
    if granted::cover(origins, &origin) {
        return Ok(url);
    }
    Err(HttpError::UngrantedOrigin {
        origin: secrets.redact(&origin.ascii_serialization()),
    })
}

/// Percent-encodes what the URL parser would otherwise drop (tabs, line breaks, spaces at the end)
/// or take for a slash (a backslash); see WHATWG URL, 4.4.
fn encoded(path: &str) -> String {
    path.chars().fold(
        String::with_capacity(path.len()),
        |mut output, character| {
            if character == '\\' || character == ' ' || character.is_ascii_control() {
                use std::fmt::Write as _;
                // Writing to a string does not fail.
                let _ = write!(output, "%{:02X}", u32::from(character));
            } else {
                output.push(character);
            }
            output
        },
    )
}

fn invalid(url: &str, reason: &str, secrets: &dyn Secrets) -> HttpError {
    HttpError::InvalidUrl {
        url: secrets.redact(&without_user(url)),
        reason: reason.to_owned(),
    }
}

/// An address without the user name and password before its host, which are nobody's business.
pub(crate) fn without_user(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else {
        return address.to_owned();
    };
    if url.username().is_empty() && url.password().is_none() {
        return address.to_owned();
    }
    // Only an address that can have no user name refuses to lose it.
    let cleared = url.set_username("").and_then(|()| url.set_password(None));
    cleared.map_or_else(|()| url.scheme().to_owned(), |()| url.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tidegate_core::template::TemplateError;

    use super::*;

    struct NoSecrets;

    impl Secrets for NoSecrets {
        fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
            Err(TemplateError::SecretNotSet { name: name.into() })
        }
        fn learn(&self, _: &str, _: &str) {}
        fn redact(&self, text: &str) -> String {
            text.to_owned()
        }
    }

    fn sites() -> Sites {
        let header = |name: &str| vec![(name.to_owned(), Template::literal("x"))];
        Sites {
            environment: Site::new("https://portal.example/app/", &header("x-own")).unwrap(),
            apis: vec![(
                "db".into(),
                Site::new("https://db.example:8443/rest/v1", &header("apikey")).unwrap(),
            )],
        }
    }

    fn locate(target: Target) -> Result<String, HttpError> {
        sites()
            .locate(&target, &[], None, &NoSecrets)
            .map(String::from)
    }

    fn path(api: Option<&str>, path: &str) -> Target {
        Target::Path {
            api: api.map(ApiName::new),
            path: path.into(),
        }
    }

    #[test]
    fn paths_are_joined_to_their_site_and_encoded() {
        assert_eq!(
            locate(path(None, "/r/ü b\\c?q=a b\n")).unwrap(),
            "https://portal.example/app/r/%C3%BC%20b%5Cc?q=a%20b%0A"
        );
        assert_eq!(
            locate(path(Some("db"), "/records")).unwrap(),
            "https://db.example:8443/rest/v1/records"
        );
        assert!(matches!(
            locate(path(Some("other"), "/")),
            Err(HttpError::InvalidUrl { .. })
        ));
    }

    #[test]
    fn the_query_is_added_encoded() {
        let query = [("q".to_owned(), Sensitive::from("a&b=c"))];
        let url = sites().locate(&path(None, "/s?x=1"), &query, None, &NoSecrets);
        assert_eq!(url.unwrap().query(), Some("x=1&q=a%26b%3Dc"));
    }

    #[test]
    fn whole_addresses_must_be_declared() {
        assert!(locate(Target::Url("https://portal.example/x".into())).is_ok());
        for other in [
            "https://portal.example:444/x",
            "http://portal.example/x",
            "https://portal.example.evil/x",
        ] {
            assert!(matches!(
                locate(Target::Url(other.into())),
                Err(HttpError::UndeclaredOrigin { .. })
            ));
        }
        let told = locate(Target::Url(
            "https://anna:open-sesame@portal.example/".into(),
        ));
        assert!(!told.unwrap_err().to_string().contains("sesame"));
        for improper in ["https://portal.example@evil/", "ftp://portal.example/", "x"] {
            assert!(matches!(
                locate(Target::Url(improper.into())),
                Err(HttpError::InvalidUrl { .. })
            ));
        }
    }

    #[test]
    fn headers_go_to_their_own_site_only() {
        let names = |address: &str| -> Vec<String> {
            sites()
                .headers(&Url::parse(address).unwrap())
                .map(|(name, _)| name.to_string())
                .collect()
        };
        assert_eq!(names("https://portal.example/x"), ["x-own"]);
        assert_eq!(names("https://db.example:8443/rest/v1/r"), ["apikey"]);
        assert!(names("https://db.example:8443/rest/v10/r").is_empty());
        assert!(names("https://db.example/rest/v1").is_empty());
        assert!(names("http://portal.example/x").is_empty());
    }

    proptest! {
        #[test]
        fn no_path_leads_to_another_origin(text in r"(/|//|\\|@|:|\?|#|\.|\.\.|[ -~é\t\r\n]){0,20}") {
            if let Ok(url) = locate(path(None, &format!("/{text}"))) {
                prop_assert!(url.starts_with("https://portal.example/"), "{}", url);
            }
            prop_assert!(!locate(path(None, &text)).is_ok_and(|url| !url.starts_with("https://portal.example/")));
        }

        #[test]
        fn no_captured_value_leads_to_another_origin(value in any::<String>()) {
            let url = locate(path(Some("db"), &format!("/records/{value}"))).unwrap();
            prop_assert!(url.starts_with("https://db.example:8443/"), "{}", url);
        }
    }
}
