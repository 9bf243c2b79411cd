//! Who asks whom.

use serde::Serialize;

use crate::bindings::tidegate::check::http::Place;
use crate::{Request, RequestError, Response};

/// Where requests go, as whom, and with which headers; [`Context`](crate::Context) gives one.
///
/// ```no_run
/// # use tidegate_plugin_sdk::prelude::*;
/// # fn run(context: &Context) -> Result<(), Failure> {
/// let boris = context.as_identity("boris");
/// let invoices = boris.get("/api/invoices")?.expect_ok()?;
/// let stripe = context
///     .on_host("https://api.stripe.com")
///     .header("authorization", format!("Bearer {}", secret("STRIPE_KEY")));
/// let charges: Value = stripe.get("/v1/charges?limit=100")?.expect_ok()?.json()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Client {
    origin: Origin,
    identity: Option<String>,
    headers: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default)]
enum Origin {
    #[default]
    Target,
    Api(String),
    Host(String),
}

impl Client {
    /// The same, as an identity of the gate file; its grant names those that a check may use beside its own.
    pub fn as_identity(mut self, name: &str) -> Self {
        self.identity = Some(name.to_owned());
        self
    }

    /// The same, as a stranger.
    pub fn as_nobody(mut self) -> Self {
        self.identity = Some(String::new());
        self
    }

    /// The same, towards an entry under `apis:` of the gate file.
    pub fn on_api(mut self, name: &str) -> Self {
        self.origin = Origin::Api(name.to_owned());
        self
    }

    /// The same, towards another origin, such as `https://api.stripe.com`.
    pub fn on_host(mut self, origin: &str) -> Self {
        self.origin = Origin::Host(origin.trim_end_matches('/').to_owned());
        self
    }

    /// The same, with a header on each request; [`secret`](crate::secret) stands for a secret in its value.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Begins a request: a method, and a path with its query. `{name}` in it is a [`Request::parameter`].
    pub fn request(&self, method: &str, path: &str) -> Request {
        let place = match &self.origin {
            Origin::Target => Place::Target(path.to_owned()),
            Origin::Api(name) => Place::Api((name.clone(), path.to_owned())),
            Origin::Host(origin) => Place::Url(format!("{origin}{path}")),
        };
        let request = Request::new(method, place);
        let request = request.with(|inner| inner.identity.clone_from(&self.identity));
        let add = |request: Request, (name, value): &(String, String)| request.header(name, value);
        self.headers.iter().fold(request, add)
    }

    /// Sends `GET`.
    ///
    /// # Errors
    /// When nothing came back, as for [`Request::send`].
    pub fn get(&self, path: &str) -> Result<Response, RequestError> {
        self.request("GET", path).send()
    }

    /// Sends `HEAD`.
    ///
    /// # Errors
    /// When nothing came back, as for [`Request::send`].
    pub fn head(&self, path: &str) -> Result<Response, RequestError> {
        self.request("HEAD", path).send()
    }

    /// Sends `DELETE`.
    ///
    /// # Errors
    /// When nothing came back, as for [`Request::send`].
    pub fn delete(&self, path: &str) -> Result<Response, RequestError> {
        self.request("DELETE", path).send()
    }

    /// Sends `POST` with a value as JSON.
    ///
    /// # Errors
    /// When nothing came back, as for [`Request::send`].
    pub fn post(
        &self,
        path: &str,
        json: &(impl Serialize + ?Sized),
    ) -> Result<Response, RequestError> {
        self.request("POST", path).json(json).send()
    }

    /// Sends `PUT` with a value as JSON.
    ///
    /// # Errors
    /// When nothing came back, as for [`Request::send`].
    pub fn put(
        &self,
        path: &str,
        json: &(impl Serialize + ?Sized),
    ) -> Result<Response, RequestError> {
        self.request("PUT", path).json(json).send()
    }

    /// Sends `PATCH` with a value as JSON.
    ///
    /// # Errors
    /// When nothing came back, as for [`Request::send`].
    pub fn patch(
        &self,
        path: &str,
        json: &(impl Serialize + ?Sized),
    ) -> Result<Response, RequestError> {
        self.request("PATCH", path).json(json).send()
    }

    /// The pages of a list from page 1 on, one request each, without end: stop at the first that is empty. `{page}` in
    /// the path is the number of the page.
    ///
    /// ```no_run
    /// # use tidegate_plugin_sdk::prelude::*;
    /// # fn run(context: &Context) -> Result<(), Failure> {
    /// let mut invoices: Vec<Value> = Vec::new();
    /// for page in context.pages("/api/invoices?per_page=100&page={page}") {
    ///     let mut items: Vec<Value> = page?.expect_ok()?.json()?;
    ///     if items.is_empty() {
    ///         break;
    ///     }
    ///     invoices.append(&mut items);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(&self, path: &str) -> Pages {
        Pages {
            client: self.clone(),
            path: path.to_owned(),
            number: 0,
        }
    }
}

/// The pages of a list; [`Client::pages`] gives them.
#[derive(Clone, Debug)]
pub struct Pages {
    client: Client,
    path: String,
    number: u32,
}

impl Iterator for Pages {
    type Item = Result<Response, RequestError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.number += 1;
        let request = self.client.request("GET", &self.path);
        Some(request.parameter("page", self.number).send())
    }
}
