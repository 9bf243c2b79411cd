//! What other checks sent and received, page by page.

use std::sync::Arc;

use tidegate_core::exchange::Exchange;
use tidegate_core::ports::Secrets;

use super::{Granted, clean};
use crate::interface::recorded;

/// How many bytes of bodies a page holds, beside its first exchange: 4 MiB.
const PAGE: usize = 4 * 1024 * 1024;

impl Granted {
    /// The exchanges of other checks after a number, and the number to ask for next.
    ///
    /// # Errors
    /// When they are not granted.
    pub(super) fn recorded_page(
        &self,
        after: u64,
        limit: u32,
    ) -> Result<(Vec<recorded::Exchange>, Option<u64>), String> {
        if !self.powers.recorded {
            return Err("what other checks sent and received is not granted; the gate file grants it by `grant: { recorded: true }`, and the plugin has to ask for it".to_owned());
        }
        let mut all = self.exchanges.recorded();
        all.retain(|one| one.number > after && one.cause.check != self.cause.check);
        let mut size = 0;
        let mut fits = |one: &Arc<Exchange>| {
            let first = size == 0;
            size += one.response_body.len() + 1;
            first || size <= PAGE
        };
        let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
        let taken = all.iter().take(limit).take_while(|one| fits(one)).count();
        let next = (taken < all.len()).then(|| all[taken - 1].number);
        let page = all[..taken].iter();
        let page = page.map(|one| shown(one, &*self.secrets)).collect();
        Ok((page, next))
    }
}

fn shown(exchange: &Exchange, secrets: &dyn Secrets) -> recorded::Exchange {
    let body = &exchange.response_body;
    let (body, truncated) = clean::beginning(secrets, body, exchange.truncated, usize::MAX);
    recorded::Exchange {
        check: exchange.cause.check.to_string(),
        identity: exchange.identity.as_ref().map(ToString::to_string),
        method: exchange.method.clone(),
        route: secrets.redact(&exchange.route),
        url: secrets.redact(&exchange.url),
        status: exchange.status,
        headers: clean::headers(secrets, &exchange.response_headers),
        body,
        truncated,
        provoked: exchange.provoked(),
    }
}
