//! Where the addresses of names come from.

use std::net::SocketAddr;

use tidegate_core::ports::HttpError;

use crate::failure;

/// Finds the addresses of names.
pub(crate) enum Names {
    /// The machine asks whomever it asks.
    System,
    /// What a test says.
    #[cfg(test)]
    Told(Box<Answers>),
}

/// Answers by name.
#[cfg(test)]
pub(crate) type Answers = dyn Fn(&str) -> Vec<std::net::IpAddr> + Send + Sync;

impl Names {
    /// The addresses of a name; there is at least one.
    ///
    /// # Errors
    /// When it has none.
    pub(crate) async fn look_up(
        &self,
        name: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>, HttpError> {
        let fault = |reason: String| HttpError::Dns {
            host: name.to_owned(),
            reason,
        };
        let found: Vec<SocketAddr> = match self {
            Self::System => tokio::net::lookup_host((name, port))
                .await
                .map_err(|error| fault(failure::system(&error)))?
                .collect(),
            #[cfg(test)]
            Self::Told(answers) => {
                let addresses = answers(name).into_iter();
                addresses.map(|address| (address, port).into()).collect()
            }
        };
        if found.is_empty() {
            return Err(fault("it has no address".to_owned()));
        }
        Ok(alternating(found))
    }

    /// Answers as a test says.
    #[cfg(test)]
    pub(crate) fn told(
        answers: impl Fn(&str) -> Vec<&'static str> + Send + Sync + 'static,
    ) -> Self {
        Self::Told(Box::new(move |name| {
            let addresses = answers(name).into_iter();
            addresses.map(|text| text.parse().unwrap()).collect()
        }))
    }
}

/// The addresses with their families taking turns, so that a machine without IPv6 loses little time
/// (RFC 8305, 4).
fn alternating(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (preferred, others): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let (mut preferred, mut others) = (preferred.into_iter(), others.into_iter());
    let mut sorted = Vec::new();
    loop {
        let before = sorted.len();
        sorted.extend(preferred.next());
        sorted.extend(others.next());
        if sorted.len() == before {
            return sorted;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let parse = |list: &[&str]| -> Vec<SocketAddr> {
            list.iter().map(|text| text.parse().unwrap()).collect()
        };
        assert_eq!(
            alternating(parse(&["[::1]:1", "[::2]:1", "1.1.1.1:1"])),
            parse(&["[::1]:1", "1.1.1.1:1", "[::2]:1"])
        );
        assert!(alternating(Vec::new()).is_empty());
    }
}
