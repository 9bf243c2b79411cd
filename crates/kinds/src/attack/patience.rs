//! Answers that ask for fewer requests are obeyed.

use std::time::Duration;

use tidegate_core::period::Period;
use tidegate_core::ports::Clock;
use tidegate_core::ports::http::Response;

/// The longest that one answer may make an attempt wait.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How often a portal may ask for patience before no more is sent.
const PATIENCE: u32 = 3;

/// How often a portal asked for patience.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    waits: u32,
}

impl Patience {
    /// Waits as long as an answer asks for.
    ///
    /// # Errors
    /// When it asks for too much, so that no more is to be sent: for how long, as the end of a sentence.
    pub(crate) async fn wait(
        &mut self,
        clock: &dyn Clock,
        response: &Response,
    ) -> Result<(), String> {
        let asked = response.header("retry-after").map(str::trim);
        let seconds = asked.and_then(|text| text.parse().ok());
        let wait = seconds.map_or(Duration::from_secs(1), Duration::from_secs);
        if self.waits >= PATIENCE || wait > LONGEST_WAIT {
            return Err(seconds.map_or_else(String::new, |_| format!(" for {}", Period(wait))));
        }
        self.waits += 1;
        clock.sleep_until(clock.monotonic() + wait).await;
        Ok(())
    }
}

/// Whether an answer asks for fewer requests (RFC 9110, 15.6.4; RFC 6585, 4).
pub(crate) fn asks_to_wait(response: &Response) -> bool {
    response.status == 429 || (response.status == 503 && response.header("retry-after").is_some())
}
