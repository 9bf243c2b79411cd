//! A small HTTP client that holds every answer of a good portal against the documentation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tidegate_client_portal::{Break, Options, RunningPortal, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::documentation::{self, Seen};

/// A portal of one test.
pub(crate) struct Portal {
    running: RunningPortal,
    /// Where the portal reports events to, unless the test says otherwise.
    receiver: TcpListener,
    http: HttpClient<HttpConnector, Full<Bytes>>,
    documented: bool,
    pub(crate) seen: Arc<Mutex<Seen>>,
}

impl Portal {
    pub(crate) async fn good() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn broken(regression: Break) -> Self {
        Self::with(Options {
            breaks: [regression].into(),
            ..Options::default()
        })
        .await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let documented = options.breaks == Default::default();
        let receiver = TcpListener::bind("127.0.0.1:0").await.expect("bind");
        let address = receiver.local_addr().expect("address");
        let running = start(Options {
            webhook_url: options
                .webhook_url
                .or(Some(format!("http://{address}/hooks"))),
            ..options
        })
        .await
        .expect("start");
        let http = HttpClient::builder(TokioExecutor::new()).build_http();
        Self {
            running,
            receiver,
            http,
            documented,
            seen: Arc::default(),
        }
    }

    /// The next event that the portal reports, answered with this status.
    pub(crate) async fn event_answered(&self, status: u16) -> Event {
        let (mut stream, _) = self.receiver.accept().await.expect("accept");
        let mut read = Vec::new();
        loop {
            stream.read_buf(&mut read).await.expect("read");
            if let Some(event) = Event::read(&read) {
                let answer = format!(
                    "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                stream.write_all(answer.as_bytes()).await.expect("write");
                return event;
            }
        }
    }

    /// The next event that the portal reports, accepted.
    pub(crate) async fn event(&self) -> Event {
        self.event_answered(204).await
    }

    /// A caller without a session.
    pub(crate) fn anonymous(&self) -> Caller {
        Caller {
            http: self.http.clone(),
            url: self.running.url(),
            session: None,
            documented: self.documented,
            seen: Arc::clone(&self.seen),
        }
    }

    /// A caller with a bearer token of the person of that name.
    pub(crate) async fn log_in(&self, name: &str) -> Caller {
        let answer = self
            .anonymous()
            .log_in(name, &format!("{name}-demo-password"))
            .await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        self.anonymous()
            .with_token(answer.json()["token"].as_str().expect("token"))
    }
}

/// An event that the portal reported.
pub(crate) struct Event {
    /// Method and path.
    pub(crate) line: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Event {
    /// `None` until all of it is there.
    fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let line = lines.next()?.to_owned();
        let headers: HashMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let whole = body.len() >= headers.get("content-length")?.parse().ok()?;
        whole.then(|| Self {
            line,
            headers,
            body: body.to_owned(),
        })
    }
}

pub(crate) fn email(name: &str) -> String {
    let domain = match name {
        "anna" | "adam" | "tess" => "acme",
        "boris" | "greta" => "globex",
        _ => "agency",
    };
    format!("{name}@{domain}.example")
}

/// Somebody who sends requests.
#[derive(Clone)]
pub(crate) struct Caller {
    http: HttpClient<HttpConnector, Full<Bytes>>,
    url: String,
    session: Option<(header::HeaderName, String)>,
    documented: bool,
    seen: Arc<Mutex<Seen>>,
}

impl Caller {
    pub(crate) fn with_token(&self, token: &str) -> Self {
        self.with_session(header::AUTHORIZATION, format!("Bearer {token}"))
    }

    pub(crate) fn with_cookie(&self, cookie: &str) -> Self {
        self.with_session(header::COOKIE, cookie.to_owned())
    }

    pub(crate) fn with_session(&self, name: header::HeaderName, value: String) -> Self {
        Self {
            session: Some((name, value)),
            ..self.clone()
        }
    }

    pub(crate) async fn log_in(&self, name: &str, password: &str) -> Answer {
        let credentials = json!({ "email": email(name), "password": password });
        self.post("/api/login", credentials).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path).json(&body).send().await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path).json(&body).send().await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path).json(&body).send().await
    }

    /// Uploads one file.
    pub(crate) async fn upload(&self, name: &str, content_type: &str, content: &[u8]) -> Answer {
        let head = format!(
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: {content_type}\r\n\r\n"
        );
        let body = [head.as_bytes(), content, b"\r\n--b--\r\n"].concat();
        let call = self.call(Method::POST, "/api/files");
        call.header("content-type", "multipart/form-data; boundary=b")
            .body(body)
            .send()
            .await
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Call {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = &self.session {
            headers.insert(name, value.parse().expect("header"));
        }
        Call {
            caller: self.clone(),
            method,
            path: path.to_owned(),
            headers,
            body: Bytes::new(),
        }
    }
}

/// A request that is being put together.
pub(crate) struct Call {
    caller: Caller,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().expect("header"));
        self
    }

    pub(crate) fn body(self, body: impl Into<Bytes>) -> Self {
        Self {
            body: body.into(),
            ..self
        }
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    pub(crate) async fn send(self) -> Answer {
        let uri = format!("{}{}", self.caller.url, self.path);
        let mut request = Request::builder().method(self.method.clone()).uri(uri);
        *request.headers_mut().expect("headers") = self.headers;
        let request = request.body(Full::new(self.body)).expect("request");
        let response = self.caller.http.request(request).await.expect("response");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("body").to_bytes();
        let answer = Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        };
        if self.caller.documented {
            let seen = documentation::check(&self.method, &self.path, &answer);
            self.caller.seen.lock().expect("lock").extend(seen);
        }
        answer
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    /// The code of an error answer, with its status: `404 not-found`.
    pub(crate) fn error(&self) -> String {
        let status = StatusCode::from_u16(self.status).expect("status");
        assert!(
            status.is_client_error() || status.is_server_error(),
            "no error: {}",
            self.text()
        );
        format!(
            "{} {}",
            self.status,
            self.json()["error"]["code"].as_str().unwrap_or("?")
        )
    }

    /// The names of the fields that an error answer complains of.
    pub(crate) fn fields(&self) -> Vec<String> {
        let fields = self.json()["error"]["fields"].clone();
        let names = fields.as_array().cloned().unwrap_or_default();
        names
            .iter()
            .map(|one| one["field"].as_str().expect("name").to_owned())
            .collect()
    }

    /// The `id` of the thing that was created or read.
    pub(crate) fn id(&self) -> String {
        self.json()["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id: {}", self.text()))
            .to_owned()
    }
}
