//! What the requests of one volley were answered.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tidegate_core::ports::http::{HttpError, Response};

use crate::expect::Path;
use crate::flow::is_of_the_portal;

/// The answers of one volley, sorted.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Those that say that it was done: 2xx, and 3xx after a form.
    pub(super) served: Vec<Response>,
    /// How many say that another request came first: 409, 412, 423 and 425.
    pub(super) conflicts: u32,
    /// How many were refused for another reason: every other 4xx but 401 and 429.
    pub(super) refused: u32,
    /// How many were told that nobody is logged in: 401. They did not compete.
    pub(super) strangers: u32,
    /// How many are errors of the portal: 5xx.
    pub(super) failed: u32,
    /// How many did not come, or not whole.
    pub(super) silent: u32,
    /// The answers with 429 (RFC 6585, 4).
    pub(super) limited: Vec<Response>,
    statuses: BTreeMap<u16, u32>,
}

impl Answers {
    /// Sorts answers.
    ///
    /// # Errors
    /// The first that says that the gate file is wrong, or that the run was stopped.
    pub(super) fn sort(answers: Vec<Result<Response, HttpError>>) -> Result<Self, HttpError> {
        let mut sorted = Self::default();
        for answer in answers {
            match answer {
                Ok(response) => sorted.add(response),
                Err(error) if is_of_the_portal(&error) => sorted.silent += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(sorted)
    }

    fn add(&mut self, response: Response) {
        *self.statuses.entry(response.status).or_default() += 1;
        match response.status {
            429 => self.limited.push(response),
            401 => self.strangers += 1,
            409 | 412 | 423 | 425 => self.conflicts += 1,
            0..400 => self.served.push(response),
            400..500 => self.refused += 1,
            _ => self.failed += 1,
        }
    }

    /// How many were served.
    pub(super) fn served(&self) -> u32 {
        count(&self.served)
    }

    /// How many may have been carried out although no answer says so.
    pub(super) fn unsure(&self) -> u32 {
        self.failed + self.silent
    }

    /// How many were let through to compete with each other.
    pub(super) fn competing(&self) -> u32 {
        self.served() + self.conflicts + self.refused + self.unsure()
    }

    /// The different ids that served answers name.
    pub(super) fn ids(&self, path: &Path) -> Vec<Json> {
        let mut ids = Vec::new();
        for response in &self.served {
            let document = serde_json::from_slice::<Json>(&response.body);
            let Ok(document) = document else { continue };
            let first = path.all(&document).first().map(|id| (*id).clone());
            if let Some(id) = first.filter(is_id)
                && !ids.contains(&id)
            {
                ids.push(id);
            }
        }
        ids
    }

    /// How many had which status: `9 with 201, 3 with 409`.
    pub(super) fn told(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for (status, times) in &self.statuses {
            parts.push(format!("{times} with {status}"));
        }
        if self.silent > 0 {
            parts.push(format!("{} without an answer", self.silent));
        }
        parts.join(", ")
    }
}

/// Whether a value can be an id: a number, or a text that is not empty.
pub(super) fn is_id(value: &Json) -> bool {
    value.is_number() || value.as_str().is_some_and(|text| !text.is_empty())
}

fn count<T>(all: &[T]) -> u32 {
    u32::try_from(all.len()).unwrap_or(u32::MAX)
}
