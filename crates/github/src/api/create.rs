//! Creating something exactly once.

use serde::de::DeserializeOwned;

use super::call::Call;
use super::client::{Client, Sent};
use super::error::ApiError;
use super::retry::pause;

impl Client {
    /// Sends a call that creates something. When its answer is lost, the thing is looked for before
    /// the call is sent again.
    pub(crate) async fn create<T, F>(&self, call: &Call, find: F) -> Result<T, ApiError>
    where
        T: DeserializeOwned,
        F: AsyncFn() -> Result<Option<T>, ApiError>,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            let reason = match self.once(call).await? {
                Sent::Answered(reply) => {
                    let reply = reply.accepted(call, self.foreign())?;
                    match reply.read(call, self.foreign()) {
                        Ok(created) => return Ok(created),
                        // It was created, and the answer is not to be understood.
                        Err(error) => return find().await?.ok_or(error),
                    }
                }
                Sent::Lost(reason) => reason,
            };
            // What was created a moment ago may not be listed yet.
            self.pause(call, tries, pause(tries), reason).await?;
            if let Some(created) = find().await? {
                return Ok(created);
            }
        }
    }
}
