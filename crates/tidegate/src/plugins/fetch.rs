//! Components that lie at an address.

use std::time::Duration;

use tidegate_plugin::lock::LARGEST;
use tidegate_plugin::{Fetch, FetchError};

/// How long a download may take.
const WITHIN: Duration = Duration::from_secs(120);

/// Gets components from the network.
pub(super) struct Network;

impl Fetch for Network {
    fn fetch(&self, url: &str) -> Result<Vec<u8>, FetchError> {
        let limit = usize::try_from(LARGEST).unwrap_or(usize::MAX);
        tidegate_net::download(url, limit, WITHIN).map_err(|error| FetchError {
            message: error.to_string(),
            help: error.help(),
        })
    }
}
