//! What other checks of the run sent and received.

use std::error::Error;
use std::{fmt, vec};

use serde::de::DeserializeOwned;

use crate::{Exchange, host};

/// How many exchanges are asked for at once.
const AT_ONCE: u32 = 50;

/// The exchanges of other checks, in their order; [`Context::recorded`](crate::Context::recorded) gives them.
///
/// ```no_run
/// # use tidegate_plugin_sdk::prelude::*;
/// # fn run(context: &Context) -> Result<(), Failure> {
/// for exchange in context.recorded() {
///     let exchange = exchange?;
///     if exchange.status == Some(200) && !exchange.provoked {
///         info!("{} {} as {:?}", exchange.method, exchange.route, exchange.identity);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Recorded {
    page: vec::IntoIter<Exchange>,
    /// The number to ask for next; absent at the end.
    next: Option<u64>,
}

impl Default for Recorded {
    fn default() -> Self {
        Self {
            page: Vec::new().into_iter(),
            next: Some(0),
        }
    }
}

impl Iterator for Recorded {
    type Item = Result<Exchange, RecordedError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(exchange) = self.page.next() {
                return Some(Ok(exchange));
            }
            match host::page(self.next.take()?, AT_ONCE) {
                Ok((page, next)) => {
                    self.page = page.into_iter();
                    self.next = next;
                }
                Err(error) => return Some(Err(RecordedError(error))),
            }
        }
    }
}

/// Why the exchanges cannot be read, mostly because they are not granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedError(String);

impl fmt::Display for RecordedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "what other checks sent and received: {}", self.0)
    }
}

impl Error for RecordedError {}

impl Exchange {
    /// The value of a header of the answer by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }

    /// The body of the answer read from JSON; absent when it is no JSON of this shape or not whole.
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        if self.truncated {
            return None;
        }
        serde_json::from_slice(&self.body).ok()
    }
}
