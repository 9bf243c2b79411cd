//! Requests that are released together.

use tidegate_core::ports::http::Request;
use tidegate_core::ports::volley::{Released, Way};
use tidegate_core::ports::{BoxFuture, HttpError, Volley};

use crate::client::Client;

impl Volley for Client {
    fn release(
        &self,
        _: Vec<Request>,
        _: &[Way],
    ) -> BoxFuture<'static, Result<Released, HttpError>> {
        Box::pin(async { Err(HttpError::Stopped) })
    }
}
