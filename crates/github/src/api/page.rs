//! Lists that come page by page.

use serde::de::DeserializeOwned;

use super::call::Call;
use super::client::Client;
use super::error::ApiError;

/// How many items a page has at most.
pub(crate) const PER_PAGE: usize = 100;

/// How many pages are read at most.
const PAGES: usize = 50;

impl Client {
    /// Reads a list to its end, or says that it has none in sight.
    pub(crate) async fn list<P, T>(
        &self,
        call: &Call,
        items: fn(P) -> Vec<T>,
    ) -> Result<Vec<T>, ApiError>
    where
        P: DeserializeOwned,
    {
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let call = call.clone().query("per_page", PER_PAGE).query("page", page);
            let found = items(self.read::<P>(&call).await?);
            let last = found.len() < PER_PAGE;
            all.extend(found);
            if last {
                return Ok(all);
            }
        }
        Err(ApiError::Answer {
            action: call.purpose.action,
            reason: format!("the list has more than {} items", PAGES * PER_PAGE),
        })
    }
}
