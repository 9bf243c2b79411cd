//! The language model, reached over HTTP.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::http::{Request, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

const TIMEOUT: Duration = Duration::from_secs(10);
const MOST_ANSWER_BYTES: usize = 64 * 1024;

/// What is said to a model.
#[derive(Clone, Debug)]
pub(crate) struct Prompt {
    /// The portal's own words.
    pub(crate) system: String,
    /// The document, as data.
    pub(crate) user: String,
}

/// Says why a model gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ModelError {
    #[error("the model did not answer within {} s", TIMEOUT.as_secs())]
    Timeout,
    #[error("the model cannot be reached: {0}")]
    Unreachable(String),
    #[error("the model's answer cannot be read")]
    Unreadable,
}

/// An answer that is on its way.
pub(crate) type Completion<'a> =
    Pin<Box<dyn Future<Output = Result<String, ModelError>> + Send + 'a>>;

/// Something that continues a conversation.
pub(crate) trait Model: Send + Sync {
    /// The model's answer to the prompt.
    fn complete<'a>(&'a self, prompt: &'a Prompt) -> Completion<'a>;
}

/// A server that speaks the chat completions protocol.
#[derive(Debug)]
pub(crate) struct HttpModel {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
}

impl HttpModel {
    /// Speaks to the server at the base URL, over plain HTTP.
    pub(crate) fn new(base_url: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self {
            client,
            url: format!("{}/v1/chat/completions", base_url.trim_end_matches('/')),
        }
    }

    async fn ask(&self, prompt: &Prompt) -> Result<String, ModelError> {
        let unreachable =
            |error: &dyn std::fmt::Display| ModelError::Unreachable(error.to_string());
        let messages = json!([
            { "role": "system", "content": prompt.system },
            { "role": "user", "content": prompt.user },
        ]);
        let body = json!({ "model": "portal", "messages": messages }).to_string();
        let request = Request::post(&self.url)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(body))
            .map_err(|error| unreachable(&error))?;
        let response = self
            .client
            .request(request)
            .await
            .map_err(|error| unreachable(&error))?;
        let body = Limited::new(response.into_body(), MOST_ANSWER_BYTES)
            .collect()
            .await;
        let body = body.map_err(|_| ModelError::Unreadable)?.to_bytes();
        let answer: Value = serde_json::from_slice(&body).map_err(|_| ModelError::Unreadable)?;
        let content = answer["choices"][0]["message"]["content"].as_str();
        content.map(str::to_owned).ok_or(ModelError::Unreadable)
    }
}

impl Model for HttpModel {
    fn complete<'a>(&'a self, prompt: &'a Prompt) -> Completion<'a> {
        let answer = tokio::time::timeout(TIMEOUT, self.ask(prompt));
        Box::pin(async move { answer.await.map_err(|_| ModelError::Timeout)? })
    }
}
